"""Tables of films as badly written as they are found: a seeded maker of any number of them.

Every film has its number in its title, so that a reader's account can be held against what was
written: each film is read as it was meant, or refused at the line on which it stands.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

GENRES = ("Drama", "Horror", "Science Fiction", "Film-Noir", "TV Movie", "Heist", "Coming of Age",
          "Action & Adventure", "Children's", "Komödie")  # fmt: skip
NUMBERS = {"Drama": 18, "Horror": 27, "Science Fiction": 878, "TV Movie": 10770, "Western": 37}
NULLS = ("nan", "NaN", "null", "NULL", "None", "N/A", "\\N", "(no genres listed)", "-")
COLUMNS = {
    "id": ("id", "ID", "movie_id", "Movie Id", "show_id"),
    "imdb": ("imdb_id", "imdbID", "imdbId", "IMDb ID", "tconst", "imdb_title_id", "Const"),
    "tmdb": ("tmdb_id", "tmdbId", "TMDB ID"),
    "title": ("title", "Title", "TITLE ", "primaryTitle", "Series_Title", "original_title", "name"),
    "overview": ("overview", "Plot", "plot_synopsis", "extract", "Description", " summary"),
    "genres": ("genres", "Genre", "GENRES", "listed_in", "genre_names"),
    "year": ("year", "Release Year", "startYear", "release_date", "Released_Year"),
    "companies": ("production_companies", "Studio", "companies"),
}
OTHERS = ("budget", "Unnamed: 0", "rating", "isAdult", "runtimeMinutes")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
QUOTING = ("minimal", "all", "none", "escaped", "stray", "never closed")
TITLES = ("", ", the Sequel", "; or Not", ' "Again"', " | Part 2", " – Épilogue")
OVERVIEWS = (
    "A crew wakes early and finds something in the dark.",
    'Two tickets, one heart; and "love" | loss, in the end.',
    "Line one of it\nand line two, with a comma.",
    "Der Mörder – “gefunden”, sagte sie: café, naïve.",
    'It\'s 5" tall; he said "no".',
)


@dataclass(frozen=True, kw_only=True)
class Film:
    """A film as a reader must have it, and the lines (of JSON: the item) on which it stands.

    `sound` is whether the row is written so that it must be read; another may be refused, and one
    without genres (None) must be.
    """

    number: int
    id: str
    title: str
    overview: str | None
    genres: tuple[str, ...] | None
    year: int | None
    companies: tuple[str, ...]
    sound: bool = True
    lines: range = range(0)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A file's name and bytes, the films in it, and how it was written, for a test's message."""

    name: str
    data: bytes
    films: tuple[Film, ...]
    how: str


def tables(count: int, seed: int = 0) -> Iterator[Table]:
    """So many tables, most of them text; that of one number is the same for every `count`."""
    for number in range(count):
        dice = random.Random(f"{seed}/{number}")
        yield _text(dice) if dice.random() < 0.75 else _json(dice)


def _shapes(genres: Sequence[str]) -> list[tuple[str, tuple[str, ...] | None]]:
    """Cells of text that hold the genres, and what a reader must make of each; None: refuse it."""
    names, all_of = list(genres), tuple(genres)
    quoted = ", ".join(map(repr, names))
    keyed = json.dumps({f"/m/0{i}x": name for i, name in enumerate(names)}, ensure_ascii=False)
    things = [{"id": i, "name": name} for i, name in enumerate(names)]
    whole = [
        *(mark.join(names) for mark in ("|", "; ", ", ", " / ", ";", "||")),
        json.dumps(names), json.dumps(json.dumps(names)), keyed, json.dumps(things), repr(things),
        repr(names), repr(tuple(names)), f"{{{quoted}}}", f"frozenset({{{quoted}}})",
        f"array([{quoted}], dtype=object)", " " + "|".join(names).replace("&", "&amp;") + " ",
    ]  # fmt: skip
    if not set("".join(names)) & set("'&"):
        whole += ["[" + ", ".join(names) + "]", "[" + " ".join(map(repr, names)) + "]",
                  "{" + ",".join(f'"{name}"' for name in names) + "}"]  # fmt: skip
    if set(names) <= NUMBERS.keys():
        numbers = [NUMBERS[name] for name in names]
        whole += [str(numbers), "|".join(map(str, numbers)), ", ".join(f"{n}.0" for n in numbers),
                  json.dumps([{"id": number} for number in numbers])] * 3  # fmt: skip
    broken = [
        keyed[:-3], json.dumps(things)[:-4], f"[{quoted}", f"27|{all_of[0]}", f"[1, {quoted}]",
        f"https://example.org/{names[0]}", f"<b>{names[0]}</b>", "True",
    ]  # fmt: skip
    return [*((cell, all_of) for cell in whole * 2), *((cell, None) for cell in broken)]


