"""Platt scaling per genre, shrunk towards one fit of all genres together.

The calibrated probability is `sigmoid(slope * logit(score) + intercept)` with slope > 0, so the
ranking within a genre does not change. As in Platt (1999) and Lin, Lin & Weng (2007), the targets
are `(positives + 1) / (positives + 2)` and `1 / (negatives + 2)` instead of 1 and 0. In addition,
each genre's `log slope` and `intercept` have a normal prior around the pooled fit with the widths
`PRIOR`: a genre with twelve films stays close to it, one with a thousand follows its own films.
"""

from __future__ import annotations

import numpy as np

from .arrays import logit, sigmoid

PRIOR = (0.5, 1.0)
"""Standard deviations of the genres' `log slope` and `intercept` around the pooled ones."""

_POOLED_PRIOR = (2.0, 5.0)
"""Standard deviations of the pooled fit around `slope = 1, intercept = 0`; keeps it finite."""

_STEPS, _CLOSE = 60, 1e-9


def scale(scores: np.ndarray, slope: np.ndarray, intercept: np.ndarray) -> np.ndarray:
    """Calibrated probabilities of `scores` (..., genres)."""
    return sigmoid(slope * logit(scores) + intercept)


def fit_platt(
    truth: np.ndarray, scores: np.ndarray, typical: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Fit slope and intercept, both (genres,), on `truth` bool and `scores`, both (films, genres).

    `typical`, bool (films,), marks films that resemble those to be predicted. If given, the fit on
    all films becomes the centre of a prior for the fit on these films alone.
    """
    z = logit(scores)
    zero = np.zeros(1)
    pooled = _newton(truth.reshape(-1, 1), z.reshape(-1, 1), zero, zero, _POOLED_PRIOR)
    genres = truth.shape[1]
    alpha, beta = (np.repeat(part, genres) for part in pooled)
    alpha, beta = _newton(truth, z, alpha, beta, PRIOR)
    if typical is not None:
        alpha, beta = _newton(truth[typical], z[typical], alpha, beta, PRIOR)
    return np.exp(alpha), beta


def _newton(
    truth: np.ndarray,
    z: np.ndarray,
    alpha0: np.ndarray,
    beta0: np.ndarray,
    width: tuple[float, float],
) -> tuple[np.ndarray, np.ndarray]:
    """The most likely `log slope` and `intercept` (genres,), with a prior around alpha0 and beta0.

    Newton's method with the expected Hessian, which is positive definite for all data. A genre's
    step is halved until its loss does not rise.
    """
    positives = truth.sum(axis=0)
    negatives = len(truth) - positives
    target = np.where(truth, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    tight_a, tight_b = 1 / width[0] ** 2, 1 / width[1] ** 2

    def loss(alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
        x = np.exp(alpha) * z + beta
        fit = np.logaddexp(0.0, x) - target * x
        far = tight_a * (alpha - alpha0) ** 2 + tight_b * (beta - beta0) ** 2
        return np.asarray(fit.sum(axis=0) + far / 2)

    alpha, beta = alpha0.copy(), beta0.copy()
    now = loss(alpha, beta)
    for _ in range(_STEPS):
        az = np.exp(alpha) * z  # the derivative of x by alpha; that by beta is 1
        p = sigmoid(az + beta)
        error, spread = p - target, p * (1 - p)
        grad_a = (error * az).sum(axis=0) + tight_a * (alpha - alpha0)
        grad_b = error.sum(axis=0) + tight_b * (beta - beta0)
        aa = (spread * az * az).sum(axis=0) + tight_a
        ab = (spread * az).sum(axis=0)
        bb = spread.sum(axis=0) + tight_b
        determinant = aa * bb - ab * ab
        step_a = (bb * grad_a - ab * grad_b) / determinant
        step_b = (aa * grad_b - ab * grad_a) / determinant
        size = np.minimum(1.0, 2.0 / np.maximum(np.abs(step_a), 1e-12))
        for _ in range(30):
            then = loss(alpha - size * step_a, beta - size * step_b)
            worse = ~(then <= now)
            if not worse.any():
                break
            size = np.where(worse, size / 2, size)
        else:
            size = np.where(worse, 0.0, size)
        alpha, beta = alpha - size * step_a, beta - size * step_b
        now = np.where(size > 0, then, now)
        if max(np.abs(size * step_a).max(), np.abs(size * step_b).max()) < _CLOSE:
            break
    return alpha, beta
