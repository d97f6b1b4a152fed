"""Counts what is passed over in a library, so that nothing is left out silently."""

from __future__ import annotations

from collections import Counter
from enum import Enum

from ..errors import UserError


class Why(Enum):
    """A reason: its singular, its plural, and what to do if it was a film after all."""

    EXTRA = ("trailer or other extra", "trailers and other extras", "rename those that are films")
    EXTRAS_FOLDER = ("folder of extras", "folders of extras", "rename it, or name it itself")
    EPISODE = ("episode", "episodes", "rename those that are films")
    SEASON = ("season of a show", "seasons of a show", "rename the folder of a film")
    IGNORED = ("folder or video left out by a mark", "folders or videos left out by marks",
               "take it out of .ignore, .nomedia or .plexignore")  # fmt: skip
    EXCLUDED = ("folder or video left out by --exclude",
                "folders or videos left out by --exclude", "exclude less")  # fmt: skip
    UNREADABLE = ("folder that cannot be read", "folders that cannot be read",
                  "give yourself the right to read there")  # fmt: skip
    OUTSIDE = ("link out of the library", "links out of the library",
               "name the folder that it leads to")  # fmt: skip
    NO_FILM = (".nfo of no film", ".nfo files of no film", "see that they hold <movie>")


class Passed:
    """The number of things passed over for each reason, and the first path of each."""

    def __init__(self) -> None:
        self.counts: Counter[Why] = Counter()
        self.first: dict[Why, str] = {}

    def add(self, why: Why, path: str) -> None:
        """Count the one at `path`, relative to the library."""
        self.counts[why] += 1
        self.first.setdefault(why, path)

    def __str__(self) -> str:
        return ", ".join(
            f"{count:,} {why.value[count > 1]} ({self.first[why]}{', …' if count > 1 else ''})"
            for why, count in self.counts.most_common()
        )

    def nothing(self, library: object) -> UserError:
        """The error for a library without a film in it."""
        if not self.counts:
            cure = "it must hold .nfo files or videos, in any folders"
            return UserError(f"no film in {library}", cure)
        [(most, _)] = self.counts.most_common(1)
        return UserError(f"no film in {library}: passed over {self}", most.value[2])
