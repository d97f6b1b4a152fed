"""Passwords, keys and tokens of servers, which no output may show."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import UserError
from .address import Address, is_address

MOST = 10_000
"""Characters of a key file; this is no place for a film named by mistake."""


@dataclass(frozen=True)
class Key:
    """A secret, and where it came from, for a person."""

    secret: str = field(repr=False)
    source: str


@dataclass(frozen=True)
class KeyKind:
    """What a kind of server wants: the environment's variable, and how a person gets it."""

    variable: str
    cure: str
    needed: bool = True
    login: bool = False
    """Whether it is `user:password`, in any letters, and not a key of ASCII."""


@dataclass(frozen=True)
class Keys:
    """The keys for the servers of one run: those of a key file, else the environment's."""

    path: Path | None
    by_name: Mapping[str, str] = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)

    @classmethod
    def read(
        cls,
        path: Path | None,
        servers: Iterable[Address],
        environ: Mapping[str, str] = os.environ,
    ) -> Keys:
        """The keys of the file `path`, a line each: `KEY`, or a kind or an address before it.

        Raises `UserError`, without what was found, for a file that cannot be read, or that has a
        key for one server only where there are several.
        """
        found = {} if path is None else _lines(path)
        names = [str(server) for server in servers]
        if "" in found and len(set(names)) > 1:
            raise UserError(
                f"the key file {path} does not say which of {len(set(names))} servers its key is "
                "of",
                f"write a line for each: the address, a space, the key ({names[0]} …)",
            )
        return cls(path, found, environ)

    def of(self, address: Address, kind: KeyKind) -> Key | None:
        """The key for a server; None where there is none and the server may do without.

        Raises `UserError` where it may not.
        """
        for name in (str(address), address.kind, ""):
            if name in self.by_name:
                return _checked(self.by_name[name], f"the key file {self.path}", kind)
        if secret := self.environ.get(kind.variable, "").strip():
            return _checked(secret, kind.variable, kind)
        if kind.needed:
            raise UserError(f"no key for {address} is given", with_key(kind))
        return None


def with_key(kind: KeyKind) -> str:
    """How a person gets a key, and where it goes."""
    return f"{kind.cure}, and put it into {kind.variable} or into a file for --key-file"


def _lines(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(MOST)
    except UnicodeDecodeError:
        raise UserError(f"the key file {path} is no text", "write the key alone into it") from None
    except OSError as error:
        raise UserError(
            f"the key file {path} cannot be read ({error.strerror})", "check the path"
        ) from None
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, _, rest = line.strip().partition(" ")
        named = bool(rest) and (is_address(name) or name.isalpha())
        if name and not name.startswith("#"):
            key = (name.lower().rstrip("/") if named else "", (rest if named else line).strip())
            found.setdefault(*key)
    if not found:
        raise UserError(f"the key file {path} holds no key", "write the key alone into it")
    return found


def _checked(secret: str, source: str, kind: KeyKind) -> Key:
    # What a header cannot carry would be quoted by the library that refuses it.
    if not secret.isprintable() or not (secret.isascii() or kind.login):
        raise UserError(
            f"what {source} holds has characters that no key has", "copy the key alone into it"
        )
    if kind.login and ":" not in secret:
        raise UserError(
            f"what {source} holds is no user and password", "write user:password into it"
        )
    return Key(secret, source)
