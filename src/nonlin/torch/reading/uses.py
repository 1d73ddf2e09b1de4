"""Every use of a weight in a record: which layer it is, how many inputs and outputs it joins."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from nonlin.torch.reading import operators as ops
from nonlin.torch.reading.flow import Flow
from nonlin.torch.reading.record import Node, Ref

INWARD = re.compile(r"weight_ih(_l0)?(_reverse)?$")  # what the whole layer is given
WHOLE = {"t", "transpose", "view", "reshape", "permute", "_unsafe_view", "detach", "alias"}
WHOLE |= {"unsqueeze", "squeeze", "expand", "clone", "_to_copy"}


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """One product of data with a weight.

    operation: "linear", "convolution", "transposed_convolution", "embedding", "recurrent".
    weight, data, bias: nodes; bias is -1 if there is none, data too if it is a constant.
    parameters: the parameters that the weight is made of. whole: it is one parameter, or a part
    of one, in whatever order, and not computed from it. share: of the window of a convolution
    that lies on its input and not on zeros around it, on average.
    """

    node: int
    operation: str
    weight: int
    data: int
    bias: int
    parameters: tuple[str, ...]
    whole: bool
    fan_in: int
    fan_out: int
    share: float = 1.0


def uses(flow: Flow) -> Iterator[Use]:
    """Every use of a weight, in the order of the pass."""
    for node in flow.nodes:
        if flow.kind(node.index) == "layer" and node.output == 0:
            yield from _uses(flow, node)


def _uses(flow: Flow, node: Node) -> Iterator[Use]:
    if node.name in ops.CONVOLUTIONS:
        yield _convolution(flow, node)
    elif node.name in ops.EMBEDDINGS:
        yield _embedding(flow, node)
    elif node.name in ops.RECURRENT:
        yield from _recurrent(flow, node)
    else:
        yield _linear(flow, node)


def _linear(flow: Flow, node: Node) -> Use:
    places = ops.PRODUCTS[node.name]
    data, weight = _node(node, places.data), _node(node, places.weight)
    bias = _node(node, 2 if node.name.endswith("linear") else 0)
    swapped = flow.kind(weight) != "weight"  # a weight times data, and not the other way round
    if swapped:
        data, weight = weight, data
    shape = flow.nodes[weight].shape
    rows, columns = shape[-2:] if len(shape) > 1 else (shape[-1], 1)
    if swapped or node.name.endswith("linear"):
        rows, columns = columns, rows
    bias = bias if bias not in (data, weight) else -1
    return _use(flow, node, "linear", (weight, data, bias), (rows, columns))


def _convolution(flow: Flow, node: Node) -> Use:
    data, weight, bias = (_node(node, place) for place in range(3))
    shape = flow.nodes[weight].shape
    window = math.prod(shape[2:])
    groups = _argument(node, 8, "groups", 1)
    if not _argument(node, 6, "transposed", False):
        fans = shape[1] * window, shape[0] // groups * window
        found = _use(flow, node, "convolution", (weight, data, bias), fans)
        return replace(found, share=_share(flow, node, data, shape[2:]))
    stride = node.arguments[3]
    steps = math.prod(stride) if len(stride) > 1 else stride[0] ** (len(shape) - 2)
    fan_in = max(1, round(shape[0] // groups * window / steps))
    places = (weight, data, bias)
    return _use(flow, node, "transposed_convolution", places, (fan_in, shape[1] * window))


def _share(flow: Flow, node: Node, data: int, window: tuple[int, ...]) -> float:
    """Of the products of a convolution that meet a number of its input."""
    options = zip(*(_each(node.arguments[place], len(window)) for place in (3, 4, 5)), strict=True)
    lengths = flow.nodes[data].shape[-len(window) :]
    share = 1.0
    for size, length, (stride, padding, dilation) in zip(window, lengths, options, strict=True):
        count = (length + 2 * padding - dilation * (size - 1) - 1) // stride + 1
        places = range(-padding, -padding + count * stride, stride)
        inside = sum(
            0 <= start + dilation * tap < length for start in places for tap in range(size)
        )
        share *= inside / max(1, count * size)
    return share


def _each(given: Any, dimensions: int) -> list[int]:
    """Strides, paddings, ...: one number stands for all dimensions."""
    numbers = [int(each) for each in given]
    return numbers * dimensions if len(numbers) == 1 else numbers


def _embedding(flow: Flow, node: Node) -> Use:
    weight, data = _node(node, 0), _node(node, 1)
    return _use(flow, node, "embedding", (weight, data, -1), (1, flow.nodes[weight].shape[-1]))


def _recurrent(flow: Flow, node: Node) -> Iterator[Use]:
    """One for each matrix; the second dimension is that of what comes in."""
    data = node.inputs[0]
    gates = {"lstm": 4, "gru": 3}.get(node.name.removesuffix("_cell"), 1)
    for index in node.inputs:
        shape = flow.nodes[index].shape
        if flow.kind(index) == "weight" and len(shape) == 2:
            own = not INWARD.search(flow.nodes[index].label)
            places = (index, node.index if own else data, -1)
            fans = (shape[1], max(1, shape[0] // gates))
            yield _use(flow, node, "recurrent", places, fans)


def _use(
    flow: Flow, node: Node, operation: str, places: tuple[int, int, int], fans: tuple[int, int]
) -> Use:
    weight, data, bias = places
    parameters, whole = _made_of(flow, weight)
    return Use(node.index, operation, weight, data, bias, parameters, whole, *fans)


def _made_of(flow: Flow, weight: int) -> tuple[tuple[str, ...], bool]:
    """The parameters that a weight is computed from, and whether it is simply one of them."""
    found: dict[str, None] = {}
    waiting, seen, whole = [weight], set(), True
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        node = flow.nodes[index]
        if node.leaf == "parameter":
            found[node.label] = None
        elif not node.leaf:
            whole = whole and node.name in WHOLE | ops.PARTS
        waiting += node.inputs
    return tuple(reversed(found)), whole and len(found) == 1


def _node(node: Node, place: int) -> int:
    given = node.arguments[place] if place < len(node.arguments) else None
    return given.node if isinstance(given, Ref) else -1


def _argument(node: Node, place: int, name: str, default: int) -> int:
    if place < len(node.arguments):
        return int(node.arguments[place])
    return int((node.keywords or {}).get(name, default))
