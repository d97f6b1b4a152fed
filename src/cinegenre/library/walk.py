"""Finds the films of a library: walks its folders and matches videos, .nfo files and posters."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import UserError
from .discs import NFOS, disc_nfos, film_folder, is_disc, part_nfos, parts, videos
from .filenames import (
    CATEGORIES,
    EXTRAS_FOLDERS,
    SYSTEM_FOLDERS,
    fold,
    is_episode,
    is_extra,
    is_season,
    is_video,
)
from .folder import DISCS, Folder
from .grouping import Named, grouped
from .ignoring import EXCLUDE, Rule, excluded, marked
from .passed import Passed, Why
from .scope import ALL, Scope
from .titles import says_which_copy, title_and_year

POSTERS = ("poster", "folder", "cover", "movie", "default", "show")
"""Names of a folder's poster; the first that exists is used."""
SHOW = "tvshow.nfo"


@dataclass(frozen=True, kw_only=True)
class Item:
    """An .nfo, or a film without one; then `nfo` is None and it would be created at `create`.

    `named` says whether the .nfo has the name of a film's .nfo; one with another name counts only
    if it contains a film.
    """

    kind: str
    title: str
    year: int | None
    nfo: Path | None
    create: Path
    poster: Path | None
    named: bool = True


def walk(
    library: Path,
    exclude: Iterable[str] = (),
    passed: Passed | None = None,
    scope: Scope = ALL,
) -> Iterator[Item]:
    """Every film and show in `scope` of a library, folder by folder, in the order of their names.

    `passed` counts what is passed over: whatever the patterns of `exclude` or marks in the folders
    leave out, extras, episodes, and folders that cannot be read. Folders of a show are not entered,
    because episodes have no genres of their own. Raises `UserError` if the library itself cannot be
    read.
    """
    try:
        root = library.resolve(strict=True)
        os.scandir(root).close()
    except OSError as error:
        raise UserError(
            f"library {library} cannot be read ({error.strerror})", "name a folder of films"
        ) from None
    rules = excluded(exclude, (root, library.absolute()))
    yield from _Walk(root, passed or Passed(), scope).items(rules)


