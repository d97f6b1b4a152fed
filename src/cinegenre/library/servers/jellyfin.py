"""Jellyfin's REST API, 10.9 and newer."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from ...errors import UserError
from .base import Film
from .keys import Key, KeyKind
from .mediabrowser import MediaBrowser

OLDEST = (10, 9)
"""Older versions have an item at another path."""


class Jellyfin(MediaBrowser):
    """A Jellyfin with a key from its dashboard."""

    name: ClassVar[str] = "Jellyfin"
    key: ClassVar[KeyKind] = KeyKind(
        variable="JELLYFIN_API_KEY", cure="make a key in Jellyfin's Dashboard > API Keys"
    )
    listing: ClassVar[dict[str, str]] = {"CollapseBoxSetItems": "false"}

    @staticmethod
    def headers(key: Key | None) -> dict[str, str]:
        """The header that is here to stay; X-Emby-Token is deprecated."""
        return {} if key is None else {"Authorization": f'MediaBrowser Token="{key.secret}"'}

    def check_product(self, info: dict[str, Any]) -> None:
        """Raise if it is an Emby, which gives no product name, or too old."""
        if "Jellyfin" not in str(info.get("ProductName")):
            raise UserError(f"what answers at {self.http.address} is not Jellyfin",
                            "is it an Emby? write emby+")  # fmt: skip
        found = re.match(r"(\d+)\.(\d+)", str(info["Version"]))
        if found and tuple(map(int, found.groups())) < OLDEST:
            raise UserError(f"{self.http.address} is Jellyfin {info['Version']}",
                            "10.9 or newer is needed")  # fmt: skip

    def item_path(self, film: Film) -> str:
        """The item as the administrator sees it."""
        return f"/Items/{film.id}"

    def item_query(self) -> dict[str, str]:
        """The user whose view is asked for."""
        return {"userId": self.user}

    def put_genres(self, item: dict[str, Any], genres: list[str]) -> None:
        """Set them, and leave out the people: they stay as they are if they are not sent, and would
        lose their order otherwise.
        """
        item["Genres"] = genres
        item.pop("GenreItems", None)
        item.pop("People", None)
