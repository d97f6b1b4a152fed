"""Servers that show a film library: their films as a library, and having them read .nfo files."""

from __future__ import annotations

from ...errors import UserError
from .address import Address
from .base import Server
from .emby import Emby
from .http import Failed, Http
from .jellyfin import Jellyfin
from .keys import Keys
from .kodi import Kodi
from .plex import Plex

SERVERS: dict[str, type[Server]] = {
    "kodi": Kodi,
    "jellyfin": Jellyfin,
    "emby": Emby,
    "plex": Plex,
}
"""By the word before the "+" of an address."""


def connect(address: Address, keys: Keys) -> Server:
    """The server at an address, which has answered and knows us.

    Raises `UserError` where it does not.
    """
    kind = SERVERS[address.kind]
    key = keys.of(address, kind.key)
    server = kind(Http(address, kind.key, key, kind.headers(key)))
    try:
        server.check()
    except Failed as error:
        raise UserError(f"no {kind.name} answers at {address} ({error.what})",
                        "check the server's kind, host and port") from None  # fmt: skip
    return server
