"""Passwords, keys and tokens of servers, which must never be printed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import UserError
from .address import Address, is_address

MOST = 10_000
"""The most characters of a key file, in case a film is named by mistake."""


@dataclass(frozen=True)
class Key:
    """A secret, and a description of where it came from."""

    secret: str = field(repr=False)
    source: str


@dataclass(frozen=True)
class KeyKind:
    """How a kind of server gets its key: the environment variable, and where users find a key."""

    variable: str
    cure: str
    needed: bool = True
    login: bool = False
    """Whether it is `user:password`, in any characters, instead of a key in ASCII."""


@dataclass(frozen=True)
class Keys:
    """The keys for the servers of one run, from a key file or else from the environment."""

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
        """The keys in the file `path`, one per line: `KEY`, or a kind or address before it.

        Raises `UserError`, which never quotes the file, if it cannot be read, or has only one key
        without a server's name although there are several servers.
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
        """The key for a server; None if there is none and the server may work without.

        Raises `UserError` if the server needs one.
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
    """Where to get a key, and where to put it."""
    return f"{kind.cure}, and put it into {kind.variable} or into a file for --key-file"


def _lines(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(MOST)
    except UnicodeDecodeError:
        raise UserError(f"the key file {path} is not text", "write the key alone into it") from None
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
    # The HTTP library would quote a key that it cannot put into a header.
    if not secret.isprintable() or not (secret.isascii() or kind.login):
        raise UserError(
            f"what {source} holds has characters that no key has", "copy the key alone into it"
        )
    if kind.login and ":" not in secret:
        raise UserError(
            f"what {source} holds is not a user and a password", "write user:password into it"
        )
    return Key(secret, source)