class _Walk:
    """One way through a library."""

    def __init__(self, root: Path, passed: Passed, scope: Scope) -> None:
        self.root = root
        self.passed = passed
        self.scope = scope

    def items(self, rules: tuple[Rule, ...]) -> Iterator[Item]:
        seen: set[str] = set()  # strings: a Path takes ten times as much memory
        waiting = [(self.root, self.root, False, rules)]
        while waiting:
            path, where, is_link, rules = waiting.pop()
            where = where.resolve() if is_link else where
            if str(where) in seen:  # a link to a folder above
                continue
            seen.add(str(where))
            try:
                folder = Folder(path, self.root)
            except OSError:
                self.passed.add(Why.UNREADABLE, self._place(path))
                continue
            place = self._place(path)
            mark, more = marked(path, place, folder.marks)
            if mark is not None:
                self.passed.add(Why.IGNORED, self._place(path / mark))
                continue
            rules = (*rules, *more)
            for name in folder.outside:
                self.passed.add(Why.OUTSIDE, self._place(path / name))
            self._leave_out(folder, rules)
            holds = self.scope.holds(place)
            show = folder.file(SHOW)
            if show:
                title, year = title_and_year(path.name)
                if holds:
                    yield Item(kind="tvshow", title=title, year=year, nfo=show, create=show,
                               poster=folder.poster(POSTERS))  # fmt: skip
                continue
            films, alone = self._films(folder)
            if holds:
                yield from films
            inner = self._entered(folder, is_films=alone)
            waiting += [
                (path / name, where / name, name in folder.links, rules)
                for name in reversed(inner)
                if self.scope.leads(f"{place}/{name}" if place else name)
            ]

    def _place(self, path: Path) -> str:
        return "" if path == self.root else path.relative_to(self.root).as_posix()

    def _leave_out(self, folder: Folder, rules: tuple[Rule, ...]) -> None:
        """Remove from `folder` what the rules leave out."""
        if not rules:
            return

        def stays(name: str, *, is_folder: bool) -> bool:
            path = self._place(folder.path / name)
            rule = next((one for one in rules if one.matches(path, is_folder=is_folder)), None)
            if rule is not None and (is_folder or is_video(name)):
                self.passed.add(Why.EXCLUDED if rule.source == EXCLUDE else Why.IGNORED, path)
            return rule is None

        folder.folders = [name for name in folder.folders if stays(name, is_folder=True)]
        folder.files = {
            key: left
            for key, names in folder.files.items()
            if (left := [name for name in names if stays(name, is_folder=False)])
        }

    def _entered(self, folder: Folder, *, is_films: bool) -> list[str]:
        """The folders in `folder` that may contain films. Extras lie beside their film."""
        entered = []
        for name in folder.folders:
            key = fold(name)
            if key in SYSTEM_FOLDERS or key in DISCS:
                continue
            if key in EXTRAS_FOLDERS and (is_films or key not in CATEGORIES):
                self.passed.add(Why.EXTRAS_FOLDER, self._place(folder.path / name))
                continue
            if is_season(name):
                self.passed.add(Why.SEASON, self._place(folder.path / name))
                continue
            entered.append(name)
        return entered

    def _films(self, folder: Folder) -> tuple[list[Item], bool]:
        """The films in a folder, and whether the whole folder belongs to one film."""
        own = self._is_of_one_film(folder)
        disc, bare, groups = folder.disc(), own and is_disc(folder), self._grouped(folder)
        in_parts = parts(folder, self.root) if own and not groups and not disc else []
        home = film_folder(folder.path, self.root)
        if disc or bare or in_parts:
            # Beside a disc in a folder of one film, all videos are extras.
            groups = [Named(home.name, ()), *(() if own else groups)]
        alone = len(groups) == 1 and own
        taken: set[Path] = set()
        items = []
        for group in groups:
            names = [f"{name}.nfo" for name in group.names]
            pictures = tuple(
                f"{name}{end}" for name in group.names for end in ("-poster", "-cover", "")
            )
            if alone:
                names = [
                    *names,
                    "movie.nfo",
                    f"{folder.path.name}.nfo",
                    *(NFOS.values() if bare else ()),
                ]
                pictures = (*pictures, *POSTERS)
            found = [path for name in names for path in folder.named(name)]
            if disc and not group.stems:
                found += disc_nfos(folder.path / disc, self.root)
            found += [path for part in in_parts for path in part_nfos(part, self.root)]
            title, year = title_and_year(group.name)
            by_folder = title_and_year(home.name)
            copy = says_which_copy(f" {folder.path.name}")
            if alone and (by_folder[1] or not (year or copy)):
                title, year = by_folder
            create = _new_nfo(folder.path, group, disc, alone=alone)
            poster = folder.poster(pictures)
            items += [
                Item(kind="movie", title=title, year=year, nfo=nfo, create=create, poster=poster)
                for nfo in dict.fromkeys(found) or (None,)
            ]
            taken.update(found)
        for part in in_parts:
            folder.folders.remove(part.path.name)
        alone = alone or (own and folder.file("movie.nfo") is not None)
        return [*items, *_others(folder, taken, one=own)], alone

    def _grouped(self, folder: Folder) -> list[Named]:
        """The films of the videos in a folder; counts trailers, samples and episodes."""
        for name in (one for same in folder.files.values() for one in same if is_video(one)):
            if is_extra(name) or is_episode(name):
                why = Why.EXTRA if is_extra(name) else Why.EPISODE
                self.passed.add(why, self._place(folder.path / name))
        return grouped(videos(folder), folder.path)

    def _is_of_one_film(self, folder: Folder) -> bool:
        """Whether its name may be that of a film; the library's own only if it looks like one."""
        if folder.path != self.root:
            return fold(folder.path.name) not in CATEGORIES
        return folder.file("movie.nfo") is not None or title_and_year(self.root.name)[1] is not None


def _new_nfo(folder: Path, group: Named, disc: str | None, *, alone: bool) -> Path:
    """Where to create the .nfo of a film, so that Kodi and Jellyfin read it."""
    if alone and (group.versions or not group.stems):
        return folder / "movie.nfo"
    if disc and not group.stems:  # a movie.nfo would make all of the folder one film
        return folder / disc / NFOS[fold(disc)]
    return folder / f"{group.stems[0]}.nfo"  # of a film in parts, both read that of the first


def _others(folder: Folder, taken: set[Path], *, one: bool) -> Iterator[Item]:
    """The .nfo files that belong to no video in the folder: the videos may be on another disk."""
    names = folder.ending(".nfo")
    for name in names:
        path = folder.path / name
        if path in taken:
            continue
        stem = path.stem
        named = fold(stem) == "movie"
        title, year = title_and_year(folder.path.name if named and one else stem)
        pictures = (f"{stem}-poster", f"{stem}-cover", stem)
        alone = one and (named or len(names) == 1)
        poster = folder.poster((*pictures, *POSTERS) if alone else pictures)
        yield Item(kind="movie", title=title, year=year, nfo=path, create=path, poster=poster,
                   named=named)  # fmt: skip
