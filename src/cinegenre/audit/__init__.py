"""Finds labels of a catalogue that are likely wrong, by scoring films with heads not fitted on
them.
"""

from .audit import audit
from .result import Audit, AuditFacts, Finding, Noise

__all__ = ["Audit", "AuditFacts", "Finding", "Noise", "audit"]