def _cells(
    number: int, dice: random.Random, kind: str, plain: str
) -> tuple[dict[str, str], Film]:  # fmt: skip
    """The cells of a film by field, and the film; `plain` divides genres where nothing else may."""
    pool = [*NUMBERS] if dice.random() < 0.3 else [*GENRES]
    some = dice.sample(pool, dice.randint(0, 3))
    cell, genres = dice.choice(_shapes(some) if some else [(null, ()) for null in (
        *NULLS, "", "[]", "{}", "set()", "unknown", "n/a")])  # fmt: skip
    if plain and some:
        cell, genres = plain.join(some), tuple(some)
    overview = dice.choice((*OVERVIEWS, *OVERVIEWS, *NULLS))
    title = f"Film {number}{dice.choice(TITLES)}"
    imdb = 9_000_000 + number
    id_, wanted = dice.choice({
        "id": [(str(100 + number),) * 2, (f"{100 + number}.0", str(100 + number))],
        "imdb": [(f"tt{imdb}",) * 2, (str(imdb), f"tt{imdb}"), (f"{imdb}.0", f"tt{imdb}")],
        "tmdb": [(str(number + 1),) * 2, (f"{number + 1}.0", str(number + 1))],
    }[kind])  # fmt: skip
    year, of_year = dice.choice((("1999", 1999), ("1999-05-01", 1999), ("1999.0", 1999),
                                 ("\\N", None)))  # fmt: skip
    companies, of = dice.choice((("Pathé; A24", ("Pathé", "A24")), ("A, Inc.", ("A, Inc.",)),
                                 ("[{'name': 'X & Y'}]", ("X & Y",)), ("N/A", ())))  # fmt: skip
    cells = {kind: id_, "title": title, "overview": overview, "genres": cell, "year": year,
             "companies": companies}  # fmt: skip
    film = Film(number=number, id=wanted, title=title, genres=genres, year=of_year, companies=of,
                overview=None if overview in NULLS else overview,
                sound=genres is not None)  # fmt: skip
    return cells, film


def _header(dice: random.Random, kind: str) -> dict[str, str]:
    """Field → column, in the table's order; a column that is nobody's has itself as field."""
    more = [name for name in ("year", "companies") if dice.random() < 0.6]
    columns = {name: dice.choice(COLUMNS[name]) for name in (kind, "title", "overview", "genres",
                                                             *more)}  # fmt: skip
    columns |= {name: name for name in dice.sample(OTHERS, dice.randint(0, 2))}
    order = list(columns)
    dice.shuffle(order)
    return {name: columns[name] for name in order}


def _only(film: Film, header: dict[str, str]) -> Film:
    """Less what has no column."""
    year = film.year if "year" in header else None
    return replace(film, year=year, companies=film.companies if "companies" in header else ())


