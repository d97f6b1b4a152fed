"""`cinegenre tag --refresh`: makes servers read the changed files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UserError

if TYPE_CHECKING:
    from ..library.servers.refresh import Refresher, Told

NAMED = 10
"""How many files are named; the others are only counted."""


def connected(
    servers: Sequence[str], library: Path, paths: Sequence[str], key_file: Path | None
) -> list[Refresher]:
    """The servers. Each has answered, so that a wrong key is found before anything is written."""
    if not servers:
        return []
    from ..library.servers import SERVERS, connect
    from ..library.servers.address import parse_address
    from ..library.servers.keys import Keys
    from ..library.servers.places import Mapping
    from ..library.servers.refresh import refresher

    folder = library.parent.parent if library.is_file() else library  # a journal, to be undone
    mapping = Mapping.parse(paths)
    addresses = list(dict.fromkeys(parse_address(text, SERVERS) for text in servers))
    keys = Keys.read(key_file, addresses)
    return [refresher(connect(address, keys), folder, mapping) for address in addresses]


def refreshed(refreshers: Iterable[Refresher], *, as_json: bool) -> None:
    """Make each server read the files that it does not show yet; print which ones it did not.

    Raises the `UserError` of a server that failed, but only after trying all of them.
    """
    failed: list[UserError] = []
    for one in refreshers:
        try:
            _one(one, as_json=as_json)
        except UserError as error:
            failed.append(error)
    for other in failed[1:]:
        print(f"also: {other}", file=sys.stderr)
    if failed:
        raise UserError(failed[0].what, f"{failed[0].cure}; run again to go on with --refresh")


def _one(one: Refresher, *, as_json: bool) -> None:
    from ..progress import counted, stage

    address, changed, told = one.server.http.address, list(one.pending.changed()), []
    with stage(str(address), len(changed)) as advance:
        try:
            for each in counted(one.run(changed), advance):
                told.append(each)
                if as_json:
                    _print_json(str(address), each)
        finally:
            _print(str(address), told)


class Again:
    """Servers that are told about changed films repeatedly; `sleep` waits for them.

    Films that a server does not show yet are asked for again together with the next ones.
    """

    def __init__(self, refreshers: Sequence[Refresher], sleep: Callable[[float], None]) -> None:
        self.refreshers = [replace(one, sleep=sleep) for one in refreshers]
        self._left: list[set[str] | None] = [None] * len(refreshers)
        """The files that each server does not show; None until it is asked about all files."""
        self._told: list[set[Told]] = [set() for _ in refreshers]

    @property
    def wants(self) -> bool:
        """Whether a server must be asked again."""
        return any(left is None or left for left in self._left)

    def run(self, written: Iterable[str], *, as_json: bool) -> None:
        """Make each read these files and those that it does not show yet; print what is new.

        Raises the `UserError` of a server that failed, but only after trying all of them.
        """
        written, failed = set(written), []
        for place, one in enumerate(self.refreshers):
            try:
                self._one(place, one, written, as_json=as_json)
            except UserError as error:
                failed.append(error)
        if failed:
            raise UserError("; ".join(error.what for error in failed), failed[0].cure)

    def _one(self, place: int, one: Refresher, written: set[str], *, as_json: bool) -> None:
        from ..library.servers.refresh import SHOWN

        before = self._left[place]
        changed = list(one.pending.changed(None if before is None else before | written))
        left = self._left[place] = {each.path for each in changed}
        told = []
        for each in one.run(changed):
            told.append(each)
            if each.status == SHOWN:
                left.discard(each.path)
        new = [each for each in told if each not in self._told[place]]
        self._told[place] = {each for each in told if each.status != SHOWN}
        address = str(one.server.http.address)
        for each in new if as_json else ():
            _print_json(address, each)
        _print(address, new)


def _print(address: str, told: Sequence[Told]) -> None:
    from ..library.servers.refresh import FAILED, LATE, LEFT, SHOWN, UNKNOWN
    from .show import plain

    said = {
        SHOWN: "shown by",
        UNKNOWN: "not known (scan its library, then run again) to",
        LEFT: "locked in",
        LATE: "not shown yet by",
        FAILED: "failed in",
    }
    for status, text in said.items():
        found = [each for each in told if each.status == status]
        if found:
            print(f"{len(found):,} film{'s' if len(found) != 1 else ''} {text} {address}",
                  file=sys.stderr)  # fmt: skip
        for each in found[:NAMED] if status != SHOWN else ():
            why = f": {each.why}" if each.why else ""
            print(f"  {plain(each.path)}{plain(why)}", file=sys.stderr)
        if status != SHOWN and len(found) > NAMED:
            print(f"  and {len(found) - NAMED:,} more", file=sys.stderr)


def _print_json(address: str, each: Told) -> None:
    from .show import print_json

    why = {"why": each.why} if each.why else {}
    print_json({"server": address, "path": each.path, "status": each.status, **why})
