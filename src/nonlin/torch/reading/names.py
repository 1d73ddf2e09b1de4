"""What the parameters of a model are called and what they are for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from torch import nn

from nonlin.torch.reading import operators as ops
from nonlin.torch.reading.flow import Flow
from nonlin.torch.reading.observe import Observation
from nonlin.torch.reading.uses import Use


class Names:
    """Names of layers; tied parameters have several."""

    def __init__(self, observed: Observation) -> None:
        self._tied = observed.tied
        self._modules = dict(observed.model.named_modules(remove_duplicate=False))

    def of(self, use: Use) -> tuple[str, str]:
        """A layer's name, and the class of its module."""
        parameter = self._own(use)
        owner, _, own = parameter.partition(".parametrizations.")
        own = own.partition(".")[0]
        if not own:
            owner, _, own = parameter.rpartition(".")
        module = self._modules.get(owner)
        kind = getattr(module, "original_name", "" if module is None else type(module).__name__)
        return (owner or parameter) if own in ("weight", "") else parameter, kind

    def tied(self, use: Use) -> tuple[str, ...]:
        """The other names of its parameter."""
        names = (*use.parameters, *self._same(use))
        return tuple(n for n in names if n != self._own(use)) if self._same(use) else ()

    def _own(self, use: Use) -> str:
        """Of names that are tied, the one whose module does what is done here."""
        if len(use.parameters) != 1:
            return min(use.parameters, default="")
        names = (use.parameters[0], *self._same(use))
        looks_up = use.operation == "embedding"
        owners = [self._modules.get(name.rpartition(".")[0]) for name in names]
        fitting = [isinstance(owner, nn.Embedding | nn.EmbeddingBag) for owner in owners]
        return next((n for n, f in zip(names, fitting, strict=True) if f == looks_up), names[0])

    def _same(self, use: Use) -> tuple[str, ...]:
        groups = [group for group in self._tied if set(group) & set(use.parameters)]
        return tuple(name for group in groups for name in group if name not in use.parameters)


def roles(flow: Flow, uses: Sequence[Use]) -> dict[str, tuple[str, ...]]:
    """The parameters that are no weight of a layer, by what they are."""
    taken = {name for use in uses for name in use.parameters}
    biases = {use.bias for use in uses}
    found: dict[str, list[str]] = {}
    for node in flow.nodes:
        if node.leaf == "parameter" and node.label not in taken:
            found.setdefault(_role(flow, node.index, biases), []).append(node.label)
    return {role: tuple(names) for role, names in found.items()}


def _role(flow: Flow, index: int, biases: set[int]) -> str:
    if not flow.consumers[index]:
        return "unused"
    views = {index, *_views(flow, index)}
    if biases & views:
        return "bias"
    consumers = [c for view in views for c in flow.consumers[view] if c not in views]
    if any(flow.nodes[each].name in ops.RECURRENT for each in consumers):
        return "bias"
    kinds = {flow.kind(i) for each in consumers for i in (each, flow.places[each].root)}
    shape = flow.nodes[index].shape
    line = math.prod(shape) == max(shape, default=1)
    added = line and all(flow.nodes[each].name in ops.SUMS for each in consumers)
    if "norm" in kinds:
        return "norm"
    return "bias" if added and kinds & {"layer", "shape"} else "other"


def _views(flow: Flow, index: int) -> Iterator[int]:
    """What is made of a parameter alone: another shape, a part, 1 + the parameter."""
    for consumer in flow.consumers[index]:
        if flow.kind(consumer) == "weight":
            yield consumer
            yield from _views(flow, consumer)
