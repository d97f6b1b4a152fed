"""Batch scoring: any number of films → shards of scores, on one machine or on many with Ray."""
