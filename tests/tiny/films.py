"""A small film set of our own making, for all tests: words, studios and posters tell the genres.

Deterministic: the film of one number is the same for every `count`. Nothing is read from disk.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw

from cinegenre.movie import Movie

from .words import ADJECTIVES, LANGUAGES, LOOKS, OFTEN_WITH, PEOPLE, PLACES, SHARES

GENRES = tuple(LOOKS)
"""The genres that occur, in TMDB's order."""

SIZE = (80, 120)
"""Width and height of most posters; some are square, some wide."""

HEADER = (
    "adult", "belongs_to_collection", "budget", "genres", "homepage", "id", "imdb_id",
    "original_language", "original_title", "overview", "popularity", "poster_path",
    "production_companies", "production_countries", "release_date", "revenue", "runtime",
    "spoken_languages", "status", "tagline", "title", "video", "vote_average", "vote_count",
)  # fmt: skip
"""The columns of the real movies_metadata.csv."""


def films(count: int = 120, seed: int = 0) -> list[Movie]:
    """`count` films with posters as JPEG bytes.

    One to three genres each. About one in 10 lacks the overview (some say "No overview found."),
    one in 8 the poster, one in 6 the companies, one in 4 the people. Films 3 to 5 and 10 to 11
    are collections. Every film has an id, a title and a genre.
    """
    return [_film(number, random.Random(f"{seed}/{number}")) for number in range(count)]


def _film(number: int, dice: random.Random) -> Movie:
    first = dice.choices(list(SHARES), list(SHARES.values()))[0]
    genres = [first, *(genre for genre in OFTEN_WITH[first] if dice.random() < 0.4)]
    studios = [dice.choice(LOOKS[genre].studios) for genre in genres]
    overview: str | None = _overview(genres, dice)
    if dice.random() < 0.1:
        overview = dice.choice([None, "No overview found."])
    return Movie(
        id=f"tt{9_000_001 + number}",
        title=_title(genres, dice),
        overview=overview,
        companies=() if dice.random() < 1 / 6 else tuple(dict.fromkeys(studios)),
        people=() if dice.random() < 0.25 else tuple(dice.sample(PEOPLE, 3)),
        genres=tuple(genres),
        year=1950 + dice.randrange(70),
        language=dice.choice(LANGUAGES),
        collection=_collection(number),
        poster=None if dice.random() < 1 / 8 else draw_poster(genres, dice),
    )


def _title(genres: list[str], dice: random.Random) -> str:
    noun = dice.choice(LOOKS[genres[0]].nouns) if dice.random() < 0.6 else "Journey"
    return f"The {dice.choice(ADJECTIVES).title()} {noun.title()}"


def _overview(genres: list[str], dice: random.Random) -> str:
    """Two to four sentences; each is of one of the film's genres, and every genre has one."""
    sentences = []
    for genre in genres + dice.choices(genres, k=2 if len(genres) == 1 else 1):
        look = LOOKS[genre]
        one, other = dice.sample(look.nouns, 2)
        sentences.append(
            f"In {dice.choice(PLACES)}, a {dice.choice(ADJECTIVES)} {one} "
            f"{dice.choice(look.verbs)} the {other}."
        )
    return " ".join(sentences)


def _collection(number: int) -> str | None:
    if 3 <= number <= 5:
        return "The Lighthouse Collection"
    return "Two Brothers' Collection" if number in (10, 11) else None


