"""Run contenders over inputs and count their errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from nonlin.audit.inputs import BLOCK, halves, narrowed
from nonlin.audit.tally import BFLOAT16, FLOAT16, FLOAT32, NOWHERE, Array, Format, Tally
from nonlin.audit.truth import zeros
from ulp import peers
from ulp.truth import ORDERS, truth

PRECISIONS = ("fast", "exact")
PIECE = 1 << 26  # bit patterns between two savings
PIECES = (1 << 32) // PIECE
HALVES = (FLOAT16, BFLOAT16)
SECOND = 4  # every fourth of them for the second derivative, whose truth is slow

Tallies = dict[str, Tally]


def compute(activation: Any, x: Array, order: int, precision: str) -> Array:
    """Our result, widened to float32."""
    if order == 0:
        got = activation(x, precision=precision)
    else:
        got = activation.derivative(x, order, precision=precision)
    return got.astype(np.float32, copy=False)


def sampled(activation: Any, x: Array) -> dict[str, Tallies]:
    """By contender and order: ours to the second derivative, peers to the first."""
    found: dict[str, Tallies] = {name: {} for name in PRECISIONS}
    trues = [truth(activation, x, order) for order in (0, 1)]
    for order, label in enumerate(ORDERS):
        at = x if order < 2 else x[::SECOND]
        true = trues[order] if order < 2 else truth(activation, at, order)
        for precision in PRECISIONS:
            got = compute(activation, at, order, precision)
            found[precision][label] = _counted(FLOAT32, at, got, true, zeros(activation, order))
    return found | _peers(activation, x, trues, FLOAT32)


def half(activation: Any, kind: Format) -> dict[str, Tallies]:
    """By contender and order, on all inputs of 16 bits; nothing is excused around zeros."""
    x = halves(kind)
    narrow = narrowed(x, kind.name)
    found: dict[str, Tallies] = {name: {} for name in PRECISIONS}
    trues = [truth(activation, x, order, "exact") for order in range(len(ORDERS))]
    for order, label in enumerate(ORDERS):
        for precision in PRECISIONS:
            got = compute(activation, narrow, order, precision)
            found[precision][label] = _counted(kind, x, got, trues[order])
    return found | _peers(activation, x, trues, kind)


def _counted(kind: Format, x: Array, got: Array, true: Array, around: Array = NOWHERE) -> Tally:
    tally = Tally(kind)
    tally.add(x, got, true, around)
    return tally


def _peers(activation: Any, x: Array, trues: Sequence[Array], kind: Format) -> dict[str, Tallies]:
    found = {}
    around = zeros(activation, 1) if kind is FLOAT32 else NOWHERE
    for peer in peers.PEERS:
        if not peers.knows(peer, activation.name):
            continue
        value, slope = peers.run(peer, activation.name, x, kind.name)
        found[peer] = {
            "value": _counted(kind, x, value, trues[0]),
            "derivative": _counted(
                kind, x, slope, _excused(activation, x, trues[1], slope), around
            ),
        }
    return found


def _excused(activation: Any, x: Array, true: Array, slope: Array) -> Array:
    """The true slopes; a peer's own at kinks and at NaN, where they are a convention."""
    return np.where(np.isin(x, np.float32(activation.kinks)) | np.isnan(x), slope, true)


def piece(
    activation: Any, contenders: Sequence[str], number: int, threads: int
) -> dict[str, Tallies]:
    """All float32 bit patterns of a piece: value and first derivative of each contender."""
    starts = range(number * PIECE, (number + 1) * PIECE, BLOCK)
    if threads == 1:
        return _share(activation, contenders, starts)
    with ThreadPoolExecutor(threads) as pool:
        shares = [
            pool.submit(_share, activation, contenders, starts[i::threads]) for i in range(threads)
        ]
        first, *others = [share.result() for share in shares]
    for other in others:
        merge(first, other)
    return first


def merge(into: dict[str, Tallies], other: dict[str, Tallies]) -> None:
    """Add up, contender by contender."""
    for contender, tallies in other.items():
        for label, tally in tallies.items():
            into[contender][label].merge(tally)


def _share(activation: Any, contenders: Sequence[str], starts: Sequence[int]) -> dict[str, Tallies]:
    """Chunk by chunk, in arrays that are used again and again."""
    found = {name: {label: Tally(FLOAT32) for label in ORDERS[:2]} for name in contenders}
    pattern, wide = np.arange(BLOCK, dtype=np.uint32), np.empty(BLOCK)
    bits, true = np.empty_like(pattern), (np.empty(BLOCK), np.empty(BLOCK))
    x = bits.view(np.float32)
    runs = {name: _runner(activation, name, x) for name in contenders}
    around = zeros(activation, 1)
    with np.errstate(all="ignore"):
        for start in starts:
            np.add(pattern, np.uint32(start), out=bits)
            np.copyto(wide, x)
            activation.value_and_derivative(wide, out=true)
            near = _overlapping(around, x)
            for name, tallies in found.items():
                value, slope = runs[name]()
                known = name in PRECISIONS
                slopes = true[1] if known else _excused(activation, x, true[1], slope)
                tallies["value"].add(x, value, true[0])
                tallies["derivative"].add(x, slope, slopes, near)
    return found


def _runner(activation: Any, contender: str, x: Array) -> Callable[[], Any]:
    if contender not in PRECISIONS:
        return lambda: peers.run(contender, activation.name, x)
    out = np.empty_like(x), np.empty_like(x)
    return lambda: activation.value_and_derivative(x, precision=contender, out=out)


def _overlapping(around: Array, x: Array) -> Array:
    """The intervals that concern a chunk: its numbers have one sign, and lie in a row."""
    low, high = min(x[0], x[-1]), max(x[0], x[-1])
    return around[(around[:, 0] <= high) & (around[:, 1] >= low)]
