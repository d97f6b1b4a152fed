"""Reading a report back."""

from __future__ import annotations

from html.parser import HTMLParser


class Reader(HTMLParser):
    """Tables by caption as lists of rows, images' alt texts, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.widths: dict[str, list[int]] = {}
        self.tags: list[dict[str, str | None]] = []
        self.open: list[str] = []
        self.caption = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(dict(attrs) | {"tag": tag})
        if tag not in ("meta", "img"):
            self.open.append(tag)
        if tag == "table":
            self.caption = ""
        if tag == "tr":
            self.tables.setdefault(self.caption, []).append([])
            self.widths.setdefault(self.caption, []).append(0)
        if tag in ("th", "td"):
            self.tables[self.caption][-1].append("")
            self.widths[self.caption][-1] += int(dict(attrs).get("colspan") or 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "caption":
            self.caption += data
        elif self.open and self.open[-1] in ("th", "td"):
            self.tables[self.caption][-1][-1] += data

    def table(self, start: str) -> dict[str, list[str]]:
        """The rows of the one table whose caption starts so, by their first cell."""
        (rows,) = (rows for caption, rows in self.tables.items() if caption.startswith(start))
        return {row[0]: row[1:] for row in rows}
