"""Inspect a PyTorch model: every weight, what feeds it and what follows, every activation."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from nonlin.catalogue import get
from nonlin.torch.reading import operators as ops
from nonlin.torch.reading.flow import flow
from nonlin.torch.reading.forward import follows
from nonlin.torch.reading.inspection import Found, Inspection, Layer
from nonlin.torch.reading.names import Names, roles
from nonlin.torch.reading.observe import Observation
from nonlin.torch.reading.signal import Signal, from_weights
from nonlin.torch.reading.uses import Use, uses
from nonlin.torch.reading.ways import Ways


class Reading:
    """An observation, read."""

    def __init__(self, observed: Observation) -> None:
        self.observed = observed
        self.ways = Ways(flow(observed.record.nodes, observed.outputs))
        self.uses = tuple(uses(self.ways.flow))
        self.names = Names(observed)

    def inspection(self, measure: bool = False) -> Inspection:
        """Everything that was found; measure: with predicted and measured signals."""
        layers = tuple(self.layer(group) for group in self.groups())
        if measure:
            layers = tuple(map(self._measured, layers, self.groups()))
        return Inspection(
            layers=layers,
            activations=tuple(self.activations()),
            output=tuple(self.ways.source(index).word for index in self.observed.outputs),
            left=self.left(),
            real=self.observed.real,
        )

    def left(self) -> dict[str, tuple[str, ...]]:
        """The parameters that are no weight of a layer, by what they are."""
        return roles(self.ways.flow, self.uses)

    def groups(self) -> list[list[Use]]:
        """The uses of each weight: the same parameters in the same way are one layer."""
        found: dict[Any, list[Use]] = {}
        for use in self.uses:
            found.setdefault((use.parameters, use.operation), []).append(use)
        return list(found.values())

    def layer(self, group: list[Use]) -> Layer:
        """The row of a weight."""
        first, ways = group[0], self.ways
        fed = list(dict.fromkeys(self.fed_by(use) for use in group))
        fed = [word for word in fed if word != "constant"] or fed
        after = [each for use in group for each in self._follows(use)]
        after = [each for each in after if each.word != "unknown"] or after
        sums = [ways.branch_layers[u.node] for u in group if u.node in ways.branch_layers]
        name, kind = self.names.of(first)
        norms = [any(self._normed(use) for use in group), any(each.normed for each in after)]
        return Layer(
            name=name,
            kind=kind,
            operation=first.operation,
            parameters=first.parameters,
            shape=ways.flow.nodes[first.weight].shape,
            fan_in=first.fan_in,
            fan_out=first.fan_out,
            fed_by=", ".join(fed),
            followed_by=", ".join(dict.fromkeys(each.word for each in after)),
            residual=bool(sums),
            branches=max((ways.stream_lengths[index] for index in sums), default=0),
            gated=_gated({each.gated for each in after}),
            norm=tuple(s for s, is_so in zip(("before", "after"), norms, strict=True) if is_so),
            tied=self.names.tied(first),
            times=len({use.node for use in group}),
        )

    def _measured(self, layer: Layer, group: list[Use]) -> Layer:
        use = group[-1]
        predicted = None if use.operation == "recurrent" else self._signal.second(use.node)
        measured = self.ways.flow.nodes[use.node].mean_square
        return replace(layer, predicted=predicted, measured=measured)

    @cached_property
    def _signal(self) -> Signal:
        """From the weights as they are now."""
        flow = self.ways.flow
        found = Signal(self.ways, lambda use: from_weights(flow, found.second, use), self.uses)
        return found

    def fed_by(self, use: Use) -> str:
        """The word for what feeds a use of a weight."""
        if use.data == use.node:
            return self.ways.flow.nodes[use.node].name.removesuffix("_cell")
        return "input" if use.data < 0 else self.ways.source(use.data).word

    def _normed(self, use: Use) -> bool:
        if use.data < 0 or use.data == use.node:
            return False
        return self.ways.source(use.data).word == "norm"

    def _follows(self, use: Use) -> list[Any]:
        found = list(follows(self.ways, use.node))
        if use.operation == "recurrent":
            return [type(each)(self.ways.source(use.node).word) for each in found[:1]]
        return found

    def activations(self) -> list[Found]:
        """Each activation at each place where it runs."""
        found: dict[tuple[str, str], Found] = {}
        for node in self.ways.flow.nodes:
            if (each := self._activation(node.index)) is not None:
                key = str(each), node.module
                found[key] = replace(each, times=found[key].times + 1 if key in found else 1)
        return list(found.values())

    def _activation(self, index: int) -> Found | None:
        flow, node = self.ways.flow, self.ways.flow.nodes[index]
        if flow.kind(index) == "softmax":
            return Found(ops.row_name(node), node.module, 1, get(ops.row_name(node)))
        if flow.kind(index) == "product" and node.name != "mul":
            return Found(node.name, node.module, 1, get(node.name))
        shape = self.ways.regions.shape(index) if flow.is_end(index) else None
        if shape is None or shape.straight:
            return None
        return Found(shape.name or "unnamed", node.module, 1, shape.activation)


def _gated(sides: set[str]) -> str:
    if {"value", "gate"} <= sides or "both" in sides:
        return "both"
    return max(sides, default="")
