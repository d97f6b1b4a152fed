"""Posters from a server that speaks TMDB's API: throttled, broken off, garbage, gone."""

from __future__ import annotations

import csv
import errno
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest

from cinegenre import UserError
from cinegenre.data.fetch import fetch, http
from cinegenre.data.fetch.journal import NAME
from cinegenre.data.fetch.key import Key, find_key
from cinegenre.data.fetch.rate import Bucket, Stopped
from cinegenre.data.fetch.tmdb import check_base, poster_path
from cinegenre.images import open_rgb
from cinegenre.movie import Movie
from cinegenre.readers import table, the_movies_dataset

from ..tiny import broken
from ..tiny.films import films, write_the_movies_dataset
from . import tmdb
from .tmdb import V3, V4, Server

module = import_module("cinegenre.data.fetch.fetch")  # the function of that name hides it

KEY = Key(V3, "the test")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(http, "_FIRST", 0.01)
    with tmdb.running() as server:
        yield server


def source(folder: Path, *rows: dict[str, object]) -> Path:
    """A CSV with these films; ids from 1 on where none are given."""
    path = folder / "catalogue.csv"
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def numbered(folder: Path, *numbers: int) -> Path:
    return source(folder, *({"tmdb_id": n, "title": f"Film {n}"} for n in numbers))


def run(table: Path, server: Server, out: Path | None = None, **options: Any) -> dict[str, Any]:
    given = {"key": KEY, "base_url": server.base, "rate": 1e6, "timeout": 3.0} | options
    return fetch(table, out or table.parent / "out", **given).as_dict()


def posters(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix in (".jpg", ".png"))


def missing(folder: Path) -> dict[str, tuple[str, str]]:
    with (folder / "missing.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["title"] or row["id"]: (row["why"], row["worth_another_run"])
            for row in csv.DictReader(file)
        }


