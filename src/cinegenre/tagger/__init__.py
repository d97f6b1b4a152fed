"""A bundle on disk to predictions, with numpy and onnxruntime alone."""

from .tagger import Tagger

__all__ = ["Tagger"]
