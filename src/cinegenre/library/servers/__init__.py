"""Media servers: their films as a library, and making them read .nfo files again."""

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
"""The word before the "+" of an address → the class for that kind of server."""


def connect(address: Address, keys: Keys) -> Server:
    """The server at an address, after it has answered and accepted the key.

    Raises `UserError` if it does not.
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
