"""Runs over libraries: what is shown, written, left alone, and taken back."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from cinegenre.errors import UserError
from cinegenre.library import Options, Policy, Row, atomic, journal, tag, undo, writer
from cinegenre.tagger import Tagger

from .fake import FakeTagger, contents, films, nfo, put
from .shapes import BROKEN, KODI, LINK, LOCKED, LOCKED_FIELD, SHAPES, SHOW

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX")
NEW = b"  <genre>Science Fiction</genre>\n  <genre>Horror</genre>\n  <genre>Action</genre>\n"


def run(library: Path, tagger: Any = None, backup: Path | None = None, *, dry: bool = False,
        model: bool = True, **options: Any) -> dict[str, Row]:  # fmt: skip
    model_ = cast(Tagger, tagger or FakeTagger()) if model else None
    if dry:
        return {row.path: row for row in tag(library, model_, Options(**options))}
    with writer(library, backup) as writing:
        return {row.path: row for row in tag(library, model_, Options(**options), writing)}


def test_nothing_changes_unless_written(tmp_path: Path) -> None:
    films(tmp_path, 3)
    before = contents(tmp_path)
    rows = run(tmp_path, dry=True)
    assert {row.status for row in rows.values()} == {"change"}
    assert rows["Film 000 (1999)/movie.nfo"].proposed == ("Science Fiction", "Horror", "Action")
    assert contents(tmp_path) == before
    assert not (tmp_path / ".cinegenre").exists()


def test_a_year_stands_once(tmp_path: Path) -> None:
    put(tmp_path / "a" / "movie.nfo", nfo(title="Amélie (2001)", more="<year>2001</year>"))
    put(tmp_path / "Amélie (2001) (2001)" / "film.mkv")
    tagger = FakeTagger()
    rows = run(tmp_path, tagger, dry=True).values()
    assert {(row.title, row.year) for row in rows} == {("Amélie", 2001)}
    assert {film.title for film in tagger.films} == {"Amélie"}
    assert run(tmp_path)["a/movie.nfo"].status == "written"
    assert "<title>Amélie (2001)</title>" in (tmp_path / "a" / "movie.nfo").read_text("utf-8")


def test_written_twice_and_taken_back(tmp_path: Path) -> None:
    films(tmp_path, 140)  # more than are read ahead
    before = contents(tmp_path)
    rows = run(tmp_path)
    assert [row.status for row in rows.values()] == ["written"] * 140
    written = contents(tmp_path)
    name = "Film 007 (1999)/movie.nfo"
    assert written[name] == before[name].replace(b"</movie>", NEW + b"</movie>")
    assert written[f"{name}.bak"] == before[name]
    for policy in Policy:
        assert {row.status for row in run(tmp_path, policy=policy).values()} == {"left"}
    assert contents(tmp_path) == written
    done = undo(tmp_path)
    assert (len(done.restored), done.left) == (140, {})
    assert contents(tmp_path) == before
    with pytest.raises(UserError, match="no run to undo"):
        undo(tmp_path)


def test_every_shape_is_written_and_taken_back(tmp_path: Path) -> None:
    for name, data in SHAPES.items():
        put(tmp_path / name / ("tvshow.nfo" if data is SHOW else "movie.nfo"), data)
    before = contents(tmp_path)
    rows = run(tmp_path, policy=Policy.ADD)
    assert {row.status for row in rows.values()} == {"written"}
    assert rows["show/tvshow.nfo"].proposed == ("Sci-Fi & Fantasy", "Action & Adventure")
    assert contents(tmp_path) != before
    undo(tmp_path)
    assert contents(tmp_path) == before


def test_what_the_model_reads(tmp_path: Path) -> None:
    put(tmp_path / "A (1999)" / "movie.nfo", KODI)
    poster = put(tmp_path / "A (1999)" / "poster.png", b"?")
    put(tmp_path / "B (2001)" / "movie.nfo", b"<movie><outline>O</outline></movie>")
    tagger = FakeTagger()
    rows = run(tmp_path, tagger, dry=True, policy=Policy.ADD)
    a, b = tagger.films
    assert (a.title, a.overview, a.id) == ("Tom & Ada's Orbit", "She says: 1 < 2 & waits.",
                                           "tt0000018")  # fmt: skip
    assert (a.companies, a.people) == (("North Pictures",), ("A. Voss", "B. Lind"))
    assert (a.poster, a.genres) == (str(poster.resolve()), ("Action", "Adventure"))
    assert (b.title, b.overview) == ("B", "O")
    assert rows["B (2001)/movie.nfo"].year == 2001
    assert rows["A (1999)/movie.nfo"].as_dict()["genres"] == ["Action", "Adventure"]


@pytest.mark.parametrize(("inner", "field", "value"), [
    ("<studio>Legendary, Syncopy, Warner Bros. Pictures</studio>", "companies",
     ("Legendary", "Syncopy", "Warner Bros. Pictures")),
    ("<studio>Metro-Goldwyn-Mayer, Inc.</studio>", "companies", ("Metro-Goldwyn-Mayer, Inc.",)),
    ("<studio>A, B</studio><studio>C</studio>", "companies", ("A, B", "C")),
    ("<studio>A / B</studio>", "companies", ("A", "B")),
    ("<director>L. Wachowski, A. Wachowski</director>", "people", ("L. Wachowski", "A. Wachowski")),
    ("<director>Sammy Davis, Jr.</director>", "people", ("Sammy Davis, Jr.",)),
    ("<director>A, B</director><director>C</director>", "people", ("A, B", "C")),
    ("<year>0</year><premiered>1979-05-25</premiered>", "year", 1979),
    ("<year></year><releasedate>25.05.1979</releasedate>", "year", 1979),
    ("<year>1979</year><premiered>1980-01-01</premiered>", "year", 1979),
    ("<year>19790</year>", "year", None),
    ("<plot>N/A</plot><outline>A ship.</outline>", "overview", "A ship."),
    ("<plot>No overview found.</plot>", "overview", None),
    ("<plot></plot><plot>A ship.</plot>", "overview", "A ship."),
])  # fmt: skip
def test_what_is_read_of_a_film(tmp_path: Path, inner: str, field: str, value: Any) -> None:
    put(tmp_path / "A" / "movie.nfo", nfo(more=inner))
    tagger = FakeTagger()
    run(tmp_path, tagger, dry=True)
    [film] = tagger.films
    assert getattr(film, field) == value


def test_left_alone(tmp_path: Path) -> None:
    put(tmp_path / "a" / "movie.nfo", LOCKED)
    put(tmp_path / "b" / "movie.nfo", LOCKED_FIELD)
    put(tmp_path / "c" / "movie.nfo", LINK)
    put(tmp_path / "d" / "movie.nfo", nfo("Krimi"))
    put(tmp_path / "e" / "film.mkv")
    put(tmp_path / "f" / "movie.nfo", nfo(root="episodedetails"))
    put(tmp_path / "g" / "notes.nfo", b"just a text")
    put(tmp_path / "h" / "movie.nfo", b"")
    put(tmp_path / "i" / "movie.nfo", b"<!DOCTYPE html><html>Sign in</html>")
    put(tmp_path / "j" / "movie.nfo", bytes(90))
    before = contents(tmp_path)
    rows = run(tmp_path)
    assert {path: row.why for path, row in rows.items()} == {
        "a/movie.nfo": "is locked by <lockdata>",
        "b/movie.nfo": "is locked by <lockedfields>",
        "c/movie.nfo": "holds a link or a text, no XML",
        "d/movie.nfo": "has genres",
        "e/film.nfo": "has no .nfo: --create makes one",
        "h/movie.nfo": "is empty (0 bytes), no .nfo",
        "i/movie.nfo": "is a web page (HTML), no .nfo",
        "j/movie.nfo": "is nothing but zeros, no .nfo",
    }
    assert contents(tmp_path) == before
    assert rows["e/film.nfo"].proposed


def test_faults_are_rows_and_the_rest_goes_on(tmp_path: Path) -> None:
    for name, data in BROKEN.items():
        put(tmp_path / name / "movie.nfo", data)
    put(tmp_path / "empty title" / "movie.nfo", b"<movie/>")
    films(tmp_path / "good", 1)
    before = contents(tmp_path)
    rows = run(tmp_path)
    assert [path for path, row in rows.items() if row.status != "error"] == [
        "good/Film 000 (1999)/movie.nfo"
    ]
    undo(tmp_path)
    assert contents(tmp_path) == before


@POSIX
def test_modes_read_only_and_links(tmp_path: Path) -> None:
    library = films(tmp_path / "films", 3)
    homes = sorted(library.iterdir())
    (homes[0] / "movie.nfo").chmod(0o640)
    (homes[1] / "movie.nfo").chmod(0o444)
    os.link(homes[2] / "movie.nfo", tmp_path / "other.nfo")
    (library / "Z").mkdir()
    (library / "Z" / "movie.nfo").symlink_to(homes[0] / "movie.nfo")
    old = (tmp_path / "other.nfo").read_bytes()
    rows = list(run(library).values())
    assert [row.status for row in rows] == ["written", "error", "written", "left"]
    assert stat.S_IMODE((homes[0] / "movie.nfo").stat().st_mode) == 0o640
    assert stat.S_IMODE((homes[0] / "movie.nfo.bak").stat().st_mode) == 0o640
    assert "is read-only" in rows[1].why
    assert "hard links" in rows[2].note
    assert (tmp_path / "other.nfo").read_bytes() == old
    assert rows[3].why == f"is the file of {rows[0].path}"
    assert (library / "Z" / "movie.nfo").is_symlink()


def test_created_and_taken_back(tmp_path: Path) -> None:
    put(tmp_path / "A & B (1999)" / "film.mkv")
    before = contents(tmp_path)
    assert {row.status for row in run(tmp_path, create=True).values()} == {"written"}
    made = contents(tmp_path)["A & B (1999)/film.nfo"]
    assert b"<title>A &amp; B</title>\n  <year>1999</year>\n" + NEW in made
    assert {row.why for row in run(tmp_path, create=True).values()} == {"has genres"}
    undo(tmp_path)
    assert contents(tmp_path) == before


def test_backups_elsewhere_and_older_copies_stay(tmp_path: Path) -> None:
    library, copies = films(tmp_path / "films", 1), tmp_path / "copies"
    name = "Film 000 (1999)/movie.nfo"
    old = (library / name).read_bytes()
    put(library / f"{name}.bak", b"mine")
    run(library, backup=copies)
    assert contents(copies) == {f"{name}.bak": old}
    assert (library / f"{name}.bak").read_bytes() == b"mine"
    undo(library)
    run(library)
    assert (library / f"{name}.bak2").read_bytes() == old
    undo(library)
    assert sorted(contents(library)) == ["Film 000 (1999)/film.mkv", name, f"{name}.bak"]


def test_what_was_changed_since_is_left(tmp_path: Path) -> None:
    films(tmp_path, 3)
    before = contents(tmp_path)
    run(tmp_path)
    names = [name for name in before if name.endswith(".nfo")]
    (tmp_path / names[0]).write_bytes(b"another's")
    (tmp_path / names[1]).unlink()
    done = undo(tmp_path)
    assert done.left == {names[0]: "was changed since", names[1]: "is gone"}
    assert done.restored == [names[2]]
    assert (tmp_path / names[0]).read_bytes() == b"another's"


def test_a_file_changed_while_we_predict_is_left(tmp_path: Path) -> None:
    films(tmp_path, 1)
    path = tmp_path / "Film 000 (1999)" / "movie.nfo"

    class Slow(FakeTagger):
        def predict(self, films: Any, **more: Any) -> Any:
            for said in super().predict(films, **more):
                path.write_bytes(nfo(title="another's"))
                yield said

    [row] = run(tmp_path, Slow()).values()
    assert "was changed meanwhile" in row.why
    assert path.read_bytes() == nfo(title="another's")


def test_a_full_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    films(tmp_path, 4)
    before = contents(tmp_path)
    room = [9]

    def fsync(_: int) -> None:
        room[0] -= 1
        if room[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", fsync)
    with pytest.raises(UserError, match="space"):
        run(tmp_path)
    now = contents(tmp_path)
    assert set(before) <= set(now)
    assert not [name for name in now if name.endswith(".cinegenre")]
    monkeypatch.undo()
    undo(tmp_path)
    assert contents(tmp_path) == before


REFUSALS = [("chmod", "EPERM"), ("chmod", "ENOTSUP"), ("chown", "EPERM"), ("chown", "EINVAL"),
            ("fsync", "EINVAL"), ("fsync", "EPERM"), ("fsync", "ENOTSUP")]  # fmt: skip


@POSIX
@pytest.mark.parametrize(("call", "name"), REFUSALS)
def test_what_a_network_share_refuses_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, name: str
) -> None:
    films(tmp_path, 2)
    before = contents(tmp_path)
    refused = []

    def refuse(*_: Any, **__: Any) -> None:
        refused.append(call)
        raise OSError(getattr(errno, name), "refused")

    def other_owner(path: Path, staged: Path) -> None:
        atomic.os.chown(staged, 1, 1)

    monkeypatch.setattr(atomic.os, call, refuse)
    if call == "chown":
        monkeypatch.setattr(atomic, "_keep_owner", other_owner)
    assert {row.status for row in run(tmp_path).values()} == {"written"}
    assert refused
    undo(tmp_path)
    assert contents(tmp_path) == before


@POSIX
@pytest.mark.parametrize(("call", "name", "said"), [
    ("chmod", "EIO", "check that disk"),
    ("chmod", "EROFS", "mount that disk for writing"),
    ("replace", "EROFS", "mount that disk for writing"),
    ("replace", "EACCES", "give yourself the right"),
])  # fmt: skip
def test_what_is_a_failure_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, name: str, said: str
) -> None:
    films(tmp_path, 1)
    before = contents(tmp_path)

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(getattr(errno, name), os.strerror(getattr(errno, name)))

    monkeypatch.setattr(Path if call == "replace" else atomic.os, call, refuse)
    [row] = run(tmp_path).values()
    assert row.status == "error" and said in row.why and "cannot be written (" in row.why
    monkeypatch.undo()
    assert {path: data for path, data in contents(tmp_path).items() if path in before} == before


@POSIX
@pytest.mark.parametrize("stem", ["x" * 251, "é" * 125, "千" * 83])
def test_the_longest_names_of_files(tmp_path: Path, stem: str) -> None:
    put(tmp_path / "a" / f"{stem}.nfo", nfo())
    put(tmp_path / "b" / f"{stem}.mkv")
    put(tmp_path / "b" / "folder.jpg", b"?")
    before = contents(tmp_path)
    for _ in range(2):
        rows = run(tmp_path, create=True)
        assert [row.status for row in rows.values()] == ["written", "written"]
        copy = next(name for name in contents(tmp_path) if name.endswith(".bak"))
        assert contents(tmp_path)[copy] == before[f"a/{stem}.nfo"]
        undo(tmp_path)
        assert contents(tmp_path) == before


def test_access_lists_and_tags_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    films(tmp_path, 1)
    old = {"user.tags": b"seen", "system.posix_acl_access": b"acl", "user.refused": b"x",
           "security.label": b"secret"}  # fmt: skip
    new: dict[str, bytes] = {}

    def give(path: Path, name: str, value: bytes) -> None:
        if name == "user.refused":
            raise OSError(errno.ENOTSUP, "refused")
        new[name] = value

    monkeypatch.setattr(os, "listxattr", lambda _: list(old), raising=False)
    monkeypatch.setattr(os, "getxattr", lambda _, name: old[name], raising=False)
    monkeypatch.setattr(os, "setxattr", give, raising=False)
    [row] = run(tmp_path).values()
    assert row.status == "written"
    assert new == {"user.tags": b"seen", "system.posix_acl_access": b"acl"}


@POSIX
@pytest.mark.parametrize("create", [False, True])
def test_a_look_says_what_a_run_would(tmp_path: Path, create: bool) -> None:
    library, outside = tmp_path / "films", put(tmp_path / "outside.nfo", nfo())
    for name in "abcdef":
        put(library / name / f"{name}.mkv")
    put(library / "a" / "a.nfo", nfo()).chmod(0o444)
    (library / "b" / "b.nfo").symlink_to(outside)
    (library / "c" / "c.nfo").symlink_to(library / "gone")
    (library / "d" / "d.nfo").mkdir()
    put(library / "e" / "e.nfo", nfo())
    put(library / "f" / "f.nfo", nfo())
    shown, done = (
        run(library, dry=dry, create=create, exclude=("e.nfo",)) for dry in (True, False)
    )
    assert {path: row.why or row.note for path, row in shown.items()} == {
        "a/a.nfo": "a.nfo is read-only: make it writable",
        "b/b.nfo": "its .nfo is a link out of the library, or to nothing",
        "c/c.nfo": "its .nfo is a link out of the library, or to nothing",
        "d/d.nfo": "its .nfo is no plain file",
        "e/e.nfo": "its .nfo is left out",
        "f/f.nfo": "",
    }
    assert {row.why for row in done.values()} == {row.why or row.note for row in shown.values()}
    assert [row.status for row in shown.values()] == ["change", *["left"] * 4, "change"]
    assert [row.status for row in done.values()] == ["error", *["left"] * 4, "written"]


@POSIX
def test_a_look_says_that_a_folder_is_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    films(tmp_path, 1)
    shut = {tmp_path / "Film 000 (1999)"}
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) not in shut)
    [row] = run(tmp_path, dry=True).values()
    assert (row.status, row.note.partition(":")[0]) == ("change", "its folder is read-only")
    shut.add(tmp_path)  # the whole library: whoever looks at it may be another user
    [row] = run(tmp_path, dry=True).values()
    assert row.note == ""


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    films(tmp_path, 1)
    with writer(tmp_path), pytest.raises(UserError, match="another process changes"):
        run(tmp_path)


def test_a_journal_names_no_file_outside(tmp_path: Path) -> None:
    library, other = films(tmp_path / "films", 1), put(tmp_path / "other.nfo", nfo())
    run(library)
    [path] = (library / ".cinegenre").glob("tag-*.jsonl")
    text = path.read_text().replace("Film 000 (1999)/movie.nfo", "../other.nfo")
    path.write_text(text.replace(json.loads(text.splitlines()[1])["after"],
                                 atomic.digest(other.read_bytes())))  # fmt: skip
    assert undo(library).left == {"../other.nfo": "leads out of the library"}
    assert other.read_bytes() == nfo()
    with pytest.raises(UserError, match="is not a journal"):
        undo(other)


@POSIX
@pytest.mark.parametrize(("count", "where"), [(4, "between"), (0, "midst"), (4, "midst")])
def test_killed_then_run_again_then_undone(tmp_path: Path, count: int, where: str) -> None:
    films(tmp_path, 9)
    before = contents(tmp_path)
    for _ in range(2):
        words = ["-m", "tests.library.killed", str(tmp_path), str(count), where]
        done = subprocess.run([sys.executable, *words], cwd=ROOT, check=False)
        assert done.returncode == -9
    names = [name for name in before if name.endswith(".nfo")]
    for name in names:  # the old or the new file, whole
        assert (tmp_path / name).read_bytes().rstrip().endswith(b"</movie>")
    rows = run(tmp_path)
    assert {row.why or row.status for row in rows.values()} <= {"written", "has genres"}
    assert all(NEW in (tmp_path / name).read_bytes() for name in names)
    done_ = undo(tmp_path)
    assert set(done_.restored) == set(names)
    assert contents(tmp_path) == before
    assert len(list((tmp_path / journal.FOLDER).glob("tag-*"))) == 1


@POSIX
def test_killed_then_undone(tmp_path: Path) -> None:
    films(tmp_path, 5)
    before = contents(tmp_path)
    words = ["-m", "tests.library.killed", str(tmp_path), "2", "midst"]
    subprocess.run([sys.executable, *words], cwd=ROOT, check=False)
    assert contents(tmp_path) != before
    undo(tmp_path)
    assert contents(tmp_path) == before
