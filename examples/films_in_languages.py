"""Make the table that the recipe `default_languages` learns from.

    python examples/films_in_languages.py --data DATA --other overviews.csv.gz \\
        --unlabelled unlabelled.csv.gz --known tmdb_ids.csv --out films
    cinegenre data prepare table films/films.csv --splits films/films.csv --out LANGUAGES
    cinegenre train default_languages --data LANGUAGES --out RUN

DATA is the prepared data set with English texts. `--other` is a table of some of its films in
other languages: imdb_id, language, split, title, overview, companies, genres. `--unlabelled` is a
table of texts without genres (tmdb_id, language, title, overview), which are training films too;
`--known` names a table whose `id` column has the TMDB ids of films to leave out, some of which are
test films. films/texts.txt has the training texts, for
`examples/get_universal_sentence.py --texts`.

What a model said of these films comes with the recipe, as do the genres that the texts without any
are learned with. Other films need their own: `--teacher` names a model that is asked about the
English texts of the training films, whose probabilities are the targets of their texts in either
language, and `--reader` one that predicts the genres of the texts without any. What they say is
written to films/scores.npz (cinegenre train ... --set distill.scores=films/scores.npz).
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from cinegenre import Movie, Prediction, Tagger
from cinegenre.data.dataset import PreparedSet
from cinegenre.train.recipe_files import scores_file

COLUMNS = ("id", "language", "title", "overview", "companies", "genres", "split")
SHORTEST = 30
"""Characters of an overview without genres; shorter ones say little."""


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file, packed or not."""
    unpack = gzip.open if path.suffix == ".gz" else open
    with unpack(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def english(data: PreparedSet) -> list[tuple[Movie, str]]:
    """The films with a genre, and their splits; none of the test split."""
    splits = ("train", "validation")
    return [(film, split) for split in splits for film in data.films(split) if film.genres]


def other(path: Path) -> list[tuple[Movie, str, str]]:
    """The films in other languages, their splits and their ids in English; none of test."""
    found = []
    for row in rows_of(path):
        film = Movie(
            id=f"{row['imdb_id']}-{row['language']}", language=row["language"], title=row["title"],
            overview=row["overview"], companies=tuple(c for c in row["companies"].split("|") if c),
            genres=tuple(row["genres"].split("|")),
        )  # fmt: skip
        if row["split"] != "test":
            found.append((film, row["split"], row["imdb_id"]))
    return found


def unlabelled(path: Path, known: set[str]) -> list[Movie]:
    """The films without genres, except those of the TMDB ids `known`."""
    return [
        Movie(id=f"tmdb{row['tmdb_id']}-{row['language']}", language=row["language"],
              title=row["title"], overview=row["overview"])
        for row in rows_of(path)
        if len(row["overview"]) > SHORTEST and row["tmdb_id"] not in known
    ]  # fmt: skip


def shipped_genres() -> dict[str | None, tuple[str, ...]]:
    """The genres that the texts without any were learned with for the shipped model, by id."""
    with np.load(scores_file("default_languages")) as table:
        genres, rows = table["genres"], table["labels"]
        return {film: tuple(genres[row]) for film, row in zip(table["ids"], rows, strict=True)}


def judge(model: str, films: list[Movie]) -> dict[str | None, Prediction]:
    """What a model says of each film, by id."""
    said = Tagger.load(model).predict(films, any_language=True)
    return {film.id: each for film, each in zip(films, said, strict=True)}


def write(out: Path, films: Iterable[tuple[Movie, str]]) -> None:
    """films.csv and texts.txt."""
    with (out / "films.csv").open("w", encoding="utf-8", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(COLUMNS)
        with (out / "texts.txt").open("w", encoding="utf-8") as texts:
            for film, split in films:
                names, genres = "|".join(film.companies), "|".join(film.genres)
                writer.writerow(
                    [film.id, film.language, film.title, film.overview, names, genres, split]
                )
                if split == "train":
                    text = f"{film.title or ''}: {film.overview or ''}"
                    texts.write(" ".join(text.split()) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, help in {
        "data": "prepared data set with English texts",
        "other": "table of some of its films in other languages",
        "out": "folder for films.csv and texts.txt",
        "unlabelled": "table of texts without genres",
        "known": "table with the TMDB ids of films to leave out of --unlabelled, in a column id",
    }.items():
        needed = name in ("data", "other", "out")
        parser.add_argument(f"--{name}", type=Path, required=needed, help=help)
    parser.add_argument("--teacher", help="a bundle that reads English, or default")
    parser.add_argument("--reader", help="a bundle that reads the other languages")
    asked = parser.parse_args()
    if asked.reader and not asked.unlabelled:
        parser.error("--reader reads the texts of --unlabelled: name both")
    asked.out.mkdir(parents=True, exist_ok=True)
    ours, theirs = english(PreparedSet.open(asked.data)), other(asked.other)
    films = [*ours, *((film, split) for film, split, _ in theirs)]
    told: dict[str | None, Prediction] = {}
    if asked.teacher:
        taught = [
            replace(film, poster=None, people=())
            for film, split in ours
            if split == "train" and {"title", "overview"} & set(film.inputs)
        ]
        told = judge(asked.teacher, taught)
        told |= {film.id: told[of] for film, split, of in theirs if split == "train" and of in told}
    if asked.unlabelled:
        known = {row["id"] for row in rows_of(asked.known)} if asked.known else set()
        more = unlabelled(asked.unlabelled, known)
        if asked.reader:
            read = judge(asked.reader, more)
            told |= read
            genres = {film: tuple(said.genres) for film, said in read.items()}
        else:
            genres = shipped_genres()
        films += [
            (replace(film, genres=genres[film.id]), "train") for film in more if film.id in genres
        ]
    write(asked.out, films)
    print(f"wrote {len(films):,} films to {asked.out / 'films.csv'}")
    if told:
        scores = np.array([list(said.scores.values()) for said in told.values()], np.float32)
        np.savez(asked.out / "scores.npz", ids=list(map(str, told)), scores=scores,
                 genres=list(next(iter(told.values())).scores))  # fmt: skip


if __name__ == "__main__":
    main()
