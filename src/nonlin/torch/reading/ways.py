"""The ways between layers: what feeds a tensor, shortcuts around branches, gates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from nonlin.torch.reading import operators as ops
from nonlin.torch.reading.flow import Flow
from nonlin.torch.reading.regions import Regions

PARTS = ops.PARTS | {"index", "index_select"}
OPENING = ("sigmoid", "hard_sigmoid", "softmax")  # functions between 0 and 1
GATED = {  # what a gate is called by the function that it goes through
    "sigmoid": "glu",
    "identity": "bilinear",
    "relu": "reglu",
    "gelu": "geglu",
    "gelu_tanh": "geglu",
    "silu": "swiglu",
}


@dataclass(frozen=True, slots=True)
class Source:
    """What feeds a tensor: the name of an activation, or a word such as "norm" or "input"."""

    word: str
    node: int


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A sum of a branch and a way around it: the nodes that are added."""

    sum: int
    branch: int
    around: int


class Ways:
    """A record, read as layers and what lies between them."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.regions = Regions(flow)
        self._input: dict[int, bool] = {}

    @cached_property
    def shortcuts(self) -> dict[int, Shortcut]:
        """Every residual sum."""
        sums = [node.index for node in self.flow.nodes if self.flow.kind(node.index) == "sum"]
        found = [self._shortcut(index) for index in sums]
        return {each.sum: each for each in found if each is not None}

    @cached_property
    def branch_layers(self) -> dict[int, int]:
        """The last layers of each branch, with the sum that they go into."""
        return {layer: each.sum for each in self.shortcuts.values() for layer in self._last(each)}

    @cached_property
    def stream_lengths(self) -> dict[int, int]:
        """Of each residual sum, how many lie on the same way around, without a norm between."""
        first: dict[int, int] = {}
        for index, each in sorted(self.shortcuts.items()):
            before = next((i for i in self._back(each.around, norms=False) if i in first), index)
            first[index] = first.get(before, index)
        counts = list(first.values())
        return {index: counts.count(start) for index, start in first.items()}

    def source(self, index: int) -> Source:
        """What feeds this tensor, seen through changes of shape, pooling and factors."""
        kind, data = self.flow.kind(index), self.flow.data_inputs(index)
        if kind in ("shape", "pool", "pass") and data:
            return self._joined([self.source(i) for i in data], index)
        if kind == "unary":
            return self._activation(index)
        if kind == "sum":
            return Source("residual" if index in self.shortcuts else "sum", index)
        if kind == "product":
            return Source(self.gate(index), index)
        if kind == "layer":
            return Source(_layer(self.flow.nodes[index].name), index)
        if kind in ("constant", "weight"):
            return Source("input" if self._from_input(index) else "constant", index)
        words = {"mix": "attention", "softmax": "softmax", "norm": "norm", "input": "input"}
        if kind == "softmax":
            return Source(ops.row_name(self.flow.nodes[index]), index)
        return Source(words.get(kind, "unknown"), index)

    def gate(self, index: int) -> str:
        """The name of a product of two ways: of the catalogue, or that of its functions."""
        data, node = self.flow.data_inputs(index), self.flow.nodes[index]
        if node.name != "mul":
            return node.name  # "glu", or a gated pair of ours
        larger_first = sorted(data, key=lambda i: -math.prod(self.flow.nodes[i].shape))
        names = [self.function(i) for i in larger_first]
        if sorted(names) == ["sigmoid", "tanh"]:
            return "gtu"
        sizes = {self.flow.nodes[i].shape for i in data}
        if len(data) == 2 and "identity" in names and len(sizes) == 1:
            names.remove("identity")
            return GATED.get(names[0], names[0] or "?")
        return " * ".join(name or "?" for name in names if name != "identity") or "bilinear"

    def function(self, index: int) -> str:
        """The name of the element-wise function that ends here, seen through changes of shape."""
        while self.flow.kind(index) == "shape" and len(self.flow.data_inputs(index)) == 1:
            index = self.flow.data_inputs(index)[0]
        if self.flow.kind(index) != "unary":
            return "identity"
        shape = self.regions.shape(index)
        if shape is not None and shape.straight:
            return self.function(self.flow.places[index].root)
        return "" if shape is None else shape.name

    def _activation(self, index: int) -> Source:
        shape, root = self.regions.shape(index), self.flow.places[index].root
        if shape is not None and shape.straight:
            return self.source(root)
        word = "unknown" if shape is None else shape.name or "unnamed"
        return Source(word, index)

    def _joined(self, sources: list[Source], index: int) -> Source:
        words = list(dict.fromkeys(each.word for each in sources))
        words = [word for word in words if word != "constant"] or words
        if len(words) == 1:
            return sources[0]
        return Source(", ".join(words), index)

    def _from_input(self, index: int) -> bool:
        """Is it computed from what the model is given, its shape aside?"""
        if index not in self._input:
            node = self.flow.nodes[index]
            inputs = () if node.name in ops.MADE else node.inputs
            self._input[index] = node.leaf == "input" or any(map(self._from_input, inputs))
        return self._input[index]

    def _shortcut(self, index: int) -> Shortcut | None:
        data = self.flow.data_inputs(index)
        if len(data) != 2:
            return None
        around = [self._layers_around(a, b) for a, b in (data, data[::-1])]
        exclusive = [self._exclusive(a, b) for a, b in (data, data[::-1])]
        for place, cost in enumerate(around):
            if cost is not None and cost < exclusive[1 - place]:
                return Shortcut(index, data[1 - place], data[place])
        return None

    def _layers_around(self, way: int, other: int) -> int | None:
        """Layers on the way back from `way` to something that `other` depends on, too: 0 or 1."""
        layers = 0
        for index in self._back(way, layers=1):
            if self.flow.ancestors[other] >> index & 1:
                return layers
            layers += self.flow.kind(index) == "layer"
        return None

    def _back(self, index: int, layers: int = 0, norms: bool = True) -> list[int]:
        """The nodes on the way back, as long as it is one way, through `layers` layers."""
        path = [index]
        passing = {"unary", "pool", "shape", "pass"} | ({"norm"} if norms else set())
        while True:
            node, kind = self.flow.nodes[index], self.flow.kind(index)
            data = self.flow.data_inputs(index)
            if kind == "layer" and layers > 0 and len(data) == 1:
                layers -= 1
            elif kind not in passing or len(data) != 1 or node.name in PARTS:
                if kind != "unary":
                    return path
                data = (self.flow.places[index].root,)
            index = data[0]
            path.append(index)

    def _exclusive(self, way: int, other: int) -> int:
        """Layers that `way` depends on and `other` does not."""
        mine = self.flow.ancestors[way] & ~self.flow.ancestors[other]
        return (mine & self._all_layers).bit_count()

    @cached_property
    def _all_layers(self) -> int:
        return sum(1 << node.index for node in self.flow.nodes if self._is_layer(node.index))

    def _is_layer(self, index: int) -> bool:
        return self.flow.kind(index) == "layer"

    def _last(self, shortcut: Shortcut) -> list[int]:
        """The layers of the branch behind which there is no other layer."""
        found, waiting, seen = [], [shortcut.branch], set()
        common = self.flow.ancestors[shortcut.around]
        while waiting:
            index = waiting.pop()
            if index in seen or common >> index & 1:
                continue
            seen.add(index)
            if self._is_layer(index):
                found.append(index)
            elif self.flow.kind(index) != "softmax":
                waiting += self._carrying(index)
        return found

    def _carrying(self, index: int) -> tuple[int, ...]:
        """What a node gets its numbers from: of a product not what opens and closes a gate."""
        data = self.flow.data_inputs(index)
        if self.flow.kind(index) != "product":
            return data
        return tuple(i for i in data if self.function(i) not in OPENING) or data


def _layer(name: str) -> str:
    if name in ops.EMBEDDINGS:
        return "embedding"
    return name.removesuffix("_cell") if name in ops.RECURRENT else "identity"
