"""Where numbers come from in a record: element-wise regions, and where two ways meet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch

from nonlin.torch.reading import operators as ops
from nonlin.torch.reading.record import Node, Ref


@dataclass(frozen=True, slots=True)
class Place:
    """What a node is on the way of the data.

    kind: "input", "constant" or "weight" (made of parameters only) where there is no data;
    "unary" (an element-wise function of `root`), "norm", "sum", "product", "pass" (data and
    constants that differ from place to place), "layer", "mix" (a product of data with data),
    "softmax", "shape", "pool", "other". statistic: the node of whose numbers it is a mean, a
    largest, ..., or -1.
    """

    kind: str
    root: int
    statistic: int = -1


DATA = {"unary", "norm", "sum", "product", "pass", "layer", "mix", "softmax", "shape", "pool"}
DATA |= {"other", "input"}


@dataclass(frozen=True, eq=False)
class Flow:
    """A record, read: the place of every node, who uses it, and what it depends on."""

    nodes: Sequence[Node]
    outputs: tuple[int, ...]
    places: list[Place] = field(default_factory=list)

    @cached_property
    def consumers(self) -> list[list[int]]:
        """The nodes that use each node."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for node in self.nodes:
            for index in dict.fromkeys(node.inputs):
                found[index].append(node.index)
        return found

    @cached_property
    def ancestors(self) -> list[int]:
        """Of each node the data nodes that it depends on and itself, as bits of a number."""
        found: list[int] = []
        for node in self.nodes:
            own = 1 << node.index if self.is_data(node.index) else 0
            for index in node.inputs:
                own |= found[index] if self.is_data(index) else 0
            found.append(own)
        return found

    def is_data(self, index: int) -> bool:
        """Does it hold what the model computes from its input?"""
        return self.places[index].kind in DATA

    def kind(self, index: int) -> str:
        """The kind of a node's place."""
        return self.places[index].kind

    def data_inputs(self, index: int) -> tuple[int, ...]:
        """The inputs of a node that are data, each once."""
        return tuple(dict.fromkeys(i for i in self.nodes[index].inputs if self.is_data(i)))

    def is_end(self, index: int) -> bool:
        """Is it the end of an element-wise region: used by something else, or given back?"""
        if self.kind(index) != "unary" or self.only_for_norms >> index & 1:
            return False
        inside = [c for c in self.consumers[index] if self._continues(c, index)]
        return index in self.outputs or not inside or len(inside) < len(self.consumers[index])

    @cached_property
    def only_for_norms(self) -> int:
        """The nodes from which nothing but the statistics of a norm are computed, as bits."""
        found = 0
        for node in reversed(self.nodes):
            index = node.index
            users = [c for c in self.consumers[index] if not found >> c & 1]
            summed = self.places[index].statistic >= 0
            norms = summed and all(self._is_written_norm(each) for each in users)
            if (norms or not users) and self.consumers[index] and index not in self.outputs:
                found |= 1 << index
        return found

    def _is_written_norm(self, index: int) -> bool:
        return self.kind(index) == "norm" and self.nodes[index].name not in ops.NORMS

    def _continues(self, consumer: int, index: int) -> bool:
        place = self.places[consumer]
        return place.kind == "unary" and place.root == self.places[index].root


def flow(nodes: Sequence[Node], outputs: tuple[int, ...]) -> Flow:
    """The record, read twice: a region ends where something else uses what it computed."""
    first = Flow(nodes, outputs)
    _read(first, set())
    second = Flow(nodes, outputs)
    _read(second, {node.index for node in nodes if first.is_end(node.index)}, first.places)
    return second


def _read(found: Flow, cut: set[int], before: Sequence[Place] = ()) -> None:
    for node in found.nodes:
        found.places.append(_place(found, node, cut, before))


def _place(found: Flow, node: Node, cut: set[int], before: Sequence[Place]) -> Place:
    index = node.index
    if node.leaf:
        return Place(_leaf(node), index)
    kind = _computed(found, node)
    if kind in ("weight", "constant", "input"):
        return Place(kind, index)
    if kind in ("pool", "shape"):
        return Place(kind, index, _statistic(found, node))
    if kind != "pointwise":
        return Place(kind, index)
    return _pointwise(found, node, cut, before)


def _leaf(node: Node) -> str:
    if node.leaf == "parameter":
        return "weight"
    return "input" if node.leaf == "input" and node.dtype.is_floating_point else "constant"


