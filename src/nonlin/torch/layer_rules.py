"""Which rule each layer of a model is drawn by: between the activations before and behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from nonlin._text import Text
from nonlin.activation import Activation
from nonlin.init.automatic import DEEP
from nonlin.init.initialisation import Initialisation
from nonlin.init.rules import RULES, scales
from nonlin.torch.reading.reader import Reading
from nonlin.torch.reading.uses import Use


class Choice:
    """The rules of a scheme; depth: hidden layers of a plain network, else 1."""

    def __init__(self, reading: Reading, scheme: Initialisation, depth: int) -> None:
        self.reading, self.flow = reading, reading.ways.flow
        self.rule = replace(scheme, depth=max(depth, scheme.depth, 1))

    def of(self, use: Use) -> Initialisation:
        """The rule of a layer, with the size of signals that it is to give."""
        if self.rule.name != "auto":
            return self.rule
        before, behind = self.before(use), self._behind.get(use.node)
        hidden = tuple(each for each in (before, behind) if each is not None)
        return self.rule.layers(hidden)[0 if before is None else 1]

    def target(self, use: Use) -> float:
        """The mean square of the layer's output."""
        chosen = self.of(use)
        return float(chosen.q if chosen.target is None else chosen.target)

    def before(self, use: Use) -> Activation | None:
        """The activation that feeds a layer."""
        if use.data < 0 or not self.flow.is_data(use.data):
            return None
        node = self.reading.ways.source(use.data).node
        shape = self.reading.ways.regions.shape(node) if self.flow.kind(node) == "unary" else None
        return None if shape is None else shape.activation

    def why(self) -> Iterator[Text]:
        """Of a network that is deep and plain, for each of its activations."""
        if self.rule.depth < DEEP or not RULES[self.rule.name].adaptive:
            return
        known = {self.before(use): None for use in self.reading.uses}
        for activation in known:
            if activation is not None and scales(activation.gain):
                yield self.rule.reason(activation)

    @cached_property
    def _behind(self) -> dict[int, Activation]:
        """The activation that each layer feeds, seen through changes of shape and pooling."""
        found: dict[int, Activation] = {}
        for root, ends in self.reading.ways.regions.ends.items():
            for end in ends:
                shape = self.reading.ways.regions.shape(end)
                if shape is not None and shape.activation is not None:
                    found.setdefault(self._layer(root), shape.activation)
        return found

    def _layer(self, index: int) -> int:
        """The layer that a tensor comes from by changes of shape alone."""
        while self.flow.kind(index) in ("shape", "pool"):
            index = self.flow.data_inputs(index)[0]
        return index
