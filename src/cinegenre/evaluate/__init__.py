"""Scores a bundle on a split of a prepared data set: metrics.json, plots, report.html."""

from .evaluate import Evaluation, evaluate, measure
from .result import ModeFigures, Result

__all__ = ["Evaluation", "ModeFigures", "Result", "evaluate", "measure"]