class TestWhatIsFetched:
    def test_by_path_by_id_and_by_imdb_id(self, server: Server, tmp_path: Path) -> None:
        path = source(
            tmp_path,
            {"title": "by path", "poster_path": "/p3.jpg"},
            {"title": "by address", "poster_path": "https://image.tmdb.org/t/p/w500/p4.jpg"},
            {"title": "by id", "tmdb_id": "5.0"},
            {"title": "by IMDb id", "imdb_id": "tt0000006"},
            {"title": "by MovieLens' number", "imdb_id": "8"},
            {"title": "by a long number", "imdb_id": "0000008"},
            {"title": "a series", "imdb_id": "tt0000700"},
            {"title": "by nothing"},
        )  # fmt: skip
        told = run(path, server)
        out = tmp_path / "out"
        with (out / "films.csv").open(encoding="utf-8", newline="") as file:
            named = {row["title"]: row["poster"] for row in csv.DictReader(file)}
        assert named["by id"] == "5.jpg"
        assert named["by IMDb id"] == "tt0000006.jpg"
        assert named["a series"] == "tt0000700.jpg"
        assert named["by a long number"] == "tt0000008.jpg"
        assert named["by nothing"] == named["by MovieLens' number"] == ""
        for title, number in {"by path": 3, "by address": 4, "by id": 5, "a series": 7}.items():
            assert (out / named[title]).read_bytes() == tmdb.poster(number)
        assert told["fetched"] == 6
        assert told["missing"] == {"no TMDB id, IMDb id or poster path": 2}
        assert server.count("/3/movie") == 1  # nothing is asked that is known
        assert server.count("/t/p/w342/") == 6

    def test_what_tmdb_does_not_have_is_said(self, server: Server, tmp_path: Path) -> None:
        told = run(numbered(tmp_path, 1, 150, 999), server)
        assert told["fetched"] == 1
        assert told["missing"] == {"TMDB has no poster": 1, "unknown to TMDB": 1}
        assert missing(tmp_path / "out") == {
            "Film 150": ("TMDB has no poster", "no"),
            "Film 999": ("unknown to TMDB", "no"),
        }

    def test_an_old_poster_path_gives_way_to_the_present_one(
        self, server: Server, tmp_path: Path
    ) -> None:
        path = source(
            tmp_path,
            {"title": "moved", "tmdb_id": 2, "poster_path": "/gone.jpg"},
            {"title": "unknown id, known IMDb id", "tmdb_id": 999, "imdb_id": "tt0000009"},
            {"title": "lost", "tmdb_id": "", "poster_path": "/gone.jpg"},
        )
        told = run(path, server)
        assert (tmp_path / "out" / "2.jpg").read_bytes() == tmdb.poster(2)
        assert (tmp_path / "out" / "tt0000009.jpg").read_bytes() == tmdb.poster(9)
        assert told["missing"] == {"its poster path leads nowhere any more": 1}

    def test_the_movies_dataset_reads_the_folder(self, server: Server, tmp_path: Path) -> None:
        folder = tmp_path / "source"
        some = [Movie(id=f.id, title=f.title, genres=f.genres) for f in films(12)]
        write_the_movies_dataset(folder, some)
        (folder / "movies_metadata.csv").open("a").write("broken,row\n")
        told = run(folder, server, tmp_path / "out")
        # Its /posterN.jpg are not there any more; its ids, 1 to 12, are.
        assert told["columns"] == {
            "TMDB id": "id", "IMDb id": "imdb_id", "poster path": "poster_path",
        }  # fmt: skip
        assert (told["fetched"], told["bad_rows"]) == (12, 1)
        read = list(the_movies_dataset.read(folder, posters=tmp_path / "out"))
        assert sum(isinstance(film, Movie) and film.poster is not None for film in read) == 12
        again = [f for f in table.read(tmp_path / "out" / "films.csv") if isinstance(f, Movie)]
        assert len(again) == 12
        for film in again:
            assert isinstance(film.poster, Path)
            open_rgb(film.poster)
            assert film.genres

    def test_a_poster_at_hand_is_kept(self, server: Server, tmp_path: Path) -> None:
        (tmp_path / "own").mkdir()
        (tmp_path / "own" / "a.jpg").write_bytes(tmdb.poster(50))
        path = tmp_path / "films.jsonl"
        rows = [{"id": "1", "tmdb_id": 1, "poster": "own/a.jpg", "genres": ["Drama", "War"]},
                {"id": "2", "tmdb_id": 2, "title": "Two"}]  # fmt: skip
        path.write_text("\n".join(map(json.dumps, rows)))
        told = run(path, server, tmp_path / "out")
        assert (told["own_poster"], told["fetched"]) == (1, 1)
        first, second = table.read(tmp_path / "out" / "films.csv")
        assert isinstance(first, Movie) and isinstance(second, Movie)
        assert first.genres == ("Drama", "War")
        assert [Path(str(f.poster)).read_bytes() for f in (first, second)] == [
            tmdb.poster(50), tmdb.poster(2),
        ]  # fmt: skip

    def test_names_hold_on_every_system(self, server: Server, tmp_path: Path) -> None:
        ids = ["CON", "a/../../b", "A", "a", "ä:?*", "x" * 300, "nul.txt", "7"]
        path = source(tmp_path, *({"id": i, "tmdb_id": "", "poster_path": "/p3.jpg"} for i in ids))
        assert run(path, server)["fetched"] == len(ids)
        names = posters(tmp_path / "out")
        assert len({name.casefold() for name in names}) == len(ids)
        for name in names:
            assert name.isascii() and name.startswith("film-") and len(name) < 100
            assert not set(name) & set('/\\:*?"<>| ')
        assert {path.name for path in tmp_path.iterdir()} == {"catalogue.csv", "out"}

    def test_sizes(self, server: Server, tmp_path: Path) -> None:
        path = numbered(tmp_path, 1, 2)
        run(path, server, size="original")
        assert server.count("/t/p/original/") == 2
        with pytest.raises(UserError, match=r"unknown size 'w300': .*w342"):
            run(path, server, size="w300")
        assert run(path, server, size="w92")["fetched"] == 2  # another size is another poster
        assert run(path, server, size="w92")["fetched"] == 0


