"""A reader never sees half a file, whatever happens while it is written."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.files import (
    check_file,
    check_folder,
    held,
    read_json,
    whole,
    write_json,
    write_text,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_text_is_utf8_with_newlines(tmp_path: Path) -> None:
    write_text(tmp_path / "new" / "a.txt", "Amélie\nzwei\n")
    assert (tmp_path / "new" / "a.txt").read_bytes() == b"Am\xc3\xa9lie\nzwei\n"
    assert names(tmp_path / "new") == ["a.txt"]


def test_json_reads_back(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"b": [1, "ü"]})
    assert (tmp_path / "a.json").read_text(encoding="utf-8").endswith('"ü"\n  ]\n}\n')
    assert read_json(tmp_path / "a.json", "list") == {"b": [1, "ü"]}


def test_the_temporary_name_keeps_the_ending_and_hides(tmp_path: Path) -> None:
    with whole(tmp_path / "plot.png") as staged:
        assert staged.parent == tmp_path
        assert staged.suffix == ".png"
        assert staged.name.startswith(".")
        staged.write_text("x")
        assert not (tmp_path / "plot.png").exists()
    assert names(tmp_path) == ["plot.png"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError, SystemExit])
def test_an_interrupted_write_leaves_the_old_file(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(stop), whole(target) as staged:
        staged.write_text("half")
        raise stop
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_full_disk_is_said_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.json"
    target.write_text("old")

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:1])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UserError, match=r"no space left.*a.json: free some space"):
        write_json(target, {"a": 1})
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a.json"]


def test_a_failed_rename_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")

    def refuse(source: Path, to: Path) -> None:
        raise PermissionError(errno.EACCES, "in use by another program")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(UserError, match=r"cannot write .*in use by another program"):
        write_text(target, "new")
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_folder_is_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "data"
    for version in ("one", "two"):
        with whole(target) as staged:
            staged.mkdir()
            (staged / version).write_text("x")
        assert names(target) == [version]
    assert names(tmp_path) == ["data"]


def test_an_interrupted_folder_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "data"
    target.mkdir()
    (target / "old").write_text("x")
    with pytest.raises(KeyboardInterrupt), whole(target) as staged:
        (staged / "deep").mkdir(parents=True)
        (staged / "deep" / "half").write_text("x")
        raise KeyboardInterrupt
    assert names(target) == ["old"]
    assert names(tmp_path) == ["data"]


def test_nothing_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot write"), whole(tmp_path / "a.txt"):
        pass


def test_missing_and_broken_json_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no data set at .*a.json: check the path"):
        read_json(tmp_path / "a.json", "data set")
    (tmp_path / "a.json").write_text('{"half": ')
    with pytest.raises(UserError, match=r"data set .*a.json cannot be read"):
        read_json(tmp_path / "a.json", "data set")
    (tmp_path / "a.json").write_bytes(json.dumps("ü", ensure_ascii=False).encode("latin-1"))
    with pytest.raises(UserError, match="cannot be read"):
        read_json(tmp_path / "a.json", "data set")


def test_what_a_killed_process_left_is_swept_a_day_later(tmp_path: Path) -> None:
    target = tmp_path / "set"
    old, young, other = (tmp_path / f".{name}.partial" for name in ("set.1", "set.2", "setup.3"))
    for folder in (old, young, other):
        folder.mkdir()
        (folder / "shard").write_text("half")
    long_ago = time.time() - 2 * 24 * 3600
    for folder in (old, other):
        os.utime(folder, (long_ago, long_ago))
    with whole(target) as staged:
        staged.mkdir()
    assert names(tmp_path) == sorted([young.name, other.name, "set"])


def test_a_lock_is_one_holders_and_gone_with_it(tmp_path: Path) -> None:
    busy = UserError("another run is here", "wait")
    again = pytest.raises(UserError, match="another run is here")
    with held(tmp_path / "lock", busy), again, held(tmp_path / "lock", busy):
        pass
    with held(tmp_path / "lock", busy):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX")
@pytest.mark.parametrize("name", ["ENOLCK", "ENOSYS", "ENOTSUP", "EPERM"])
def test_a_share_that_knows_no_locks_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(getattr(errno, name), "no locks")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with held(tmp_path / "lock", UserError("busy", "")):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX")
def test_a_lock_in_no_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError), held(tmp_path / "file" / "lock", UserError("busy", "")):
        pass


def test_what_a_link_points_to_is_written_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "old").mkdir()
    link = tmp_path / "data"
    link.symlink_to(tmp_path / "disk" / "old")
    with whole(link) as staged:
        staged.mkdir()
        (staged / "new").write_text("x")
    assert link.is_symlink()
    assert names(tmp_path / "disk" / "old") == ["new"]
    assert names(tmp_path) == ["data", "disk"]
    assert names(tmp_path / "disk") == ["old"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among files")
@pytest.mark.parametrize("way", ["itself", "a link"])
def test_a_device_or_pipe_is_not_replaced(tmp_path: Path, way: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    target = pipe
    if way == "a link":
        target = tmp_path / "link"
        target.symlink_to(pipe)
    with pytest.raises(UserError, match=r"is a device or a pipe: name a file"):
        write_text(target, "x")
    assert pipe.is_fifo()


PLACES = {
    "under a file": ("a.txt/new", "a.txt is a file"),
    "far under a file": ("a.txt/new/newer/newest", "a.txt is a file"),
    "a name that is too long": ("x" * 300, "cannot write"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_place_where_nothing_can_be_is_told_before_the_work_and_after(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "a.txt").write_text("old")
    path, said = PLACES[place]
    target = tmp_path / path
    with pytest.raises(UserError, match=said):
        check_file(target)
    with pytest.raises(UserError, match=said):
        check_folder(target, "report", "mark", str.isalpha)
    with pytest.raises(UserError, match="cannot write"):
        write_text(target, "new")
    assert (tmp_path / "a.txt").read_text() == "old"


HELD: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing": ((), ""),
    "a report": (("mark", "plots"), ""),
    "what a file manager left": ((".DS_Store",), ""),
    "others' files": (("notes",), "is not empty and holds no report"),
    "a report and others' files": (("mark", "my.txt"), "also holds 'my.txt', which would be lost"),
}


@pytest.mark.parametrize("what", HELD)
def test_a_folder_is_replaced_where_nothing_is_lost(tmp_path: Path, what: str) -> None:
    files, said = HELD[what]
    for name in files:
        (tmp_path / name).write_text("x")
    if not said:
        check_folder(tmp_path, "report", "mark", str.isalpha)
        return
    with pytest.raises(UserError, match=said):
        check_folder(tmp_path, "report", "mark", str.isalpha)


def test_a_result_does_not_replace_what_is_read(tmp_path: Path) -> None:
    films = tmp_path / "films.csv"
    films.write_text("id,title")
    check_file(tmp_path / "new.csv", [films])
    with pytest.raises(UserError, match=r"films.csv is also read, and would be written over"):
        check_file(tmp_path / "." / "films.csv", [films])
    with pytest.raises(UserError, match="is a folder: name a file"):
        check_file(tmp_path, [films])


def test_bytes_that_are_no_utf8_come_back_from_json(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.jpg") if sys.platform != "win32" else "\udcff.jpg"
    write_json(tmp_path / "a.json", {"poster": name})
    assert read_json(tmp_path / "a.json", "list") == {"poster": name}
