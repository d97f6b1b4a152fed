"""Reads WebDataset tars, in which all members with one key (`0001.jpg`, `0001.json`) are one
film.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import UserError, shown
from ..movie import BadRow
from ..pictures import ENDINGS as PICTURES
from ..readers.columns import field_of
from ..readers.encodings import DAMAGED, damage
from ..readers.text import Row

ENDINGS = (".tar", ".tar.gz", ".tgz")
LARGEST = 64 * 1024 * 1024
"""The most bytes of a member; a larger one is not read."""
_TEXTS = (".json", ".txt")


def tar_rows(path: Path, *, name: str = "", skip: int = 0) -> Iterator[Row | BadRow]:
    """The films of a tar in order, as rows of a table.

    The members of a key must follow each other, as WebDataset writes them. The picture is the
    poster, and `.json` has the film's fields. If these lack an overview or an id, `.txt` is the
    overview, and the key is the id. Other members are ignored. The first `skip` films are not read.
    A damaged tar ends in a `BadRow`. Raises `UserError` if the file does not exist.
    """
    name = name or path.name
    key = ""
    members: dict[str, bytes | str] = {}
    count = 0
    try:
        with tarfile.open(path) as tar:
            for member in tar:
                tar.members = []  # type: ignore[attr-defined]  # else it keeps every one's head
                found = _key(member)
                if found is None:
                    continue
                if found[0] != key and members:
                    if count >= skip:
                        yield _row(name, key, members)
                    count, members = count + 1, {}
                key = found[0]
                members[found[1]] = _read(tar, member) if count >= skip else ""
    except FileNotFoundError:
        raise UserError(f"no file {path}", "check the path") from None
    except (tarfile.TarError, *DAMAGED) as error:
        if members and count >= skip:
            yield _row(name, key, members)
        yield BadRow(where=f"{name} behind {shown(key)}", error=damage(error))
        return
    if members and count >= skip:
        yield _row(name, key, members)


def count_films(path: Path) -> int:
    """The number of rows that `tar_rows` yields."""
    bad = 0
    keys, last = 0, None
    try:
        with tarfile.open(path) as tar:
            for member in tar:
                tar.members = []  # type: ignore[attr-defined]
                found = _key(member)
                if found is not None:
                    keys += found[0] != last
                    last = found[0]
    except (tarfile.TarError, *DAMAGED):
        bad = 1
    return keys + bad


def _key(member: tarfile.TarInfo) -> tuple[str, str] | None:
    """The key and the ending of a member; the ending begins at the first dot of the file's name."""
    if not member.isfile():
        return None
    folder, _, file = member.name.rpartition("/")
    stem, dot, ending = file.partition(".")
    if not stem or not dot:
        return None  # hidden files, such as those of macOS
    ending = f".{ending}".lower()
    if ending not in (*PICTURES, *_TEXTS):
        return None
    return f"{folder}/{stem}" if folder else stem, ending


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes | str:
    """The bytes of a member, or a text that says why it cannot be read."""
    if member.size > LARGEST:
        return f"{member.name} has {member.size:,} bytes, over {LARGEST:,}"
    file = tar.extractfile(member)
    return file.read() if file else f"{member.name} cannot be read"


def _row(name: str, key: str, members: dict[str, bytes | str]) -> Row | BadRow:
    where = f"{name} {key}"
    for content in members.values():
        if isinstance(content, str):
            return BadRow(where=where, error=content, id=key)
    fields: Any = {}
    if ".json" in members:
        try:
            fields = json.loads(members[".json"])
        except (ValueError, RecursionError) as error:
            return BadRow(where=where, error=f"no JSON ({error})", id=key)
        if not isinstance(fields, dict):
            return BadRow(where=where, error=f"{shown(fields)} is not a JSON object", id=key)
    has = {field_of(str(column)) for column in fields}
    row: dict[str, Any] = {}
    picture = next((members[ending] for ending in PICTURES if ending in members), None)
    if picture is not None:
        row["poster"] = picture
        fields.pop("poster", None)
    if "id" not in has:
        row["id"] = key
    if ".txt" in members and "overview" not in has:
        row["overview"] = bytes(members[".txt"]).decode("utf-8", "replace").strip()  # type: ignore[arg-type]
    return where, row | fields
