"""How large signals are on their way through a model, after theory: mean squares."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from nonlin.catalogue import get
from nonlin.emit.numpy import compile_numpy
from nonlin.torch.reading import operators as ops
from nonlin.torch.reading.flow import Flow
from nonlin.torch.reading.uses import Use
from nonlin.torch.reading.ways import Ways

GATE_NODES = 60
# what comes out of recurrent layers of unit gain (forget gates open, weights of the state
# orthogonal) after 20 steps of normal inputs: simulated
RECURRENT = {"lstm": 0.05, "gru": 0.18, "rnn_tanh": 0.47, "rnn_relu": 0.9}


class Signal:
    """The mean square of every tensor of a model, from that of its inputs and of its layers.

    layer: the mean square of the output of a use of a weight, None if it is not known. What is
    summed or multiplied counts as independent, what enters an activation as normal with mean 0,
    pooling and attention as leaving the size as it is.
    """

    def __init__(
        self, ways: Ways, layer: Callable[[Use], float | None], uses: Sequence[Use]
    ) -> None:
        self.ways, self.flow = ways, ways.flow
        self._layer = layer
        self._uses: dict[int, list[Use]] = {}
        for use in uses:
            self._uses.setdefault(use.node, []).append(use)
        self._known: dict[int, float | None] = {}

    def second(self, index: int) -> float | None:
        """The mean square of a node; None if it is not known."""
        for each in sorted(self._before(index)):  # in order, so that nothing is called deeply
            if each not in self._known:
                self._known[each] = self._second(each)
        return self._known[index]

    def _before(self, index: int) -> set[int]:
        found, waiting = set(), [index]
        while waiting:
            one = waiting.pop()
            if one not in found and one not in self._known:
                found.add(one)
                place = self.flow.places[one]  # a region is one step
                waiting += (place.root,) if place.kind == "unary" else self.flow.nodes[one].inputs
        return found | {index}

    def _second(self, index: int) -> float | None:
        kind = self.flow.kind(index)
        data = [self._known.get(i) for i in self.flow.data_inputs(index)]
        if kind in ("constant", "weight", "input"):
            return self._given(index)
        if kind == "layer":
            return self._of_layer(index)
        if kind == "unary":
            return self._of_region(index)
        if kind == "norm":
            return self._scale(index)
        if kind == "softmax":
            return math.e / self.flow.nodes[index].shape[-1] ** 2  # exp of a standard normal
        if kind == "mix":
            return self._of_attention(index)
        if any(each is None for each in data) or not data:
            return None
        return self._joined(index, [each for each in data if each is not None])

    def _joined(self, index: int, data: list[float]) -> float | None:
        kind = self.flow.kind(index)
        if kind == "sum":
            return sum(data)
        if kind == "product":
            name = self.flow.nodes[index].name
            return math.prod(data) if name == "mul" else _pair(name, data[0])
        if kind in ("shape", "pool", "pass"):
            sizes = [math.prod(self.flow.nodes[i].shape) for i in self.flow.data_inputs(index)]
            return sum(a * b for a, b in zip(data, sizes, strict=True)) / max(1, sum(sizes))
        return None

    def _given(self, index: int) -> float | None:
        """Of inputs 1, if they were not measured; of constants as it is."""
        node = self.flow.nodes[index]
        if node.mean_square is not None:
            return node.mean_square
        if node.leaf == "input":
            return 1.0
        if node.value is not None and not node.value.is_meta and node.value.numel():
            return float(node.value.double().square().mean())
        if node.name in ops.SHAPES and node.inputs:
            return self._known.get(node.inputs[0])
        return 1.0 if not node.leaf else None

    def _of_layer(self, index: int) -> float | None:
        node = self.flow.nodes[index]
        if node.name in ops.RECURRENT:
            return node.mean_square or RECURRENT[node.name.removesuffix("_cell")]
        uses = self._uses.get(index, ())
        return self._layer(uses[0]) if uses else None

    def _of_region(self, index: int) -> float | None:
        root = self.flow.places[index].root
        before = self._known.get(root)
        shape = self.ways.regions.shape(index) if before is not None else None
        if shape is None or before is None or not before > 0:
            return None
        return shape.second(before)

    def _scale(self, index: int) -> float:
        """A norm makes it 1, times the mean square of its weights."""
        node = self.flow.nodes[index]
        weights = [self.flow.nodes[i] for i in node.inputs if self.flow.nodes[i].leaf]
        given = [w for w in weights if w.leaf == "parameter" and w.value is not None]
        squares = [float(w.value.double().square().mean()) for w in given if w.value is not None]
        if not squares or any(w.value is None or w.value.is_meta for w in given):
            return 1.0
        return sum(squares[:2])

    def _of_attention(self, index: int) -> float | None:
        """What attention mixes keeps its size; scores are products of rows."""
        node = self.flow.nodes[index]
        data = self.flow.data_inputs(index)
        if node.name in ops.ATTENTION:
            return self._known.get(node.inputs[2])
        mixed = [i for i in data if not self._comes_from_softmax(i)]
        if len(mixed) == 1 < len(data):
            return self._known.get(mixed[0])
        seconds = [self._known.get(i) for i in data]
        if any(each is None for each in seconds):
            return None
        inner = self.flow.nodes[node.inputs[0]].shape[-1]
        return inner * math.prod(each for each in seconds if each is not None)

    def _comes_from_softmax(self, index: int) -> bool:
        return self.flow.kind(self.ways.source(index).node) == "softmax"


def from_weights(flow: Flow, signal: Callable[[int], float | None], use: Use) -> float | None:
    """The mean square of a layer's output, from its weights as they are now."""
    weight = _mean_square(flow, use.weight)
    if weight is None:
        return None
    if use.operation == "embedding":
        return weight
    before = signal(use.data)
    bias = 0.0 if use.bias < 0 else _mean_square(flow, use.bias) or 0.0
    return None if before is None else weight * use.fan_in * use.share * before + bias


def _mean_square(flow: Flow, index: int) -> float | None:
    """Of a weight: the one that was measured, or that of the only parameter it is made of."""
    node = flow.nodes[index]
    if node.mean_square is not None:
        return node.mean_square
    if node.value is not None:
        return None if node.value.is_meta else float(node.value.double().square().mean())
    inputs = [i for i in node.inputs if flow.kind(i) == "weight"]
    return _mean_square(flow, inputs[0]) if node.name in ops.SHAPES and len(inputs) == 1 else None


def _pair(name: str, variance: float) -> float:
    """The mean square of a gated pair of halves, both normal of this variance."""
    pair = get(name)
    nodes, weights = np.polynomial.hermite_e.hermegauss(GATE_NODES)
    value, gate = np.meshgrid(math.sqrt(variance) * nodes, math.sqrt(variance) * nodes)
    values = compile_numpy(pair.graph, "x", "value")(gate, value)
    weight = np.outer(weights, weights) / weights.sum() ** 2
    return float((values**2 * weight).sum())
