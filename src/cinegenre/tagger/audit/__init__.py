"""Likely wrong labels of a catalogue, found by scores of films by heads that have not seen them."""

from .result import Audit, Finding, Noise
from .run import audit

__all__ = ["Audit", "Finding", "Noise", "audit"]
