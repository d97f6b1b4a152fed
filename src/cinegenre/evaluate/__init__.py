"""A bundle scored on a split of a prepared data set: metrics.json, plots, report.html."""

from .evaluate import Evaluation, evaluate, measure

__all__ = ["Evaluation", "evaluate", "measure"]
