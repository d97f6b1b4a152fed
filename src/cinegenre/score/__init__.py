"""Batch scoring: scores any number of films into shards, on one machine, or on many with Ray."""

from .score import Machines, Options, score

__all__ = ["Machines", "Options", "score"]
