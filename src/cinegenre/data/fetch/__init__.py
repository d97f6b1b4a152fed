"""Fetches posters from TMDB: a client with a rate limit, and a run that can be stopped."""

from .fetch import fetch
from .report import Report

__all__ = ["Report", "fetch"]
