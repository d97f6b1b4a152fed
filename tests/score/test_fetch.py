from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import httpx
import pytest

from cinegenre.data import web_posters as fetch
from cinegenre.data.web_posters import Fetcher
from cinegenre.movie import BadRow, Movie
from cinegenre.score import Options, score

from ..cli.test_cli import call
from .made import results, some

[POSTER] = [film.poster for film in some(12, posters=1) if isinstance(film.poster, bytes)]


class Handler(BaseHTTPRequestHandler):
    asked: ClassVar[Counter[str]] = Counter()

    def do_GET(self) -> None:
        self.asked[self.path] += 1
        name = self.path.strip("/").split("-")[0]
        if name == "slow":
            self._begin(200)
            try:
                for _ in range(200):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                return
        elif name == "large":
            self._begin(200)
            self.wfile.write(b"x" * 5000)
        elif name == "missing" or (name == "flaky" and self.asked[self.path] < 3):
            self._begin(404 if name == "missing" else 503)
        elif name == "away":
            self.send_response(302)
            self.send_header("Location", "/fine-away")
            self.end_headers()
        else:
            self._begin(200)
            self.wfile.write(POSTER if name != "text" else b"no picture")

    def _begin(self, code: int) -> None:
        self.send_response(code)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Handler.asked.clear()
    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    served.server_close()


def test_posters_come_in_order_and_faults_are_told(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "LARGEST", 4000)
    monkeypatch.setattr(fetch, "SECONDS", 4.0)
    names = ("fine", "missing", "flaky", "large", "slow", "away")
    rows: list[Movie | BadRow] = [Movie(id=name, poster=f"{server}/{name}") for name in names]
    rows += [Movie(id="gone", poster="http://127.0.0.1:9/x"), Movie(id="local", poster="a.jpg")]
    rows += [BadRow(where="x", error="y")]
    fetcher = Fetcher(wanted=True)
    begun = time.monotonic()
    found = fetcher(rows)
    fetcher.close()
    assert time.monotonic() - begun < 30
    assert [film.poster for film in found.rows if isinstance(film, Movie)] == [
        POSTER, None, POSTER, None, None, POSTER, None, "a.jpg",
    ]  # fmt: skip
    assert sorted(found.faults) == [1, 3, 4, 6]
    assert "the server said 404" in str(found.faults[1])
    assert "over 4,000 bytes" in str(found.faults[3])
    assert "not there after" in str(found.faults[4])
    assert Handler.asked["/missing"] == 1
    assert Handler.asked["/flaky"] == 3


@pytest.mark.parametrize(
    ("status", "asked", "again"),
    [
        (503, "3", 3.0),
        (429, "{date}", 60.0),
        (503, "soon", 0.0),
        (503, None, 0.0),
        (404, "3", None),
    ],
)
def test_the_server_says_when_to_ask_again(
    status: int, asked: str | None, again: float | None
) -> None:
    """In seconds or as a date, as everywhere else that we fetch."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    headers = {} if asked is None else {"retry-after": asked.format(date=date)}
    fetcher = Fetcher(wanted=False)
    answer = httpx.Response(status, headers=headers)
    fetcher._client = httpx.Client(transport=httpx.MockTransport(lambda _: answer))
    with pytest.raises(fetch._Unfetched, match=f"the server said {status}") as refused:
        fetcher._get("http://a.example/x.jpg", time.monotonic() + 9)
    assert refused.value.again == (again if again is None else pytest.approx(again, abs=5))
    fetcher.close()


def test_without_the_option_nothing_is_asked(server: str) -> None:
    found = Fetcher(wanted=False)([Movie(id="a", poster=f"{server}/fine")])
    assert "--fetch does" in str(found.faults[0])
    assert not Handler.asked


def test_fetched_posters_are_scored(server: str, tmp_path: Path) -> None:
    rows = [{"id": str(i), "poster_url": f"{server}/fine-{i}"} for i in range(6)]
    rows += [{"id": "text", "poster_url": f"{server}/text"}]
    rows += [{"id": "missing", "title": "The Ghost", "poster_url": f"{server}/missing"}]
    path = tmp_path / "films.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    summary = score(path, tmp_path / "out", options=Options(format="jsonl", fetch=True))
    assert summary["inputs"] == {"poster": 6, "title": 1}
    assert summary["errors_by_kind"] == {"an unreadable poster": 1}
    assert summary["notes_by_kind"] == {"a poster that was not fetched": 1}
    assert "could not be fetched" in results(tmp_path / "out")[7]["note"]
    assert sum(Handler.asked.values()) == 8


def test_predict_fetches_posters_where_it_is_told_to(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"title": "The Ghost", "poster_url": f"{server}/{name}"} for name in ("fine", "missing")
    ]
    path = tmp_path / "films.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    code, out, err = call(capsys, "predict", path, "--json")
    assert code == 0 and not Handler.asked
    assert all("--fetch does" in json.loads(line)["note"] for line in out.splitlines())
    assert "2 of 2 films had a poster that was not fetched" in err
    code, out, _ = call(capsys, "predict", path, "--json", "--fetch")
    fine, missing = map(json.loads, out.splitlines())
    assert code == 0 and fine["inputs"] == ["title", "poster"] and "note" not in fine
    assert missing["inputs"] == ["title"] and "could not be fetched" in missing["note"]


@pytest.mark.parametrize("reader", ["predict", "score"])
def test_addresses_that_are_not_fetched_here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], reader: str
) -> None:
    """A file: address is the file it names."""
    picture = tmp_path / "a picture.png"
    picture.write_bytes(POSTER)
    posters = ["s3://bucket/a.jpg", "gs://bucket/a.jpg", picture.as_uri()]
    path = tmp_path / "films.jsonl"
    path.write_text("\n".join(json.dumps({"title": "The Ghost", "poster": p}) for p in posters))
    if reader == "predict":
        rows = [json.loads(row) for row in call(capsys, "predict", path, "--json")[1].splitlines()]
    else:
        score(path, tmp_path / "out", options=Options(format="jsonl"))
        rows = results(tmp_path / "out")
    assert ["poster" in row["inputs"] for row in rows] == [False, False, True]
    assert [(row.get("note") or "").split(":")[-1] for row in rows] == [
        " fetch it yourself, and give the file"] * 2 + [""]  # fmt: skip
