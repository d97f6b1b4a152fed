"""Turns texts and posters of films into arrays, with the same code for training and prediction."""

from .cleaning import Cleaning
from .language import codes_of, other_language
from .late import LateTokenizer
from .names import NamesInput
from .posters import PosterInput
from .text import TextInput, pad

__all__ = [
    "Cleaning",
    "LateTokenizer",
    "NamesInput",
    "PosterInput",
    "TextInput",
    "codes_of",
    "other_language",
    "pad",
]
