"""A user's own genres: a new head on a model's encoders, fitted in numpy on a table of films."""

from .fit import fit
from .result import FitMode, FitReport

__all__ = ["FitMode", "FitReport", "fit"]