def _computed(found: Flow, node: Node) -> str:
    """What an operator is for, before element-wise regions are looked at."""
    kinds = {found.kind(index) for index in node.inputs}
    name = node.name
    if name in ops.EMBEDDINGS or name in ops.RECURRENT or name in ops.CONVOLUTIONS:
        return "layer"
    if name in ops.PRODUCTS:
        return _product(found, node)
    if name in ops.MADE:
        return "constant"
    if not kinds & DATA:
        return "weight" if "weight" in kinds else "constant"
    if name in ops.ATTENTION:
        return "mix"
    if name in ops.SOFTMAX or ops.own_kind(node) == "rowwise":
        return "softmax"
    if name in ops.NORMS:
        return "norm"
    if ops.is_pointwise(node):
        return "pointwise"
    counts = node.dtype in (torch.int64, torch.int32)  # places of numbers, and no numbers
    return "constant" if counts else _rest(node)


def _rest(node: Node) -> str:
    name = node.name
    if name in ops.SHAPES:
        return "shape"
    if name in ops.POOLS or name in ops.REDUCTIONS:
        return "pool"
    gated = name in ops.GATES or ops.own_kind(node) == "gated"
    return "product" if gated else "other"


def _product(found: Flow, node: Node) -> str:
    places = ops.PRODUCTS[node.name]
    pair = [node.arguments[place] for place in (places.data, places.weight)]
    kinds = [found.kind(each.node) if isinstance(each, Ref) else "constant" for each in pair]
    norms_a_weight = node.name in ("mv", "dot") and sorted(kinds) == ["constant", "weight"]
    if kinds == ["weight", "weight"] or norms_a_weight:
        return "weight"
    if "weight" in kinds:
        return "layer"
    if all(kind in DATA for kind in kinds):
        return "mix"
    return "pass" if any(kind in DATA for kind in kinds) else "constant"


def _statistic(found: Flow, node: Node) -> int:
    """Of whose numbers it is a mean, a largest, ...: seen through changes of shape."""
    data = found.data_inputs(node.index)
    if len(data) != 1:
        return -1
    known = found.places[data[0]].statistic
    return data[0] if known < 0 and node.name in ops.REDUCTIONS else known


def _origins(found: Flow, index: int) -> set[int]:
    """The node, the root of its region, the root of that one, ..."""
    origins: set[int] = set()
    while index not in origins:
        origins.add(index)
        index = found.places[index].root
    return origins


def _root(found: Flow, index: int, cut: set[int]) -> int:
    return index if index in cut else found.places[index].root


def _pointwise(found: Flow, node: Node, cut: set[int], before: Sequence[Place]) -> Place:
    """An element-wise step: of one root a function, of several a place where ways meet."""
    index, data = node.index, found.data_inputs(node.index)
    statistics = {found.places[i].statistic for i in data if found.places[i].statistic >= 0}
    plain = [i for i in data if found.places[i].statistic < 0]
    roots = {_root(found, i, cut) for i in plain}
    if not plain and len(statistics) == 1:
        return _of_statistics(found, node, cut, statistics.pop())
    if statistics and len(roots) == 1:
        own = _origins(found, plain[0])
        if all(own & _origins(found, each) for each in statistics):
            return Place("norm", index)
    if statistics:
        roots |= {i for i in data if found.places[i].statistic >= 0}
    if len(roots) > 1 and before and before[index].kind == "unary":
        return before[index]
    if len(roots) > 1:
        return Place(_meeting(node.name), index)
    if not _usable_constants(found, node):
        return Place("pass", index)
    return Place("unary", roots.pop())


def _of_statistics(found: Flow, node: Node, cut: set[int], statistic: int) -> Place:
    """A step on means, largest numbers, ...: still a statistic of the same numbers."""
    roots = {_root(found, i, cut) for i in found.data_inputs(node.index)}
    if len(roots) == 1 and _usable_constants(found, node):
        return Place("unary", roots.pop(), statistic)
    return Place("other", node.index, statistic)


def _meeting(name: str) -> str:
    if name in ops.SUMS:
        return "sum"
    return "product" if name in ops.GATES else "other"


def _usable_constants(found: Flow, node: Node) -> bool:
    """Is everything besides the data one number, or a parameter?"""
    others = [found.nodes[i] for i in node.inputs if not found.is_data(i)]
    return all(_usable(found, each) for each in others)


def _usable(found: Flow, node: Node) -> bool:
    if math.prod(node.shape) == 1 or node.leaf == "parameter":
        return True
    if found.kind(node.index) == "weight":
        return all(_usable(found, found.nodes[index]) for index in node.inputs)
    if node.value is not None and not node.value.is_meta and node.value.numel():
        return bool((node.value == node.value.flatten()[0]).all())
    if node.name in ops.EQUAL or "full" in node.name:
        return True
    shaped = node.name in ops.SHAPES and len(node.inputs) == 1
    return shaped and _usable(found, found.nodes[node.inputs[0]])
