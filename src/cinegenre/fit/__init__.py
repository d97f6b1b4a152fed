"""Fits a new head for a user's own genres on a model's encoders, with numpy, from a table of
films.
"""

from .add import add_head
from .fit import fit
from .result import FitMode, FitReport

__all__ = ["FitMode", "FitReport", "add_head", "fit"]
