"""E[f(u) f(v)] and E[f'(u) f'(v)] for normal u, v, by quadrature in the plane between kinks."""

from __future__ import annotations

import math

import numpy as np

from nonlin.gaussian_moments.nonlinearity import Nonlinearity, derivatives_of
from nonlin.gaussian_moments.quadrature import Array, rule

WIDTH = 1.25
POINTS = 10
FARTHEST = 37.0  # standard deviations: the density is 0 beyond


def expect_pairs(
    f: Nonlinearity, stds: tuple[float, ...], angle: float, reach: float, points: int = POINTS
) -> Array:
    """Both, of shape (2, stds, stds), for u and v of these deviations and correlation cos(angle).

    With u = std (a y + d w), v = other_std (a y - d w) and y, w independent, both integrals are
    split where a kink is met: the inner one where u or v is at it, the outer one where both are.
    Beyond a right angle v is mirrored, so that d never exceeds a. Half of the plane is enough, as
    the other one has u and v exchanged.
    """
    mirror = angle > np.pi / 2
    half = (np.pi - angle) / 2 if mirror else angle / 2
    a, d = math.cos(half), math.sin(half)
    kinks = np.unique(np.outer(1 / np.array(stds), f.breaks))
    opposite = -kinks if mirror else kinks
    crossings = (kinks[:, None] - opposite).ravel() / (2 * max(d, 1e-300))
    crossings = np.append(crossings, _scales(d * max(stds), reach))
    w, outer = _nodes(_panels(crossings[None, :], -reach if mirror else 0.0, reach), points)
    lines = np.append(kinks, _scales(max(stds), reach))
    lines = np.concatenate([lines - d * w.T, (-lines if mirror else lines) + d * w.T], axis=1)
    y, inner = _nodes(_panels(lines / a, 0.0 if mirror else -reach, reach), points)
    u, v = (a * y + d * w.T).ravel(), (a * y - d * w.T).ravel()
    evaluate, sizes = derivatives_of(f.root, 1), np.array(stds)[:, None]
    first = evaluate(sizes * u) * (inner * outer.T).ravel()
    second = evaluate(sizes * (-v if mirror else v))
    found = np.einsum("kan,kbn->kab", first, second)
    return np.asarray(found + found.swapaxes(1, 2))


def beyond(f: Nonlinearity, std: float, reach: float) -> Array:
    """What u beyond so many standard deviations adds to E[f(u)^2] and E[f'(u)^2]."""
    edges = np.arange(reach, FARTHEST + WIDTH, WIDTH)
    z, weights = _nodes(np.stack([edges[:-1], edges[1:]], axis=1), POINTS)
    with np.errstate(all="ignore"):
        sizes = np.square(derivatives_of(f.root, 1)(std * np.stack([z, -z])))
    return np.asarray((sizes * weights).sum(axis=(1, 2, 3)))


def _scales(std: float, reach: float) -> Array:
    """Where f(std z) may change although the density hardly does: at x = 0, +-1, +-2, +-4, ..."""
    if std <= 1:
        return np.array([])
    powers = 2.0 ** np.arange(0, math.log2(reach * std)) / std
    return np.concatenate([-powers, [0.0], powers])


def _panels(extra: Array, low: float, high: float) -> Array:
    """Edges of the panels in each row: regular ones, and those extra ones that are in reach.

    Panels that have no width in any row are left out.
    """
    regular = np.linspace(low, high, math.ceil((high - low) / WIDTH) + 1)
    rows = np.broadcast_to(regular, (len(extra), len(regular)))
    edges = np.sort(np.concatenate([rows, np.clip(extra, low, high)], axis=1), axis=1)
    wide = (np.diff(edges, axis=1) > 0).any(axis=0)
    found: Array = edges[:, np.append(True, wide)]
    return found


def _nodes(edges: Array, points: int) -> tuple[Array, Array]:
    """Nodes of every row, and their weights under the normal density."""
    nodes, weights = rule(points)
    half = np.diff(edges, axis=1)[:, :, None] / 2
    places = (edges[:, 1:] + edges[:, :-1])[:, :, None] / 2 + half * nodes
    density = np.exp(-places * places / 2) / math.sqrt(2 * math.pi) * half * weights
    return places.reshape(len(edges), -1), density.reshape(len(edges), -1)
