"""Loads a bundle from disk and predicts with it, using numpy and onnxruntime alone."""

from .tagger import Tagger

__all__ = ["Tagger"]
