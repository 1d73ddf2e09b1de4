"""What follows on a layer: the way forward to the next thing that is not a change of shape."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nonlin.torch.reading import operators as ops
from nonlin.torch.reading.ways import OPENING, Ways


@dataclass(frozen=True, slots=True)
class Next:
    """Something that follows: its word, the gate it is part of, and whether a norm lies between."""

    word: str
    gated: str = ""
    normed: bool = False


def follows(ways: Ways, index: int) -> tuple[Next, ...]:
    """Everything that a tensor goes to, each once, in order."""
    return tuple(dict.fromkeys(_follows(ways, index, set())))


def _follows(ways: Ways, index: int, seen: set[int]) -> Iterator[Next]:
    flow = ways.flow
    if index in seen:
        return
    seen.add(index)
    if index in flow.outputs:
        yield Next("output")
    for end in ways.regions.ends.get(index, ()):
        yield from _region(ways, end, seen)
    for consumer in flow.consumers[index]:
        if flow.kind(consumer) != "unary":
            yield from _step(ways, index, consumer, seen)


def _region(ways: Ways, end: int, seen: set[int]) -> Iterator[Next]:
    shape = ways.regions.shape(end)
    if shape is not None and shape.straight:
        yield from _follows(ways, end, seen)
        return
    word = "unknown" if shape is None else shape.name or "unnamed"
    gate = next(_gates(ways, end), None)
    if gate is None:
        yield Next(word)
    elif _is_larger(ways, end, gate) or _opens(ways, end, gate):
        yield Next(word, "value")
    else:
        yield Next(ways.gate(gate), "gate")


def _gates(ways: Ways, index: int) -> Iterator[int]:
    """Products that a tensor goes into."""
    for consumer in ways.flow.consumers[index]:
        kind = ways.flow.kind(consumer)
        if kind == "product":
            yield consumer
        elif kind == "shape":
            yield from _gates(ways, consumer)


def _opens(ways: Ways, end: int, product: int) -> bool:
    """Does something between 0 and 1 stand beside it that it is not itself?"""
    functions = [ways.function(i) for i in ways.flow.data_inputs(product)]
    return ways.function(end) not in OPENING and any(each in OPENING for each in functions)


def _is_larger(ways: Ways, index: int, product: int) -> bool:
    """Has it more numbers than what it is multiplied by? Then that one is the gate."""
    sizes = [math.prod(ways.flow.nodes[i].shape) for i in ways.flow.data_inputs(product)]
    return math.prod(ways.flow.nodes[index].shape) > min(sizes)


def _step(ways: Ways, index: int, consumer: int, seen: set[int]) -> Iterator[Next]:
    flow, node = ways.flow, ways.flow.nodes[consumer]
    kind = flow.kind(consumer)
    if kind == "norm" and node.output == 0:
        yield from (replace(each, normed=True) for each in _follows(ways, consumer, seen))
    elif consumer in ways.shortcuts:
        yield Next("residual")
    elif kind in ("shape", "pool", "pass", "sum"):
        yield from _follows(ways, consumer, seen)
    elif kind == "product":
        yield Next(ways.gate(consumer), _side(ways, index, consumer))
    elif kind == "layer":
        recurrent = node.name in ops.RECURRENT
        yield Next(node.name.removesuffix("_cell") if recurrent else "identity")
    elif kind == "softmax":
        yield Next(ops.row_name(node))
    elif kind != "norm":
        yield Next("attention" if kind == "mix" else "unknown")


def _side(ways: Ways, index: int, product: int) -> str:
    """Of a product: of one tensor it takes both halves; the smaller of two is the gate."""
    if len(ways.flow.data_inputs(product)) == 1:
        return "both"
    plain = all(ways.function(i) == "identity" for i in ways.flow.data_inputs(product))
    smaller = plain and not _is_larger(ways, index, product)
    return "gate" if smaller and ways.flow.data_inputs(product)[-1] == index else "value"
