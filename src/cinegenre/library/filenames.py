"""Recognises videos, episodes, extras and parts of a film by names of files and folders."""

from __future__ import annotations

import re
from pathlib import Path
from unicodedata import normalize

VIDEOS = frozenset(
    (
        ".3g2", ".3gp", ".amv", ".asf", ".avi", ".bivx", ".disc", ".divx", ".dv", ".dvr-ms", ".evo",
        ".f4v", ".flv", ".img", ".iso", ".m1v", ".m2t", ".m2ts", ".m2v", ".m4v", ".mk3d", ".mkv",
        ".mov", ".mp4", ".mpe", ".mpeg", ".mpg", ".mts", ".mxf", ".nrg", ".nsv", ".nuv", ".ogm",
        ".ogv", ".pva", ".qt", ".rec", ".rm", ".rmvb", ".strm", ".tp", ".trp", ".ts", ".ty", ".udf",
        ".viv", ".vob", ".vp3", ".webm", ".wmv", ".wtv", ".xvid",
    )
)  # fmt: skip
"""Endings that Kodi or Jellyfin take for a video's, except those of other files too (.bin, .dat).
"""
EXTRAS_FOLDERS = frozenset(
    {
        "backdrops", "behind the scenes", "bonus", "bonus disc", "clips", "deleted scenes", "extra",
        "extras", "featurettes", "interviews", "other", "sample", "samples", "scenes", "shorts",
        "specials", "theme-music", "trailers",
    }
)  # fmt: skip
"""Folders beside a film with its extras, by the rules of Jellyfin, Emby and Plex."""
CATEGORIES = frozenset({"other", "shorts", "specials"})
"""Those of these names that people also give to a folder of films, if no film is beside it."""
SYSTEM_FOLDERS = frozenset(
    {
        "@eadir", "eadir", "@recycle", "#recycle", "$recycle.bin", "#snapshot",
        "@recently-snapshot", "extrafanart", "extrathumbs", "lost+found", "network trash folder",
        "proof", "ps3_update", "ps3_vprm", "subs", "subtitles", "system volume information",
        "temporary items", "temprec", "tempsbe",
    }
)  # fmt: skip
"""Folders of the system, or of images or subtitles, that Jellyfin, Kodi and Plex pass over."""
# These mark an extra only after a hyphen: "The Big Short" and "The.Interview" are films.
_EXTRA = re.compile(
    r"-(scene|clip|interview|behindthescenes|deleted|deletedscene|featurette|short|extra|other)\d*\Z"
    r"|(-\s?|[._])(trailer|sample)\d*\Z"
    r"|-trailer[-._ ]*(\d|[\[(])[^/]*\Z"
    r"|\A(trailer|sample)\Z|\Asample[-._]",
    re.IGNORECASE,
)
_SEASON = re.compile(
    r"(season|staffel|saison|temporada|stagione|seizoen|säsong|sæson|sesong|kausi|sezon|sezona|"
    r"évad|сезон)[ ._-]*\d{1,4}",
    re.IGNORECASE,
)
# "10x10 (2018)" is a film.
_EPISODE = re.compile(
    r"(?<![a-z0-9])(s\d{1,4}[ ._-]*e\d{1,4}"
    r"|(?!\A\d{1,2}x\d{2,3}[ ._]+[(\[]?(?:19|20)\d\d(?!\d))\d{1,2}x\d{2,3})(?!\d)",
    re.IGNORECASE,
)


def fold(name: str) -> str:
    """A name for comparing: without regard to case, and to whether it is composed (on Windows) or
    decomposed (on a Mac).
    """
    return normalize("NFC", normalize("NFC", name).lower())


def is_video(name: str) -> bool:
    """Whether this is the file name of a video."""
    return Path(name).suffix.lower() in VIDEOS


def is_extra(name: str) -> bool:
    """Whether a video's name says that it is a trailer, a sample or another extra of a film."""
    return _EXTRA.search(Path(name).stem) is not None


def is_episode(name: str) -> bool:
    """Whether a video's name says that it is an episode of a show."""
    return _EPISODE.search(Path(name).stem) is not None


def is_season(name: str) -> bool:
    """Whether a folder's name says that it holds a season of a show: "Season 01", "Staffel 2"."""
    return _SEASON.fullmatch(normalize("NFC", name)) is not None
