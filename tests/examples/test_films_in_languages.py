"""The table and the teacher's scores that `default_languages` learns from."""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path

import numpy as np
import pytest

from cinegenre.data.dataset import PreparedSet
from examples import films_in_languages


def write_table(path: Path, rows: list[dict[str, str]]) -> Path:
    unpacked = gzip.open if path.suffix == ".gz" else open
    with unpacked(path, "wt", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return path


@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_no_test_film_and_a_target_for_every_text(
    data: Path, prepared: PreparedSet, bundle: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, ending: str,
) -> None:  # fmt: skip
    films = {split: [f for f in prepared.films(split) if f.genres and f.title and f.overview]
             for split in ("train", "validation", "test")}  # fmt: skip
    other = write_table(tmp_path / f"other.{ending}", [
        {"imdb_id": some[0].id or "", "language": "de", "split": split, "title": "Titel",
         "overview": f"Ein Text zum Film {split}.", "companies": "A|B", "genres": "Drama"}
        for split, some in films.items()
    ])  # fmt: skip
    long = "Ein langer Text ohne Genres, der von einem Schiff erzählt."
    more = write_table(tmp_path / f"more.{ending}", [
        {"tmdb_id": number, "language": "de", "title": "T", "overview": text}
        for number, text in (("1", long), ("2", "Kurz."), ("3", long))
    ])  # fmt: skip
    known = write_table(tmp_path / f"known.{ending}", [{"id": "3"}])
    words = ["", "--data", data, "--other", other, "--out", tmp_path / "out", "--teacher", bundle,
             "--unlabelled", more, "--reader", bundle, "--known", known]  # fmt: skip
    monkeypatch.setattr(sys, "argv", list(map(str, words)))
    films_in_languages.main()
    with (tmp_path / "out" / "films.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert {row["split"] for row in rows.values()} == {"train", "validation"}
    assert not {film.id for film in films["test"]} & set(rows)
    german, test = f"{films['train'][0].id}-de", f"{films['test'][0].id}-de"
    assert german in rows and test not in rows
    assert rows["tmdb1-de"]["genres"] and {"tmdb2-de", "tmdb3-de"}.isdisjoint(rows)
    with np.load(tmp_path / "out" / "scores.npz") as table:
        scores = dict(zip(table["ids"].tolist(), table["scores"], strict=True))
    # A film's text in another language has the target of its English one.
    assert np.array_equal(scores[german], scores[films["train"][0].id])
    assert "tmdb1-de" in scores
    texts = (tmp_path / "out" / "texts.txt").read_text(encoding="utf-8")
    assert "Ein Text zum Film train." in texts and "Film validation" not in texts


def test_without_models_the_recipes_own_labels(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts that it has none for are left out, and no scores are written beside its own."""
    said = tmp_path / "said.npz"
    np.savez(said, ids=["tmdb1-de", "tt1"], genres=["Drama", "Western"],
             labels=np.array([[True, True], [False, False]]))  # fmt: skip
    monkeypatch.setattr(films_in_languages, "scores_file", lambda _name: said)
    other = write_table(tmp_path / "other.csv", [
        {"imdb_id": "tt1", "language": "de", "split": "train", "title": "Titel",
         "overview": "Ein Text.", "companies": "", "genres": "Drama"}
    ])  # fmt: skip
    long = "Ein langer Text ohne Genres, der von einem Schiff erzählt."
    more = write_table(tmp_path / "more.csv", [
        {"tmdb_id": number, "language": "de", "title": "T", "overview": long} for number in "12"
    ])  # fmt: skip
    words = ["", "--data", data, "--other", other, "--unlabelled", more, "--out", tmp_path / "out"]
    monkeypatch.setattr(sys, "argv", list(map(str, words)))
    films_in_languages.main()
    with (tmp_path / "out" / "films.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert rows["tmdb1-de"]["genres"] == "Drama|Western" and "tmdb2-de" not in rows
    assert not (tmp_path / "out" / "scores.npz").exists()