def _text(dice: random.Random) -> Table:
    divider, quoting = dice.choice(",,,;;\t\t\t|"), dice.choice(QUOTING)
    encoding, ends = dice.choice(ENCODINGS), dice.choice(("\n", "\r\n", "\r"))
    kind = dice.choice(("id", "imdb", "tmdb"))
    header = _header(dice, kind)
    lines = [f"sep={divider}"] if dice.random() < 0.15 and divider != "\t" else []
    lines += [""] * (dice.random() < 0.1)
    lines.append(_line(list(header.values()), divider, quoting))
    at = len(lines) + 1
    films = []
    for number in range(dice.randint(1, 14)):
        cells, film = _cells(number, dice, kind, {"none": ";" if divider != ";" else "|"}.get(
            quoting, ""))  # fmt: skip
        row = {name: cells.get(name, str(number)) for name in header}
        written, film = _row(row, _only(film, header), divider, quoting, dice)
        height = written.count("\n") + 1
        overview = film.overview and film.overview.replace("\n", ends)
        films.append(replace(film, lines=range(at, at + height), overview=overview))
        gap = [""] * (dice.random() < 0.05)
        lines += [written.replace("\n", ends), *gap]
        at += height + len(gap)
    data = (ends.join(lines) + dice.choice(("", ends))).encode(encoding)
    name = dice.choice(("films.csv", "films.csv", "films.tsv"))
    if dice.random() < 0.2:
        data, name = gzip.compress(data, 1, mtime=0), f"{name}.gz"
    how = f"divider {divider!r}, {quoting}, {encoding}, ends {ends!r}"
    return Table(name=name, data=data, films=tuple(films), how=how)


def _row(
    row: dict[str, str], film: Film, divider: str, quoting: str, dice: random.Random
) -> tuple[str, Film]:
    """A row as it is written, and the film less what could not be written."""
    if quoting == "none":  # what stood in quotation marks is not there
        row = {name: " ".join(cell.replace(divider, " ").split()) for name, cell in row.items()}
        companies = tuple(" ".join(each.replace(divider, " ").split()) for each in film.companies)
        if len(companies) > 1 and divider == ";":
            companies = (row["companies"],)
        overview = None if film.overview is None else row["overview"]
        film = replace(film, title=row["title"], overview=overview, companies=companies)
    cells = list(row.values())
    if dice.random() < 0.04:  # a cell is lost, or is one too many
        cells = cells[1:] if dice.random() < 0.5 else [*cells, "odd"]
        return _line(cells, divider, quoting), replace(film, sound=False, genres=None)
    if quoting in ("stray", "never closed") and dice.random() < 0.25:
        mark = f'"Film" {film.number}' if quoting == "stray" else f'"Film {film.number}'
        places = [_line([cell], divider, quoting) for cell in cells]
        places[list(row).index("title")] = mark
        return divider.join(places), replace(film, title=mark, sound=False)
    return _line(cells, divider, quoting), film


def _line(cells: list[str], divider: str, quoting: str) -> str:
    if quoting == "none":
        return divider.join(cells)
    out = io.StringIO()
    escape = {"doublequote": False, "escapechar": "\\"} if quoting == "escaped" else {}
    how = csv.QUOTE_ALL if quoting == "all" else csv.QUOTE_MINIMAL
    # The null of a database stands without an escape of its own.
    cells = ["\0" if quoting == "escaped" and cell == "\\N" else cell for cell in cells]
    csv.writer(out, delimiter=divider, quoting=how, lineterminator="\r\n", **escape).writerow(cells)  # type: ignore[arg-type]
    return out.getvalue().removesuffix("\r\n").replace("\0", "\\N")


def _json(dice: random.Random) -> Table:
    kind = dice.choice(("id", "imdb", "tmdb"))
    header = _header(dice, kind)
    rows, films = [], []
    for number in range(dice.randint(1, 14)):
        cells, film = _cells(number, dice, kind, "")
        rows.append({
            header[name]: None if cell in NULLS and dice.random() < 0.5 else cell
            for name, cell in cells.items() if name in header
        })  # fmt: skip
        films.append(replace(_only(film, header), lines=range(number + 1, number + 2)))
    encoding, name = dice.choice(("utf-8", "utf-8-sig", "utf-16")), "films.json"
    text = json.dumps(dice.choice((rows, {"page": 1, "results": rows})), ensure_ascii=False)
    if dice.random() < 0.5:
        text, name = "\n".join(map(json.dumps, rows)), "films.jsonl"
    return Table(name=name, data=text.encode(encoding), films=tuple(films), how=encoding)
