"""Removes genre words from texts, to show how much of a score comes from naming a genre."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ..movie import Movie

OTHER_WORDS = {
    "Comedy": ("comedic", "comedies"),
    "Crime": ("criminal", "criminals", "crimes"),
    "Documentary": ("documentaries", "documents"),
    "Drama": ("dramas", "dramatic"),
    "Family": ("families",),
    "Fantasy": ("fantasies", "fantastic"),
    "History": ("historic", "historical", "histories"),
    "Horror": ("horrors", "horrific"),
    "Music": ("musical", "musicals", "musician", "musicians"),
    "Mystery": ("mysteries", "mysterious"),
    "Romance": ("romances", "romantic", "romcom"),
    "Science Fiction": ("sci-fi", "scifi", "science", "fiction"),
    "Thriller": ("thrillers", "thrilling"),
    "Animation": ("animated", "animations"),
    "Adventure": ("adventures", "adventurous"),
    "War": ("wars", "wartime"),
    "Western": ("westerns",),
}
"""Other forms of the genres' names."""


def masked(film: Movie, genres: Iterable[str]) -> Movie:
    """The film without the names of `genres`, in any known form, in its title and overview."""
    words = [word for genre in genres for word in (genre, *OTHER_WORDS.get(genre, ()))]
    longest_first = sorted(map(re.escape, words), key=len, reverse=True)
    pattern = re.compile(rf"\b({'|'.join(longest_first)})\b", re.IGNORECASE)

    def without(text: str | None) -> str | None:
        return None if text is None else pattern.sub(" ", text)

    return replace(film, title=without(film.title), overview=without(film.overview))
