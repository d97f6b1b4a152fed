"""Fetching posters from TMDB: a client that waits its turn, and a run that can be stopped."""

from .fetch import fetch
from .report import Report

__all__ = ["Report", "fetch"]
