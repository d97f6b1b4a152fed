"""A film library on disk (Jellyfin, Kodi, Plex): genres read from and written into .nfo files."""

from .journal import Undone, undo
from .plan import Policy
from .run import Options, Row, tag
from .writer import Writer, writer

__all__ = ["Options", "Policy", "Row", "Undone", "Writer", "tag", "undo", "writer"]
