"""Logistic regression with an L2 penalty, all genres at once, in numpy.

Newton's method, each step by conjugate gradients (C.-J. Lin, R. Weng, S. Keerthi, "Trust Region
Newton Method for Large-Scale Logistic Regression", JMLR 2008, section 2) with a diagonal
preconditioner. The genres are independent; only the matrix products, which take most of the time,
are computed for all of them at once.
"""

from __future__ import annotations

import numpy as np

from ..metrics.arrays import sigmoid

_STEPS, _INNER = 50, 60
_CLOSE = 1e-4
"""A genre has converged when its gradient is this fraction of the gradient at zero weights."""


def fit_logistic(
    columns: np.ndarray,
    truth: np.ndarray,
    penalty: float,
    start: np.ndarray | None = None,
    offset: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Fit weights (columns + 1, genres); the last row has the intercepts, which are not penalised.

    For each genre they minimise Σ log(1 + exp(x)) − truth · x + penalty / 2 · |weights|² over
    films, where x = `columns` (films, columns) · weights + intercept + `offset` (films, genres).
    `truth` is bool (films, genres). `start` are initial weights, such as those of another penalty.
    """
    genres = truth.shape[1]
    z = np.concatenate([columns, np.ones((len(columns), 1), columns.dtype)], axis=1)
    tight = np.full((z.shape[1], 1), penalty, z.dtype)
    tight[-1] = 0
    target = truth.astype(z.dtype)
    squares = np.einsum("ij,ij->j", z, z)[:, None]
    weights = np.zeros((z.shape[1], genres), z.dtype) if start is None else start.astype(z.dtype)
    share = target.mean(axis=0)
    if start is None:
        weights[-1] = np.log(share + 1e-6) - np.log(1 - share + 1e-6)
    enough = _CLOSE * np.linalg.norm(z.T @ (share - target), axis=0) + 1e-12
    x = np.asarray(z @ weights + offset, z.dtype)
    loss = _loss(x, target, tight, weights)
    for _ in range(_STEPS):
        p = sigmoid(x).astype(z.dtype)
        gradient = z.T @ (p - target) + tight * weights
        if (np.linalg.norm(gradient, axis=0) <= enough).all():
            break
        spread = p * (1 - p)
        step = _solve(z, spread, tight, squares, gradient)
        moved = z @ step
        size = np.ones(genres, z.dtype)
        for _ in range(20):
            then = _loss(x - size * moved, target, tight, weights - size * step)
            worse = ~(then <= loss)
            if not worse.any():
                break
            size = np.where(worse, size / 2, size).astype(z.dtype)
        else:
            size = np.where(worse, 0, size).astype(z.dtype)
        weights, x = weights - size * step, x - size * moved
        if not (size > 0).any():  # no step improves the loss any more in this precision
            break
        loss = np.where(size > 0, then, loss)
    return weights


def _loss(x: np.ndarray, target: np.ndarray, tight: np.ndarray, weights: np.ndarray) -> np.ndarray:
    fit = (np.logaddexp(0, x) - target * x).sum(axis=0, dtype=np.float64)
    return np.asarray(fit + (tight * weights * weights).sum(axis=0, dtype=np.float64) / 2)


def _solve(
    z: np.ndarray,
    spread: np.ndarray,
    tight: np.ndarray,
    squares: np.ndarray,
    gradient: np.ndarray,
) -> np.ndarray:
    """Approximate Hessian⁻¹ · gradient of every genre by preconditioned conjugate gradients."""
    scale = 1 / (squares * spread.mean(axis=0) + tight + 1e-12)
    step = np.zeros_like(gradient)
    left = gradient.copy()
    size = np.linalg.norm(gradient, axis=0)
    tolerance = 0.1 * size
    scaled = scale * left
    along = scaled
    now = np.einsum("ij,ij->j", left, scaled)
    for _ in range(_INNER):
        bent = z.T @ (spread * (z @ along)) + tight * along
        curve = np.einsum("ij,ij->j", along, bent)
        length = np.divide(now, curve, out=np.zeros_like(now), where=curve > 0)
        step = step + length * along
        left = left - length * bent
        if (np.linalg.norm(left, axis=0) <= tolerance).all():
            break
        scaled = scale * left
        then = np.einsum("ij,ij->j", left, scaled)
        along = scaled + np.divide(then, now, out=np.zeros_like(now), where=now > 0) * along
        now = then
    return step
