"""Emby's REST API, 4.x."""

from __future__ import annotations

from typing import Any, ClassVar

from ...errors import UserError
from .base import Film
from .keys import Key, KeyKind
from .mediabrowser import MediaBrowser


class Emby(MediaBrowser):
    """An Emby with a key from its dashboard."""

    name: ClassVar[str] = "Emby"
    key: ClassVar[KeyKind] = KeyKind(
        variable="EMBY_API_KEY", cure="make a key in Emby's Dashboard > Advanced > API Keys"
    )
    root: ClassVar[str] = "/emby"
    listing: ClassVar[dict[str, str]] = {"GroupItemsIntoCollections": "false"}

    @staticmethod
    def headers(key: Key | None) -> dict[str, str]:
        """The header of its documentation."""
        return {} if key is None else {"X-Emby-Token": key.secret}

    def check_product(self, info: dict[str, Any]) -> None:
        """Raise if it is a Jellyfin, which gives its product name."""
        if "Jellyfin" in str(info.get("ProductName")):
            raise UserError(f"what answers at {self.http.address} is a Jellyfin",
                            "write jellyfin+")  # fmt: skip

    def item_path(self, film: Film) -> str:
        """The item as the administrator sees it."""
        return f"/Users/{self.user}/Items/{film.id}"

    def put_genres(self, item: dict[str, Any], genres: list[str]) -> None:
        """Set them as names, and as the objects that newer versions read."""
        item["Genres"] = genres
        item["GenreItems"] = [{"Name": name} for name in genres]
