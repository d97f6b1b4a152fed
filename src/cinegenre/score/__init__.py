"""Batch scoring: any number of films → shards of scores, on one machine or on many with Ray."""

from .score import Machines, Options, score

__all__ = ["Machines", "Options", "score"]