def draw_poster(genres: list[str] | tuple[str, ...], dice: random.Random) -> bytes:
    """A JPEG: the first genre's colour, darkened, behind the shape of every genre."""
    size = dice.choice([SIZE] * 6 + [(100, 100), (120, 80)])
    shade = 0.35 + 0.15 * dice.random()
    background = tuple(int(part * shade) for part in LOOKS[genres[0]].colour)
    image = Image.new("RGB", size, background)
    draw = ImageDraw.Draw(image)
    radius = min(size) // 5
    for genre in genres:
        x = dice.randint(radius, size[0] - radius)
        y = dice.randint(radius, size[1] - radius)
        _draw_shape(draw, LOOKS[genre].shape, x, y, radius, LOOKS[genre].colour)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def _draw_shape(
    draw: ImageDraw.ImageDraw, shape: str, x: int, y: int, r: int, colour: tuple[int, int, int]
) -> None:
    box = (x - r, y - r, x + r, y + r)
    if shape == "circle":
        draw.ellipse(box, fill=colour)
    elif shape == "rings":
        draw.ellipse(box, outline=colour, width=3)
        draw.ellipse((x - r // 2, y - r // 2, x + r // 2, y + r // 2), outline=colour, width=3)
    elif shape == "frame":
        draw.rectangle(box, outline=colour, width=4)
    elif shape == "triangle":
        draw.polygon([(x, y - r), (x - r, y + r), (x + r, y + r)], fill=colour)
    elif shape == "cross":
        draw.line((x, y - r, x, y + r), fill=colour, width=5)
        draw.line((x - r, y - r // 3, x + r, y - r // 3), fill=colour, width=5)
    elif shape == "heart":
        draw.ellipse((x - r, y - r, x, y), fill=colour)
        draw.ellipse((x, y - r, x + r, y), fill=colour)
        draw.polygon([(x - r, y - r // 3), (x + r, y - r // 3), (x, y + r)], fill=colour)
    elif shape == "dots":
        for dx in (-r, 0, r):
            for dy in (-r, 0, r):
                draw.ellipse((x + dx - 3, y + dy - 3, x + dx + 3, y + dy + 3), fill=colour)
    else:  # bars
        for dy in range(-r, r + 1, 8):
            draw.line((x - r, y + dy, x + r, y + dy - 6), fill=colour, width=4)


def write_posters(folder: Path, films: list[Movie]) -> list[Movie]:
    """Write each film's poster bytes as `folder/ID.jpg`; the films with the paths instead."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for film in films:
        if isinstance(film.poster, bytes):
            path = folder / f"{film.id}.jpg"
            path.write_bytes(film.poster)
            film = replace(film, poster=path)
        written.append(film)
    return written


def write_the_movies_dataset(folder: Path, films: list[Movie]) -> list[Movie]:
    """Write movies_metadata.csv, credits.csv and posters/ID.jpg as The Movies Dataset has them.

    Returns the films as its reader gives them with `posters=folder / "posters"`: the same, with
    paths as posters. TMDB ids count from 1; people are a director and then the cast.
    """
    written = write_posters(folder / "posters", films)
    with (
        (folder / "movies_metadata.csv").open("w", encoding="utf-8", newline="") as metadata,
        (folder / "credits.csv").open("w", encoding="utf-8", newline="") as credits,
    ):
        rows = csv.DictWriter(metadata, HEADER, restval="", lineterminator="\n")
        rows.writeheader()
        people = csv.writer(credits, lineterminator="\n")
        people.writerow(("cast", "crew", "id"))
        for tmdb, film in enumerate(films, 1):
            rows.writerow(_metadata(tmdb, film))
            people.writerow((*_credits(film), tmdb))
    return written


def _metadata(tmdb: int, film: Movie) -> dict[str, object]:
    """The row of a film, its lists as Python literals."""
    genres = [
        {"id": LOOKS[name].tmdb if name in LOOKS else 0, "name": name} for name in film.genres
    ]
    companies = [{"name": name, "id": 1000 + n} for n, name in enumerate(film.companies)]
    collection = {"id": 7, "name": film.collection, "poster_path": None, "backdrop_path": None}
    return {
        "adult": False, "belongs_to_collection": collection if film.collection else "",
        "budget": 0, "genres": genres, "id": tmdb, "imdb_id": film.id or "",
        "original_language": film.language or "", "original_title": film.title or "",
        "overview": film.overview or "", "popularity": 1.5, "poster_path": f"/poster{tmdb}.jpg",
        "production_companies": companies, "production_countries": [],
        "release_date": f"{film.year}-06-30" if film.year else "", "revenue": 0, "runtime": 90.0,
        "spoken_languages": [{"iso_639_1": "en", "name": "English"}], "status": "Released",
        "title": film.title or "", "video": False, "vote_average": 6.5, "vote_count": 12,
    }  # fmt: skip


def _credits(film: Movie) -> tuple[object, object]:
    cast = [
        {"cast_id": n, "character": 'Role\'s "double"', "gender": 0, "name": name, "order": n}
        for n, name in enumerate(film.people[1:])
    ]
    crew: list[dict[str, object]] = [
        {"department": "Sound", "job": "Director of Sound", "name": "Nobody Heard"}
    ]
    if film.people:
        crew.append({"department": "Directing", "job": "Director", "name": film.people[0]})
    return cast, crew
