"""An element-wise region of a record, run again on other numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils._pytree import tree_map_only

from nonlin.torch.reading import operators as ops
from nonlin.torch.reading.flow import Flow
from nonlin.torch.reading.record import Node, Ref

Array = NDArray[np.float64]
Function = Callable[[Array], Array]


def region(flow: Flow, end: int, start: int, root: int = -1) -> list[int] | None:
    """The steps from `start` to `end`, in order; None where the end needs other data as well.

    root: where the whole region begins, if `start` lies inside.
    """
    steps, waiting = set(), [end]
    while waiting:
        index = waiting.pop()
        if index == start or index in steps:
            continue
        if index == root or flow.kind(index) != "unary":
            return None
        steps.add(index)
        waiting += flow.data_inputs(index)
    return sorted(steps)


def signature(flow: Flow, steps: list[int], start: int) -> tuple[Any, ...] | None:
    """The same for regions that compute the same; None where a number in it is not known."""
    names = {start: "x"} | {index: str(place) for place, index in enumerate(steps)}

    def shown(given: Any) -> Any:
        if isinstance(given, Ref):
            return names.get(given.node) or _number(flow, given.node)
        return repr(given)

    try:
        return tuple(
            (node.name, node.output, *map(repr, _mapped(node, shown)))
            for node in (flow.nodes[index] for index in steps)
        )
    except LookupError:
        return None


def replayed(flow: Flow, steps: list[int], start: int) -> Function:
    """The region as a function of float64 numbers, with the parameters as they are now.

    A parameter that has many numbers counts with their mean.
    """
    numbers: dict[int, float] = {}
    for index in steps:
        for other in flow.nodes[index].inputs:
            if not flow.is_data(other):
                numbers[other] = _number(flow, other)

    def run(x: Array) -> Array:
        given = torch.from_numpy(np.array(x, np.float64))
        values = {index: given.new_tensor(value) for index, value in numbers.items()}
        values[start] = given
        with torch.no_grad():
            for index in steps:
                values[index] = _step(flow.nodes[index], values)
        return np.asarray(values[steps[-1]].expand_as(given).numpy(), np.float64)

    return run


def _step(node: Node, values: dict[int, torch.Tensor]) -> torch.Tensor:
    if node.name in ops.SAME:
        return values[node.inputs[0]]
    arguments, keywords = _mapped(node, lambda ref: values[ref.node])
    keywords = {name: each for name, each in keywords.items() if name not in ("device", "dtype")}
    arguments = _with_shape(node, arguments)
    operator = node.operator
    if operator.namespace == "aten":
        operator = getattr(torch.ops.aten, node.name)  # the one that writes nowhere
    result = operator(*arguments, **keywords)
    return result if isinstance(result, torch.Tensor) else result[node.output]


def _with_shape(node: Node, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """A parameter of PReLU must have one dimension; all others are a single number."""
    if node.name == "_prelu_kernel":
        return (arguments[0], arguments[1].reshape(()))
    return arguments


def _mapped(node: Node, change: Callable[[Any], Any]) -> Any:
    return tree_map_only(Ref, change, (node.arguments, node.keywords or {}))


def _number(flow: Flow, index: int) -> float:
    """The one number that a constant or parameter counts as. LookupError if it is not known."""
    node = flow.nodes[index]
    if node.value is not None and not node.value.is_meta and node.value.numel():
        return float(node.value.double().mean())
    if node.name in ops.EQUAL:
        return ops.EQUAL[node.name]
    if node.name in ops.MADE:
        return _filled(node)
    if node.operator is None or not node.inputs:
        raise LookupError(index)
    return _computed(flow, node)


def _filled(node: Node) -> float:
    given = [each for each in node.arguments if isinstance(each, int | float)]
    if ("full" not in node.name and node.name != "scalar_tensor") or not given:
        raise LookupError(node.index)
    return float(given[-1])


def _computed(flow: Flow, node: Node) -> float:
    """A number that was computed from constants."""
    if node.name in ops.SHAPES:
        return _number(flow, node.inputs[0])
    values = {i: torch.tensor(_number(flow, i), dtype=torch.float64) for i in node.inputs}
    try:
        return float(_step(node, values))
    except (RuntimeError, TypeError, AttributeError) as error:
        raise LookupError(node.index) from error
