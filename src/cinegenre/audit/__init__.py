"""Likely wrong labels of a catalogue, found by scores of films by heads that have not seen them."""

from .audit import audit
from .result import Audit, AuditFacts, Finding, Noise

__all__ = ["Audit", "AuditFacts", "Finding", "Noise", "audit"]
