"""Every command calls what lies in a poster's place what it is, in the same words."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ..score.made import results
from ..tiny import broken, no_pictures
from ..tiny.no_pictures import KINDS
from .test_cli import call, failed

PLOTS = ("A ghost haunts the house.", "A war in the trenches.")
GENRES = ("Horror", "War")
Text = pytest.CaptureFixture[str]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Two films for every kind, one of each genre; their posters are none."""
    paths = no_pictures.write(tmp_path / "posters")
    rows = [
        {"id": f"{name}-{i}", "title": name, "overview": PLOTS[i], "genres": [GENRES[i]],
         "poster": f"posters/{path.name}"}
        for name, path in paths.items() for i in (0, 1)
    ]  # fmt: skip
    table = tmp_path / "films.jsonl"
    table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return table


def check(notes: list[str], names: list[str]) -> None:
    """Each note has the words of its kind."""
    assert len(notes) == len(names)
    for note, name in zip(notes, names, strict=True):
        assert KINDS[name][1] in note, name
        assert f"{name}.jpg" in note and "\n" not in note


def test_predict_and_score(capsys: Text, bundle: Path, table: Path, tmp_path: Path) -> None:
    names = [name for name in KINDS for _ in range(2)]
    code, out, err = call(capsys, "predict", table, "--model", bundle, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    check([row["note"] for row in rows], names)
    assert code == 0 and {row["notes"][0]["code"] for row in rows} == {"unreadable_poster"}
    assert f"{len(names)} of {len(names)} films had an unreadable poster" in err
    words = ("--out", tmp_path / "out", "--model", bundle, "--format", "jsonl")
    code, _, _ = call(capsys, "score", table, *words)
    assert code == 0
    check([row["note"] for row in results(tmp_path / "out")], names)


@pytest.mark.parametrize("name", KINDS)
def test_one_film_alone(capsys: Text, bundle: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.jpg"
    path.write_bytes(KINDS[name][0]())
    for command in ("predict", "explain"):
        words = ("--title", "The Ghost", "--poster", path, "--model", bundle)
        check([failed(capsys, command, *words).rstrip()], [name])


def test_fit_and_audit(capsys: Text, bundle: Path, table: Path, tmp_path: Path) -> None:
    words = ("--model", bundle, "--no-cache", "--json")
    code, out, _ = call(capsys, "fit", table, "--out", tmp_path / "mine", *words)
    names = [name for name in KINDS for _ in range(2)]
    assert code == 0
    check(json.loads(out)["unreadable_posters"], names)
    code, out, _ = call(capsys, "audit", table, *words)
    told = json.loads(out)
    assert (code, told["unreadable_posters"]) == (0, len(names))
    check(told["quoted"], names[:5])
    code, out, _ = call(capsys, "audit", table, "--model", bundle, "--no-cache")
    assert f"{len(names)}  could not be read" in out and "is nothing but zeros" in out


def test_tag(capsys: Text, tmp_path: Path) -> None:
    for name, (make, _) in KINDS.items():
        home = tmp_path / "films" / f"{name} (1999)"
        home.mkdir(parents=True)
        (home / "movie.nfo").write_text(f"<movie><title>{name}</title></movie>")
        (home / f"{name} (1999).mkv").touch()
        (home / f"{name} (1999)-poster.jpg").write_bytes(make())
    code, out, _ = call(capsys, "tag", tmp_path / "films", "--json")
    rows = {row["title"]: row for row in map(json.loads, out.splitlines())}
    assert code == 0 and set(rows) == set(KINDS)
    for name, row in rows.items():
        assert KINDS[name][1] in json.dumps(row, ensure_ascii=False).replace('\\"', '"'), name


def test_prepare(capsys: Text, table: Path, tmp_path: Path) -> None:
    words = ("data", "prepare", "table", table, "--out", tmp_path / "set")
    code, out, _ = call(capsys, *words)
    assert code == 0 and f"{2 * len(KINDS)}  unreadable poster" in out
    quoted = json.loads((tmp_path / "set" / "dataset.json").read_text("utf-8"))["cleaning"]
    assert quoted["mended"]["unreadable poster"] == 2 * len(KINDS)
    check(quoted["examples"], [name for name in KINDS for _ in range(2)][:20])
    assert quoted["examples"][0] in out and quoted["examples"][4] in out


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = self.path.strip("/").removesuffix(".jpg")
        body = broken.grey_jpeg() if name == "fine" else KINDS.get(name, (None,))[0]
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write(body() if callable(body) else body or b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    served.server_close()


class TestAddresses:
    @pytest.fixture
    def table(self, server: str, tmp_path: Path) -> Path:
        """Films of which every kind of address is a poster's."""
        posters = [f"{server}/fine.jpg", f"{server}/html.jpg", f"{server}/gone.jpg",
                   "s3://bucket/a.jpg", "gs://bucket/a.jpg",
                   (tmp_path / "none.jpg").as_uri()]  # fmt: skip
        rows = [
            {"id": f"{n}", "title": f"Film {n}", "overview": PLOTS[n % 2], "genres": GENRES[n % 2],
             "poster_url": posters[n % len(posters)]}
            for n in range(24)
        ]  # fmt: skip
        table = tmp_path / "films.jsonl"
        table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        return table

    def unfetched(self, capsys: Text, command: str, *words: object) -> dict[str, Any]:
        code, out, _ = call(capsys, command, *words, "--json")
        assert code == 0
        told: dict[str, Any] = json.loads(out)
        return told

    def test_fit_and_audit_say_what_they_did_not_fetch(
        self, capsys: Text, bundle: Path, table: Path, tmp_path: Path
    ) -> None:
        words = (table, "--model", bundle, "--no-cache")
        into = ("--out", tmp_path / "mine")
        told = self.unfetched(capsys, "fit", *words, *into)["unfetched_posters"]
        assert len(told) == 24
        assert "was not fetched: fetch it first (--fetch does), or give a file" in told[0]
        assert "fetch it yourself, and give the file" in told[3]
        assert "is not there: check its address" in told[5]
        _, out, _ = call(capsys, "fit", *words, *into)
        assert "24  were not fetched: poster http" in out
        assert "Posters that were not fetched: 24." in (tmp_path / "mine" / "README.md").read_text()
        facts = self.unfetched(capsys, "audit", *words)
        assert facts["unfetched_posters"] == 24 and facts["quoted"] == told[:5]
        _, out, _ = call(capsys, "audit", *words)
        assert "24  were not fetched" in out and told[0] in out

    def test_fit_and_audit_fetch(
        self, capsys: Text, bundle: Path, table: Path, tmp_path: Path
    ) -> None:
        words = (table, "--model", bundle, "--no-cache", "--fetch")
        report = self.unfetched(capsys, "fit", *words, "--out", tmp_path / "mine")
        told = report["unfetched_posters"]
        assert len(told) == 20 and not report["unreadable_posters"]
        with_poster = next(mode for mode in report["modes"] if "poster" in mode["inputs"])
        assert with_poster["films"] == 4
        assert "html.jpg is a web page (HTML): save the picture itself" in told[0]
        assert "gone.jpg could not be fetched (the server said 404)" in told[1]
        page = tmp_path / "audit.html"
        facts = self.unfetched(capsys, "audit", *words, "--html", page)
        assert facts["unfetched_posters"] == 20 and facts["quoted"] == told[:5]

    def test_prepare(self, capsys: Text, table: Path, tmp_path: Path) -> None:
        words = ("data", "prepare", "table", table, "--json", "--out")
        _, out, _ = call(capsys, *words, tmp_path / "a")
        told = json.loads(out)
        assert told["cleaning"]["mended"]["poster that was not fetched"] == 24
        assert "--fetch does" in told["cleaning"]["examples"][0]
        assert sum(told["with_poster"].values()) == 0
        _, out, _ = call(capsys, *words, tmp_path / "b", "--fetch")
        told = json.loads(out)
        assert sum(told["with_poster"].values()) == 4
        mended = told["cleaning"]["mended"]
        assert (mended["poster that was not fetched"], mended["unreadable poster"]) == (16, 4)

    def test_an_image_folder_may_name_addresses(
        self, capsys: Text, server: str, tmp_path: Path
    ) -> None:
        source = tmp_path / "folder"
        source.mkdir()
        rows = "".join(f"{server}/fine.jpg,Film {n}\n" for n in range(10))
        (source / "metadata.csv").write_text("file_name,title\n" + rows)
        words = ("data", "prepare", "image_folder", source, "--json", "--fetch", "--out")
        code, out, _ = call(capsys, *words, tmp_path / "set")
        assert code == 0 and sum(json.loads(out)["with_poster"].values()) == 10
