"""A language model that learns from texts alone, and the AWD-LSTM layers it shares with an encoder.

Merity et al. 2017, "Regularizing and Optimizing LSTM Language Models"; Howard & Ruder 2018, ULMFiT.
"""

from .layers import AWDLSTMLayers
from .options import Dropouts, LanguageModel
from .start import start_from_language_model

__all__ = ["AWDLSTMLayers", "Dropouts", "LanguageModel", "start_from_language_model"]
