"""A film library on disk (Jellyfin, Kodi, Plex): genres read from and written into .nfo files."""

from .entries import Options, Row
from .journal import Undone, undo
from .journaled import Writer, writer
from .plan import Policy
from .run import tag

__all__ = ["Options", "Policy", "Row", "Undone", "Writer", "tag", "undo", "writer"]