class TestAServerThatMisbehaves:
    @pytest.mark.parametrize(
        "turns",
        [
            [tmdb.status(500), tmdb.status(503)],
            [tmdb.broken_off, tmdb.hang_up],
            [tmdb.cut_off],
            [tmdb.body(b"<html>Please log in</html>")],
            [tmdb.body(b"")],
            [tmdb.body(broken.truncated_png())],
            [tmdb.slowly(10)],
        ],
        ids=["5xx", "broken off", "cut off", "html", "empty", "png", "slow"],
    )
    def test_another_try_gets_it(
        self, server: Server, tmp_path: Path, turns: list[tmdb.Turn]
    ) -> None:
        server.turns["/t/p/w342/p1.jpg"] = list(turns)
        told = run(numbered(tmp_path, 1, 2), server, timeout=0.5)
        assert (told["fetched"], told["failed"]) == (2, {})
        assert (tmp_path / "out" / "1.jpg").read_bytes() == tmdb.poster(1)
        assert server.count("/t/p/w342/p1.jpg") == len(turns) + 1

    @pytest.mark.parametrize(
        ("turn", "why"),
        [
            (tmdb.status(500), "HTTP 500"),
            (tmdb.broken_off, "broken connection (RemoteProtocolError)"),
            (tmdb.cut_off, "the image that came is broken or cut off"),
            (tmdb.body(b"<html>"), "no JPEG, PNG or WebP came"),
            (tmdb.status(403), "HTTP 403"),
            (tmdb.status(401), "HTTP 401"),
        ],
    )
    def test_what_lasts_is_a_failure_of_one_film(
        self, server: Server, tmp_path: Path, turn: tmdb.Turn, why: str
    ) -> None:
        server.turns["/t/p/w342/p1.jpg"] = [turn] * 3
        path = numbered(tmp_path, 1, 2)
        told = run(path, server, tries=3)
        assert (told["fetched"], told["failed"]) == (1, {why: 1})
        assert missing(tmp_path / "out") == {"Film 1": (why, "yes")}
        assert posters(tmp_path / "out") == ["2.jpg"]
        assert not list((tmp_path / "out").glob(".*"))
        server.turns.clear()
        told = run(path, server)  # it is not remembered as missing
        assert (told["fetched"], told["already_there"], told["failed"]) == (1, 1, {})

    def test_the_api_may_fail_too(self, server: Server, tmp_path: Path) -> None:
        server.turns["/3/configuration"] = [tmdb.status(502), tmdb.hang_up]
        server.turns["/3/movie/1"] = [tmdb.body(b"<html>"), tmdb.status(500)]
        assert run(numbered(tmp_path, 1), server)["fetched"] == 1

    @pytest.mark.parametrize("form", ["seconds", "date"])
    def test_retry_after_is_waited_for_by_everybody(
        self, server: Server, tmp_path: Path, form: str
    ) -> None:
        asked = "1" if form == "seconds" else timedelta(seconds=2)  # a date has whole seconds
        server.turns["/3/movie/1"] = [tmdb.status(429, asked)]
        told = run(numbered(tmp_path, *range(1, 9)), server, threads=2)
        assert told["fetched"] == 8
        at = [when for path, when in server.asked if path == "/3/movie/1"]
        assert at[1] - at[0] > 0.9
        between = [when for _, when in server.asked if at[0] + 0.3 < when < at[1] - 0.3]
        assert between == []

    def test_a_pause_of_hours_ends_the_run(self, server: Server, tmp_path: Path) -> None:
        server.turns["/3/movie/3"] = [tmdb.status(429, "7200")]
        with pytest.raises(UserError, match=r"asks to wait 7,200 s .*what is fetched is kept"):
            run(numbered(tmp_path, 1, 2, 3, 4), server, threads=1)
        report = json.loads((tmp_path / "out" / "report.json").read_text())
        assert report["fetched"] == 2
        assert report["not_asked_for"] == 2

    def test_an_image_without_end_is_left(
        self, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from cinegenre.data.fetch import tmdb as ours

        monkeypatch.setattr(ours, "IMAGE_BYTES", 100_000)
        server.turns["/t/p/w342/p1.jpg"] = [tmdb.body(bytes(1_000_000))] * 9
        told = run(numbered(tmp_path, 1), server)
        assert list(told["failed"]) == ["more than 0 MB"]
        assert server.count("/t/p/") == 1

    def test_a_poster_too_large_to_decode_is_refused(self, server: Server, tmp_path: Path) -> None:
        server.turns["/t/p/w342/p1.jpg"] = [tmdb.body(broken.huge_png(9000, 9000))] * 2
        told = run(numbered(tmp_path, 1), server, tries=2)
        assert list(told["failed"]) == ["the image that came is broken or cut off"]

    def test_a_server_that_dies_ends_the_run(
        self, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "IN_VAIN", 5)
        for number in range(1, 60):
            server.turns[f"/3/movie/{number}"] = [tmdb.hang_up] * 9
        with pytest.raises(UserError, match="films in a row got no poster"):
            run(numbered(tmp_path, *range(1, 60)), server, tries=2, threads=2)
        assert server.count("/3/movie") < 60

    def test_nobody_there(self, tmp_path: Path) -> None:
        with tmdb.running() as server:
            base = server.base
        with pytest.raises(UserError, match=r"TMDB at 127.0.0.1 does not answer .*--base-url"):
            fetch(numbered(tmp_path, 1), tmp_path / "out", key=KEY, base_url=base, tries=1)


class TestGoingOn:
    def test_nothing_is_asked_for_twice(self, server: Server, tmp_path: Path) -> None:
        path = numbered(tmp_path, 1, 2, 150, 999)
        run(path, server)
        server.asked.clear()
        told = run(path, server)
        assert [path for path, _ in server.asked] == ["/3/configuration"]
        assert (told["fetched"], told["already_there"]) == (0, 2)
        assert told["missing"] == {"TMDB has no poster": 1, "unknown to TMDB": 1}

    def test_recheck_asks_again_for_what_was_missing_and_for_what_is_old(
        self, server: Server, tmp_path: Path
    ) -> None:
        path, journal = numbered(tmp_path, 1, 2, 150), tmp_path / "out" / NAME
        run(path, server)
        lines = [json.loads(line) for line in journal.read_text().splitlines()]
        for line in lines:
            line["at"] = "2026-01-01" if line["film"] == "1" else line["at"]
        journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
        assert run(path, server)["older_than_180_days"] == (
            datetime.now(UTC).date() > datetime(2026, 6, 30).date()
        )
        server.asked.clear()
        run(path, server, recheck=True)
        assert sorted(path for path, _ in server.asked) == [
            "/3/configuration", "/3/movie/1", "/3/movie/150", "/t/p/w342/p1.jpg",
        ]  # fmt: skip

    def test_half_a_line_of_a_killed_run_costs_nothing(
        self, server: Server, tmp_path: Path
    ) -> None:
        path, journal = numbered(tmp_path, 1, 2, 150), tmp_path / "out" / NAME
        run(path, server)
        text = journal.read_text()
        journal.write_text(text[:-9])
        (tmp_path / "out" / "2.jpg").write_bytes(b"")  # what a crashed system may leave
        server.asked.clear()
        told = run(path, server)
        assert (tmp_path / "out" / "2.jpg").read_bytes() == tmdb.poster(2)
        assert told["already_there"] == 1
        for line in journal.read_text().splitlines()[-1:]:
            json.loads(line)

    def test_an_interrupted_run_keeps_what_is_there(self, server: Server, tmp_path: Path) -> None:
        class Stage:
            """Ctrl-C while the fifth film is done."""

            def __init__(self, name: str, total: int) -> None:
                self.done = 0

            def __enter__(self) -> Any:
                return self.advance

            def __exit__(self, *_: object) -> None: ...

            def advance(self, count: int) -> None:
                self.done += count
                if self.done == 5:
                    raise KeyboardInterrupt

        path = numbered(tmp_path, *range(1, 60))
        with pytest.raises(KeyboardInterrupt):
            run(path, server, stage=Stage, threads=2)
        out = tmp_path / "out"
        first = posters(out)
        assert 5 <= len(first) < 30
        assert not list(out.glob(".*"))
        report = json.loads((out / "report.json").read_text())
        assert report["fetched"] == len(first)
        assert report["not_asked_for"] == 59 - len(first)
        told = run(path, server)
        assert told["already_there"] == len(first)
        assert len(posters(out)) == 59

    def test_a_full_disk_is_one_clear_error(
        self, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = Path.write_bytes
        written: list[Path] = []

        def full(path: Path, data: bytes) -> int:
            if path.name.endswith(".partial") and len(written) == 3:
                raise OSError(errno.ENOSPC, "No space left on device")
            written.append(path)
            return write(path, data)

        monkeypatch.setattr(Path, "write_bytes", full)
        with pytest.raises(UserError, match=r"No space left on device.*what is fetched is kept"):
            run(numbered(tmp_path, *range(1, 40)), server, threads=1)
        monkeypatch.undo()
        assert len(posters(tmp_path / "out")) == 3

    def test_others_files_are_left_alone(self, server: Server, tmp_path: Path) -> None:
        out = tmp_path / "out"
        out.mkdir()
        (out / "films.csv").write_text("id\n1\n")
        with pytest.raises(UserError, match="not ours"):
            run(numbered(tmp_path, 1), server)
        assert (out / "films.csv").read_text() == "id\n1\n"
        (out / "films.csv").unlink()
        (out / "1.png").write_bytes(b"mine")
        assert run(numbered(tmp_path, 1), server)["already_there"] == 1
        assert (out / "1.png").read_bytes() == b"mine"
        with pytest.raises(UserError, match="would be written over"):
            run(out / "films.csv", server, out)

    def test_a_table_without_ids_is_an_error(self, server: Server, tmp_path: Path) -> None:
        with pytest.raises(UserError, match=r"no column tmdb_id, imdb_id, id, poster_path"):
            run(source(tmp_path, {"title": "One"}), server)
        assert server.asked == []


class TestTheKey:
    def test_v3_and_v4(self, server: Server, tmp_path: Path) -> None:
        path = numbered(tmp_path, 1)
        assert run(path, server, tmp_path / "a", key=Key(V3, "x"))["fetched"] == 1
        assert run(path, server, tmp_path / "b", key=Key(V4, "x"))["fetched"] == 1

    @pytest.mark.parametrize("key", [V3, V4], ids=["v3", "v4"])
    def test_it_is_shown_nowhere_and_sent_to_the_api_alone(
        self, key: str, server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        from cinegenre.progress import stage

        caplog.set_level(logging.DEBUG)
        server.turns["/3/movie/1"] = [tmdb.hang_up, tmdb.status(500), tmdb.body(b"<html>")]
        server.turns["/3/movie/2"] = [tmdb.status(302, body=key.encode())] * 9
        server.turns["/3/movie/4"] = [tmdb.slowly(10)] * 9
        given = Key(key, "TMDB_TOKEN")
        told = run(numbered(tmp_path, 1, 2, 3, 4, 150), server, key=given, tries=4, stage=stage,
                   timeout=0.2)  # fmt: skip
        assert told["failed"] == {"HTTP 302": 1, "no answer in time": 1}
        assert "127.0.0.1" in caplog.text  # there is a log to look into
        out, err = capfd.readouterr()
        seen = [caplog.text, out, err, repr(given), str(told)]
        seen += [path.read_text() for path in (tmp_path / "out").iterdir() if path.suffix != ".jpg"]
        for text in seen:
            assert key not in text
            assert key[:12] not in text
        api = [path.startswith("/3/") for path, _ in server.asked]
        assert server.keyed == api

    def test_a_refused_key_is_one_error_at_once(self, server: Server, tmp_path: Path) -> None:
        wrong = "f" * 32
        with pytest.raises(UserError) as error:
            run(numbered(tmp_path, *range(1, 50)), server, key=Key(wrong, "TMDB_API_KEY"))
        assert "TMDB refuses the key from TMDB_API_KEY (401)" in str(error.value)
        assert "https://www.themoviedb.org/settings/api" in str(error.value)
        assert wrong not in str(error.value)
        chain: BaseException | None = error.value
        while chain is not None:
            assert wrong not in repr(chain) + str(chain)
            chain = chain.__cause__ or chain.__context__
        assert len(server.asked) == 1

    def test_a_key_revoked_in_the_middle_ends_the_run(self, server: Server, tmp_path: Path) -> None:
        server.turns["/3/movie/3"] = [tmdb.status(401)]
        with pytest.raises(UserError, match="refuses the key"):
            run(numbered(tmp_path, *range(1, 50)), server, threads=1)
        assert posters(tmp_path / "out") == ["1.jpg", "2.jpg"]

    def test_where_it_is_looked_for(self, tmp_path: Path) -> None:
        file = tmp_path / "tmdb.key"
        file.write_text(f"\ufeff\n  {V3} \n", encoding="utf-8")
        assert find_key(file, {"TMDB_TOKEN": V4}).secret == V3
        assert find_key(None, {"TMDB_TOKEN": V4, "TMDB_API_KEY": V3}).secret == V4
        assert find_key(None, {"TMDB_API_KEY": f" {V3}\n"}).secret == V3
        with pytest.raises(UserError, match="TMDB_API_KEY or TMDB_TOKEN"):
            find_key(None, {"TMDB_TOKEN": " "})
        with pytest.raises(UserError, match="cannot be read"):
            find_key(tmp_path / "none.key", {})
        file.write_bytes(b"\xff\xfe\x00")
        with pytest.raises(UserError, match="not text"):
            find_key(file, {})
        for wrong in ("TMDB_API_KEY=" + V3, V3[:-1], "sécret", ""):
            file.write_text(wrong, encoding="utf-8")
            with pytest.raises(UserError, match="not a TMDB key") as error:
                find_key(file, {})
            assert not wrong or wrong not in str(error.value)

    def test_it_does_not_travel_in_the_clear(self) -> None:
        assert check_base("https://mirror.example/3/") == "https://mirror.example/3"
        assert check_base("http://localhost:8080/3") == "http://localhost:8080/3"
        for wrong in ("http://mirror.example/3", "ftp://localhost/3", "mirror", "http://[", ""):
            with pytest.raises(UserError, match="--base-url"):
                check_base(wrong)
        with pytest.raises(UserError) as error:
            check_base("http://me:secret@mirror.example/3")
        assert "secret" not in str(error.value)


class TestWaiting:
    def test_no_more_requests_a_second_than_asked(self, server: Server, tmp_path: Path) -> None:
        began = monotonic()
        run(numbered(tmp_path, *range(1, 16)), server, rate=20.0, threads=4)
        # 31 requests: 4 at once, 27 more at 20 a second.
        assert monotonic() - began > 1.3
        assert server.most_at_once <= 4
        at = sorted(when for _, when in server.asked)
        for first, last in zip(at, at[12:], strict=False):
            assert last - first > 0.3

    def test_the_bucket_ends_with_the_run(self) -> None:
        stop = Event()
        bucket = Bucket(0.001, 1, stop)
        bucket.take()
        stop.set()
        with pytest.raises(Stopped):
            bucket.take()


def test_a_poster_path_names_no_other_file_or_server() -> None:
    assert poster_path("/aB-c_9.jpg") == "/aB-c_9.jpg"
    assert poster_path("https://image.tmdb.org/t/p/original/x.png?y") == "/x.png"
    for odd in (None, 3, "", "/", "abc.jpg", "/a/b.jpg", "/../x.jpg", "//evil.example/x.jpg",
                "/x.svg", "/x.jpg?y", "https://evil.example/x.jpg", "/ü.jpg",
                "https://image.tmdb.org.evil.example/x.jpg", "http://[/x.jpg"):  # fmt: skip
        assert poster_path(odd) is None
