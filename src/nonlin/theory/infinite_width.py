"""Kernels of infinitely wide networks: Gaussian process and tangent kernel of any activation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.checks import integer, number
from nonlin.gaussian_moments.nonlinearity import Nonlinearity
from nonlin.gaussian_moments.quadrature import Array
from nonlin.theory.dual import Dual, dual
from nonlin.theory.propagation import nonlinearity
from nonlin.theory.two_lengths import duals
from nonlin.theory.variance import second_moments

SAME_LENGTH = 1e-6  # relative: rows whose squared lengths differ by less have one length


def nngp(
    activation: str | Activation,
    X: Any,
    *,
    depth: int = 1,
    weight_variance: float = 2.0,
    bias_variance: float = 0.0,
) -> Array:
    """The neural network Gaussian process kernel between the rows of X, shape (rows, rows).

    Of networks with `depth` hidden layers, in the limit of infinite width. Rows may have any
    lengths; where they differ and the activation has kinks without being homogeneous, as relu is,
    every pair of rows takes some milliseconds (rows of one length are quick: divide each by its
    norm). The relative error is about 1e-10 for each layer. Raises InputError where E[f(z)^2] is
    not finite. Source: Lee et al. 2018 (arXiv:1711.00165).
    """
    return _kernels(activation, X, depth, weight_variance, bias_variance)[0]


def ntk(
    activation: str | Activation,
    X: Any,
    *,
    depth: int = 1,
    weight_variance: float = 2.0,
    bias_variance: float = 0.0,
) -> Array:
    """The neural tangent kernel between the rows of X, shape (rows, rows); see `nngp`.

    For weights that are standard normal and multiplied by sqrt(weight_variance / fan_in), biases
    likewise. Raises InputError for functions that jump, too. Source: Jacot et al. 2018
    (arXiv:1806.07572).
    """
    if get(activation).properties.jumps:
        raise InputError("no_tangent_kernel", name=get(activation).name)
    return _kernels(activation, X, depth, weight_variance, bias_variance)[1]


def _kernels(
    activation: str | Activation, X: Any, depth: int, weights: float, biases: float
) -> tuple[Array, Array]:
    f = nonlinearity(activation, "nngp")
    w = number("weight_variance", weights, 0, open_below=True)
    b = number("bias_variance", biases, 0)
    homogeneous = get(activation).properties.homogeneous
    rows = _rows(X)
    kernel = w * rows @ rows.T / rows.shape[1] + b
    tangent = kernel.copy()
    for _ in range(integer("depth", depth, 1)):
        values, slopes = _duals(f, kernel, homogeneous, get(activation).name)
        kernel = w * values + b
        tangent = kernel + w * tangent * slopes
    return kernel, tangent


def _rows(X: Any) -> Array:
    try:
        rows = np.asarray(X, np.float64)
    except (TypeError, ValueError):  # text, or rows of different lengths
        raise InputError("kernel_rows", shape=_shape(X)) from None
    if rows.ndim != 2 or not rows.size or not np.isfinite(rows).all():
        raise InputError("kernel_rows", shape=rows.shape)
    return rows


def _shape(X: Any) -> tuple[int, ...]:
    try:
        return np.shape(X)
    except ValueError:
        return (len(X),)


def _duals(f: Nonlinearity, kernel: Array, homogeneous: bool, name: str) -> tuple[Array, Array]:
    """Both duals for every pair of rows: by one table where one length, or any, is enough."""
    lengths = np.diag(kernel)
    if homogeneous:
        sizes = np.where(lengths > 0, lengths, 1.0)  # a row of zeros stays one
        values, slopes = _of_one_length(dual(f, 1.0), kernel, sizes)
        return values * np.sqrt(np.outer(lengths, lengths)), slopes
    for q in (lengths.min(), lengths.max()):
        if q > 0 and not math.isfinite(sum(second_moments(f, float(q)))):
            raise InputError("kernel_moments", name=name, q=f"{q:g}")
    if lengths.max() - lengths.min() > SAME_LENGTH * lengths.max() or lengths.min() == 0:
        return duals(f, kernel)
    return _of_one_length(dual(f, float(lengths.mean())), kernel, lengths)


def _of_one_length(table: Dual, kernel: Array, lengths: Array) -> tuple[Array, Array]:
    """From the correlations; each pair is computed once."""
    above = np.triu_indices(len(kernel))
    correlations = kernel[above] / np.sqrt(lengths[above[0]] * lengths[above[1]])
    full = []
    for part in table(correlations):
        square = np.empty_like(kernel)
        square[above] = part
        square.T[above] = part
        full.append(square)
    return full[0], full[1]
