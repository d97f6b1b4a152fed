from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from cinegenre import BadMovie, BadRow, Fault, FaultCode, Movie, Prediction
from cinegenre.cli.show import Telling

from ..tiny.films import films
from .test_cli import call, failed

GERMAN = "Ein Gespenst geht um in dem alten Haus, und niemand weiß, was es von ihnen will."


@pytest.fixture(scope="module")
def english(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny bundle, which says that it reads English."""
    copy = Path(shutil.copytree(bundle, tmp_path_factory.mktemp("english") / "b"))
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps(config | {"languages": ["en"]}))
    return copy


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
    ids=str,
)
def test_colours_are_shown_where_they_are_wanted(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    bundle: Path,
    environment: dict[str, str],
    coloured: bool,
) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    _, out, _ = call(capsys, "predict", "--title", "The Ghost", "--model", bundle)
    assert ("\x1b[32m" in out) == ("\x1b[2m" in out) == ("\x1b[" in out) == coloured


def test_a_title_does_nothing_to_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, bundle: Path
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    _, out, _ = call(capsys, "predict", "--title", "A\x1b[2J\rGhost [b]", "--model", bundle)
    assert "A�[2J�Ghost [b]" in out


@pytest.fixture
def poster(tmp_path: Path) -> Path:
    film = next(film for film in films(40) if isinstance(film.poster, bytes))
    path = tmp_path / "poster.jpg"
    path.write_bytes(film.poster)
    return path


def test_another_language_is_passed_over_and_said(
    capsys: pytest.CaptureFixture[str], english: Path, poster: Path
) -> None:
    words = ("predict", "--overview", GERMAN, "--poster", poster, "--model", english)
    code, out, _ = call(capsys, *words, "--json")
    found = json.loads(out)
    assert (code, found["inputs"]) == (0, ["poster"])
    assert "overview is in German" in found["note"]
    code, out, _ = call(capsys, *words)
    assert code == 0
    assert "from poster" in out
    assert "overview is in German" in out
    code, out, _ = call(capsys, *words, "--json", "--any-language")
    assert json.loads(out)["inputs"] == ["overview", "poster"]
    assert "note" not in json.loads(out)


def test_another_language_in_a_table_is_counted_apart_from_lost_posters(
    capsys: pytest.CaptureFixture[str], english: Path, poster: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_text("no picture")
    rows = [
        {"title": "A", "overview": GERMAN},
        {"title": "B", "overview": GERMAN, "poster": poster.name},
        {"title": "C", "overview": GERMAN, "poster": bad.name},
        {"title": "D", "poster": bad.name},
        {"title": "E"},
    ]
    table = tmp_path / "films.jsonl"
    table.write_text("\n".join(map(json.dumps, rows)))
    code, out, err = call(capsys, "predict", table, "--model", english, "--json")
    assert code == 0
    inputs = [json.loads(line)["inputs"] for line in out.splitlines()]
    assert inputs == [["title", "overview"], ["poster"], ["title", "overview"], ["title"],
                      ["title"]]  # fmt: skip
    assert err.splitlines() == [
        "films.jsonl: took title, overview, poster",
        "2 of 5 films had an unreadable poster",
        "3 of 5 films had an overview in a language that the model does not read",
    ]


def test_one_films_broken_poster_is_still_an_error(
    capsys: pytest.CaptureFixture[str], english: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_text("no picture")
    err = failed(capsys, "predict", "--overview", GERMAN, "--poster", bad, "--model", english)
    assert "bad.jpg" in err


def test_half_a_pair_of_surrogates_in_json_stops_nothing(
    capsys: pytest.CaptureFixture[str], english: Path, tmp_path: Path
) -> None:
    """JSON of a text that was cut in the middle of an emoji."""
    table = tmp_path / "films.jsonl"
    rows = [{"id": f"cut \ud83d {n}", "overview": "A detective \ud83d hunts."} for n in range(2)]
    table.write_text("\n".join(map(json.dumps, rows)))
    code, out, _ = call(capsys, "predict", table, "--model", english, "--json")
    assert code == 0
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["cut � 0", "cut � 1"]


class Told:
    """Stands in for a tagger: a film for every note or fault that there is."""

    def __init__(self, predictions: list[Prediction]) -> None:
        self.predictions = predictions

    def predict(self, given: Movie | Iterable[Movie | BadRow], **_: bool) -> Iterator[Prediction]:
        rows = [given] if isinstance(given, Movie) else given
        for _row, prediction in zip(rows, self.predictions, strict=True):
            yield prediction


@pytest.mark.parametrize("code", FaultCode)
def test_every_code_is_counted_and_lost_inputs_are_errors_of_one_film(
    capsys: pytest.CaptureFixture[str], code: FaultCode
) -> None:
    fault = Fault(code, "something", "mend it")
    noted = Prediction(id="1", genres=[], scores={"Drama": 0.2}, inputs=["title"], model="m",
                       notes=(fault,))  # fmt: skip
    failed = Prediction(id="2", genres=[], scores={}, inputs=[], model="m", fault=fault)
    many: Any = Told([noted, failed, noted])
    Telling(many, as_json=True).many(iter([Movie(title="A"), Movie(), Movie()]))
    out, err = capsys.readouterr()
    assert err.splitlines() == ["1 of 3 films could not be scored",
                                f"2 of 3 films had {fault.kind.noun}"]  # fmt: skip
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines[0]["notes"][0] == lines[1]["fault"] == fault.as_dict()
    for prediction, refused in ((noted, fault.kind.lost), (failed, True)):
        one: Any = Told([prediction])
        with pytest.raises(BadMovie, match="something: mend it") if refused else nullcontext():
            Telling(one, as_json=True).one(Movie(title="A"))


def test_genres_under_other_names(
    capsys: pytest.CaptureFixture[str], bundle: Path, tmp_path: Path
) -> None:
    words = ("predict", "--title", "The Ghost", "--model", bundle)
    own = json.loads(call(capsys, *words, "--json")[1])
    imdb = json.loads(call(capsys, *words, "--json", "--map", "imdb")[1])
    assert imdb["scores"]["Sci-Fi"] == own["scores"]["Science Fiction"]
    assert "TV Movie" not in imdb["scores"]
    mine = tmp_path / "mine.yaml"
    mine.write_text("".join(f"{genre}: Anything\n" for genre in own["scores"]))
    assert json.loads(call(capsys, *words, "--json", "--map", mine)[1])["genres"] == ["Anything"]
    assert "✓ Anything" in call(capsys, *words, "--map", mine)[1]
    mine.write_text("Sci-Fi: SF\n")
    assert "the model does not tell" in failed(capsys, *words, "--map", mine)
    assert "known: FILE.yaml, imdb, tmdb" in failed(capsys, *words, "--map", "mine")


def piped(bundle: Path, data: bytes, *words: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "cinegenre", "predict", "-", "--model", str(bundle), *words]
    return subprocess.run(command, input=data, capture_output=True, check=False)


@pytest.mark.parametrize(
    "text",
    ["\ufefftitle,overview\nThe Ghöst,\nThe Clown,A clown.\n",
     '{"title": "The Ghöst"}\n{"name": "The Clown", "plot": "A clown."}\n'],
    ids=["csv", "jsonl"],
)  # fmt: skip
def test_films_come_through_a_pipe(bundle: Path, text: str) -> None:
    run = piped(bundle, text.encode(), "--json")
    assert run.returncode == 0, run.stderr
    inputs = [json.loads(line)["inputs"] for line in run.stdout.splitlines()]
    assert inputs == [["title"], ["title", "overview"]]
    assert run.stderr.decode().startswith("standard input: took title")
    named = piped(bundle, text.encode(), "--column", "title=nonsense")
    assert named.returncode == 2
    assert b"'nonsense'" in named.stderr


def test_a_pipe_that_is_none_is_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, bundle: Path
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert "run: cinegenre predict - < films.csv" in failed(
        capsys, "predict", "-", "--model", bundle
    )


def test_a_folder_of_posters(
    capsys: pytest.CaptureFixture[str], bundle: Path, poster: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "posters"
    folder.mkdir()
    shutil.copyfile(poster, folder / "The Ghost (1999).jpg")
    shutil.copyfile(poster, folder / "tt0114709.jpg")
    (folder / "Zero.jpg").write_bytes(b"")
    code, out, err = call(capsys, "predict", folder, "--json", "--model", bundle)
    assert code == 0
    said = [json.loads(line) for line in out.splitlines()]
    assert [(each["id"], each["inputs"]) for each in said] == [
        ("The Ghost (1999).jpg", ["title", "poster"]),
        ("Zero.jpg", ["title"]),
        ("tt0114709.jpg", ["poster"]),
    ]
    assert err.splitlines() == [
        f"{folder}: posters: 3, with a title in their name: 2",
        "1 of 3 films had an unreadable poster",
    ]
    _, out, _ = call(capsys, "predict", folder, "--model", bundle)
    assert "The Ghost  from title, poster" in out
    err = failed(capsys, "predict", folder, "--column", "title=x", "--model", bundle)
    assert "--column is given with the folder" in err
    assert "no file or folder" in failed(capsys, "predict", tmp_path / "none", "--model", bundle)
