"""Make the table that the recipe `default_languages` learns from, and the scores of its teacher.

    python examples/films_in_languages.py --data DATA --other overviews.csv.gz --out films
    cinegenre data prepare table films/films.csv --splits films/films.csv --out LANGUAGES
    cinegenre train default_languages --data LANGUAGES --out RUN \\
        --set distill.scores=films/scores.npz

DATA is the prepared data set with English texts. `--other` is a table of some of its films in other
languages: imdb_id, language, split, title, overview, companies, genres. films/scores.npz has what a
model (`--teacher`, the shipped one by default) says of the training films' English texts: the
targets of their texts in either language. films/texts.txt has the training texts, for
`examples/get_universal_sentence.py --texts`.

With `--unlabelled`, a table of texts without genres (tmdb_id, language, title, overview), these are
training films too, with the genres that the model `--reader` predicts for them; `--known` names a
table whose `id` column has the TMDB ids of films to leave out, some of which are test films.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from cinegenre import Movie, Tagger
from cinegenre.data.dataset import PreparedSet

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


def unlabelled(path: Path, known: set[str], reader: Tagger) -> tuple[list[Movie], np.ndarray]:
    """Films without genres and with predicted ones, and the probabilities, (films, genres).

    Films of the TMDB ids `known` are left out.
    """
    films = [
        Movie(id=f"tmdb{row['tmdb_id']}-{row['language']}", language=row["language"],
              title=row["title"], overview=row["overview"])
        for row in rows_of(path)
        if len(row["overview"]) > SHORTEST and row["tmdb_id"] not in known
    ]  # fmt: skip
    predictions = list(reader.predict(films, any_language=True))
    scores = np.array([list(each.scores.values()) for each in predictions], np.float32)
    labelled = zip(films, predictions, strict=True)
    return [replace(film, genres=tuple(each.genres)) for film, each in labelled], scores


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
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--other", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--teacher", default="default")
    parser.add_argument("--unlabelled", type=Path)
    parser.add_argument("--known", type=Path)
    parser.add_argument("--reader", help="a bundle that reads the other languages")
    asked = parser.parse_args()
    if (asked.unlabelled is None) != (asked.reader is None):
        parser.error("--unlabelled and --reader belong together")
    asked.out.mkdir(parents=True, exist_ok=True)
    data = PreparedSet.open(asked.data)
    ours, theirs = english(data), other(asked.other)
    teacher = Tagger.load(asked.teacher)
    taught = [
        replace(film, poster=None, people=())
        for film, split in ours
        if split == "train" and {"title", "overview"} & set(film.inputs)
    ]
    told = dict(zip([film.id for film in taught],
                    teacher.predict_proba(taught, any_language=True), strict=True))  # fmt: skip
    told |= {
        film.id: told[known] for film, split, known in theirs if split == "train" and known in told
    }
    films = [*ours, *((film, split) for film, split, _ in theirs)]
    if asked.unlabelled is not None:
        known = {row["id"] for row in rows_of(asked.known)} if asked.known else set()
        more, scores = unlabelled(asked.unlabelled, known, Tagger.load(asked.reader))
        films += [(film, "train") for film in more]
        told |= dict(zip([film.id for film in more], scores, strict=True))
    write(asked.out, films)
    np.savez(asked.out / "scores.npz", ids=np.array(list(told)), genres=np.array(teacher.genres),
             scores=np.array(list(told.values()), np.float32))  # fmt: skip
    print(f"wrote {len(films):,} films to {asked.out / 'films.csv'}")


if __name__ == "__main__":
    main()
