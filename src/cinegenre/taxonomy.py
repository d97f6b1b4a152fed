"""The genre lists of sources and papers, by name, and the names that sources give to one genre."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from .errors import unknown

TMDB = (
    "Action", "Adventure", "Animation", "Comedy", "Crime", "Documentary", "Drama", "Family",
    "Fantasy", "History", "Horror", "Music", "Mystery", "Romance", "Science Fiction", "TV Movie",
    "Thriller", "War", "Western",
)  # fmt: skip
"""TMDB's 19 film genres."""

IMDB = (
    "Action", "Adventure", "Animation", "Biography", "Comedy", "Crime", "Documentary", "Drama",
    "Family", "Fantasy", "Film-Noir", "Game-Show", "History", "Horror", "Music", "Musical",
    "Mystery", "News", "Reality-TV", "Romance", "Sci-Fi", "Short", "Sport", "Talk-Show",
    "Thriller", "War", "Western",
)  # fmt: skip
"""IMDb's 27 genres: the 28 of its genre definitions without Adult, which nobody may submit."""


def without(genres: Iterable[str], *names: str) -> tuple[str, ...]:
    """`genres` without those in `names`."""
    return tuple(genre for genre in genres if genre not in names)


MM_IMDB = without(IMDB, "Game-Show", "News", "Reality-TV", "Talk-Show")
"""The 23 genres of MM-IMDb (Arevalo et al. 2017)."""

TAXONOMIES: dict[str, tuple[str, ...]] = {
    "tmdb": TMDB,
    "tmdb-18": without(TMDB, "TV Movie"),
    # Mavromatakis: 19, because The Movies Dataset still has TMDB's former genre Foreign.
    "tmdb-18-foreign": tuple(sorted((*without(TMDB, "TV Movie"), "Foreign"))),
    "imdb": IMDB,
    # Irbaz et al. have 21 genres of films and series and name them only in a figure. We infer that
    # they are IMDb's without those of broadcasts, Film-Noir and Short.
    "imdb-21": without(MM_IMDB, "Film-Noir", "Short"),
    # Baveja & Srinivasan's Table 1, in its order (by frequency).
    "imdb-10": (
        "Drama", "Comedy", "Romance", "Thriller", "Action", "Crime", "Horror", "Adventure",
        "Mystery", "Sci-Fi",
    ),
    "mm-imdb": MM_IMDB,
    # The order matters: the paper's accuracy looks at the first of a film's genres.
    "dave": ("Romance", "Action", "Horror", "Documentary"),
}  # fmt: skip
"""The taxonomies that a recipe can name."""

TMDB_TO_IMDB = {"Science Fiction": "Sci-Fi"}
"""TMDB's name → IMDb's, for genres that both have under different names."""

IMDB_TO_TMDB = {imdb: tmdb for tmdb, imdb in TMDB_TO_IMDB.items()}
"""IMDb's name → TMDB's."""

MAJORITY = "Drama"
"""The genre that the trivial baseline always predicts, the most frequent one in every source."""


_IGNORED = re.compile(r"[\s\-‐‑–_.,&+'’\"\u00ad\u200b-\u200f\u2060\ufeff]+")  # and unseen ones


def spelling_key(name: str) -> str:
    """A key that all spellings of a name share: the same for "Sci-Fi", "SCI FI" and "SciFi"."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", name).casefold()) or name


def taxonomy(name: str) -> tuple[str, ...]:
    """The genres of the taxonomy `name`; the error for an unknown name lists the known ones."""
    if name not in TAXONOMIES:
        raise unknown("taxonomy", name, TAXONOMIES)
    return TAXONOMIES[name]


def within(genres: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """The genres that are in `known`, each once, in the order of `genres`."""
    allowed = known if isinstance(known, set | frozenset) else set(known)
    return tuple(dict.fromkeys(genre for genre in genres if genre in allowed))


def renamed(genres: Iterable[str], mapping: Mapping[str, str]) -> tuple[str, ...]:
    """`genres` renamed by `mapping`, each name once; names that it lacks stay as they are.

    This translates names, not labels. TMDB's and IMDb's genres differ for over half the films, so
    use it to show one source's genres under the other's names, but never to mix two label sets.
    """
    return tuple(dict.fromkeys(mapping.get(genre, genre) for genre in genres))
