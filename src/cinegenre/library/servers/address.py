"""Parses the kind and address of a server, written as one word: kodi+http://127.0.0.1:8080."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from ...errors import UserError, shown, unknown

_ADDRESS = re.compile(r"(?:([A-Za-z]\w*)\+)?(https?)://(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Address:
    """A server's kind and the root of its API, without a "/" at the end."""

    kind: str
    base: str

    def __str__(self) -> str:
        return f"{self.kind}+{self.base}"

    @property
    def slug(self) -> str:
        """The address as a file name."""
        return re.sub(r"[^\w.-]+", "-", str(self).lower()).strip("-")


def is_address(text: str) -> bool:
    """Whether a word is a server's address and not a folder."""
    return _ADDRESS.match(text) is not None


def parse_address(text: str, kinds: Iterable[str]) -> Address:
    """The address in `text`.

    Raises `UserError` if its kind is unknown or it contains a password or key. The error quotes
    nothing that may be secret.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None:
        known = ", ".join(f"{kind}+http://HOST" for kind in sorted(kinds))
        # There may be a password in it.
        quoted = "the address of a server" if "@" in text or "?" in text else shown(text)
        raise UserError(f"{quoted} is not a server's address", f"known: {known}")
    kind, scheme = (match[1] or "").lower(), match[2].lower()
    try:
        parts = urlsplit(f"{scheme}://{match[3]}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or re.search(r"[^\w.:-]", host):
        raise UserError(
            f"the address {shown(f'{kind}+{scheme}://…')} names no host, or no port of one",
            "write it like kodi+http://127.0.0.1:8080",
        )
    name = f"[{host}]" if ":" in host else host
    base = f"{scheme}://{name}" + (f":{port}" if port else "")
    if parts.username is not None or parts.query or parts.fragment or "?" in match[3]:
        raise UserError(
            f"the address of the server at {base} has a password or a key in it",
            "every process can read it there: leave it out, put it into the environment or a "
            "file for --key-file",
        )
    if not kind:
        raise UserError(
            f"what kind of server is at {base}?",
            f"write {', '.join(f'{known}+{base}' for known in sorted(kinds))}",
        )
    if kind not in kinds:
        raise unknown("server", kind, kinds)
    return Address(kind, base + parts.path.rstrip("/"))
