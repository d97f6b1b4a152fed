"""A film that is not a video file: the copy of a disc, or several folders with a part each."""

from __future__ import annotations

from pathlib import Path

from .filenames import is_episode, is_extra, is_video
from .folder import Folder, inside
from .grouping import grouped, is_part_folder
from .titles import says_which_copy

NFOS = {"video_ts": "VIDEO_TS.nfo", "bdmv": "index.nfo"}
"""The name of the .nfo in the folder of a disc."""


def is_disc(folder: Folder) -> bool:
    """Whether a folder itself holds the files of a disc, without the disc's folder around them."""
    return any(folder.file(name) for name in ("VIDEO_TS.IFO", "index.bdmv"))


def film_folder(folder: Path, root: Path) -> Path:
    """The folder with a film's name: the one above a folder that only says which copy it has."""
    above = folder.parent
    return above if says_which_copy(f" {folder.name}") and above != root else folder


def disc_nfos(disc: Path, root: Path) -> list[Path]:
    """The .nfo files in the folder of a disc."""
    found = _opened(disc, root)
    return [path for name in NFOS.values() for path in found.named(name)] if found else []


def parts(folder: Folder, root: Path) -> list[Folder]:
    """The folders in a film's folder that hold a part of it each, such as "CD1" and "CD2"."""
    found = []
    for name in folder.folders:
        if is_part_folder(name, folder.path.name):
            part = _opened(folder.path / name, root)
            if part and (part.disc() or len(grouped(videos(part), part.path)) == 1):
                found.append(part)
    return found


def part_nfos(part: Folder, root: Path) -> list[Path]:
    """The .nfo files of a part of a film."""
    disc = part.disc()
    inner = disc_nfos(part.path / disc, root) if disc else []
    return [*(part.path / name for name in part.ending(".nfo")), *inner]


def videos(folder: Folder) -> list[str]:
    """The names of the videos in a folder that may be films."""
    names = [name for same in folder.files.values() for name in same if is_video(name)]
    return [name for name in names if not is_extra(name) and not is_episode(name)]


def _opened(path: Path, root: Path) -> Folder | None:
    try:
        return Folder(path, root) if inside(path, root) else None
    except OSError:
        return None
