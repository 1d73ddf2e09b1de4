"""Initialise a PyTorch model: each weight by what feeds it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from nonlin import checks
from nonlin._errors import InputError
from nonlin._text import Text, text
from nonlin.init.fills import streams
from nonlin.init.initialisation import Initialisation, initialisation
from nonlin.init.rules import RULES, Feed, Rule, usable_gain
from nonlin.torch.drawing import draw
from nonlin.torch.fitting import lsuv
from nonlin.torch.initialised import Drawn, Initialised, Left
from nonlin.torch.layer_rules import Choice
from nonlin.torch.reading.example import parameters, the_example, the_model
from nonlin.torch.reading.inspection import Layer
from nonlin.torch.reading.observe import observe
from nonlin.torch.reading.reader import Reading
from nonlin.torch.reading.signal import Signal, from_weights
from nonlin.torch.reading.uses import Use

FORGET = 1.0  # bias of forget gates: Jozefowicz et al., ICML 2015


def init_(
    model: nn.Module, example: Any = None, scheme: str | Initialisation = "auto", *, seed: int = 0
) -> Initialised:
    """Give the weights of a model new values, in place, each by what feeds it; tell what was done.

    example: as for `inspect`; with "lsuv" and "autoinit" the weights are fitted to it. scheme: a
    name of `nonlin.Initialisation`, or one. With those that follow the activation a weight has
    variance 1 / (fan_in E[f^2]), E[f^2] the mean square of what comes in, and the last layer of a
    residual branch is smaller by the root of the number of branches on the way around. Biases
    become 0 (those of forget gates 1, those of "critical" random). Embeddings, norms and weights
    that are computed, frozen or tied to an embedding stay as they are. From state to state
    recurrent weights are orthogonal. The same seed gives the same weights. Raises InputError as
    `inspect` does, and for an unknown scheme.
    """
    chosen, network = initialisation(scheme), the_model(model)
    number = checks.seed(seed)
    if any(each.is_meta for each in network.parameters()):
        raise InputError("torch_no_data", kind=type(network).__name__)
    given = the_example(example)
    measured = chosen.name in ("lsuv", "autoinit")
    plan = Plan(Reading(observe(network, given, measure=measured)), chosen)
    found = plan.carry_out(number)
    return lsuv(network, given, found, plan.reading) if chosen.name == "lsuv" else found


@dataclass(frozen=True, slots=True)
class Fed(Feed):
    """What feeds a layer, where its mean square is known whatever it is."""

    second: float

    @property
    def forward(self) -> float:
        """target / E[f^2]"""
        name = "input" if self.activation is None else self.activation.name
        gain = 1 / math.sqrt(self.second) if self.second > 0 else math.inf
        return self.target * usable_gain(name, gain) ** 2


class Plan:
    """Which layers are drawn, and how."""

    def __init__(self, reading: Reading, scheme: Initialisation) -> None:
        self.reading, self.scheme = reading, scheme
        self.flow = reading.ways.flow
        self.groups = reading.groups()
        self.layers = [reading.layer(group) for group in self.groups]
        self.parameters = parameters(reading.observed.model)
        self._reasons = [self._reason(group) for group in self.groups]
        self._by_use = {id(use): place for place, group in enumerate(self.groups) for use in group}
        self.signal = Signal(reading.ways, self._size, reading.uses)
        self.choice = Choice(reading, scheme, self._depth())

    def carry_out(self, seed: int) -> Initialised:
        """Draw, and tell what was done."""
        drawn: list[Drawn] = []
        left: list[Left] = []
        randoms = streams(seed, len(self.groups))
        for place, (layer, random) in enumerate(zip(self.layers, randoms, strict=True)):
            try:
                reason = self._reasons[place]
                found = self._drawn(place, random) if reason is None else reason
            except InputError as error:
                found = text(f"errors.{error.key}", **error.values)
            if isinstance(found, Drawn):
                drawn.append(found)
            else:
                left.append(Left(layer.name, found))
        others = sum(len(n) for role, n in self.reading.left().items() if role in ("norm", "other"))
        return Initialised(
            self.scheme.name, tuple(drawn), tuple(left), others, tuple(self.choice.why())
        )

    def _reason(self, group: list[Use]) -> Text | None:
        """Why a layer stays as it is; None if it is drawn."""
        use = group[0]
        if use.operation == "embedding":
            return text("torch_init.reason.embedding")
        if not use.whole:
            return text("torch_init.reason.computed")
        if not self.parameters[use.parameters[0]].requires_grad:
            return text("torch_init.reason.frozen")
        shared = [g for g in self.groups if g[0].parameters == use.parameters]
        if any(g[0].operation == "embedding" for g in shared):
            return text("torch_init.reason.tied_embedding")
        if shared[0] is not group:
            return text("torch_init.reason.tied", name=self.reading.names.of(shared[0][0])[0])
        return None

    def _size(self, use: Use) -> float | None:
        """The mean square of a layer's output once it is drawn, or as it is if it stays."""
        place = self._by_use[id(use)]
        if self._reasons[place] is not None:
            return from_weights(self.flow, self.signal.second, use)
        return self.choice.target(use) / self._branches(self.layers[place])

    def _branches(self, layer: Layer) -> int:
        """What the variance at the end of a branch is divided by; a norm there undoes it."""
        follows = RULES[self.scheme.name].adaptive or self.scheme.name == "lsuv"
        return layer.branches if follows and layer.residual and "after" not in layer.norm else 1

    def _depth(self) -> int:
        """Hidden layers; 1 where norms or ways around keep signals as they are."""
        if self.reading.ways.shortcuts or any(each.norm for each in self.layers):
            return 1
        return sum(reason is None for reason in self._reasons) - 1

    def _drawn(self, place: int, random: np.random.Generator) -> Drawn | Text:
        group, layer = self.groups[place], self.layers[place]
        use = next((u for u in group if u.data >= 0 and self.flow.is_data(u.data)), group[0])
        second = 1.0 if use.data < 0 else self.signal.second(use.data)
        if second is None:
            return text("torch_init.reason.unknown")
        chosen, std, bias_std = self._sizes(use, layer, second)
        inner = use.operation == "recurrent" and "weight_ih" not in use.parameters[0]
        parameter = self.parameters[use.parameters[0]]
        for weight in {u.weight: u for u in group}.values():
            draw(self.flow, weight, parameter, chosen, 0.0 if inner else std, random)
        self._biases(group, bias_std, random)
        std = 1 / math.sqrt(layer.fan_in) if inner else std
        rule = "orthogonal" if inner else self.choice.of(use).name
        sizes = layer.fan_in, layer.fan_out, std, bias_std
        branches, share = self._branches(layer), self._share(use)
        return Drawn(layer.name, rule, layer.fed_by, *sizes, branches, share)

    def _sizes(self, use: Use, layer: Layer, second: float) -> tuple[Rule, float, float]:
        """Rule, and standard deviations of weights and biases."""
        chosen = self.choice.of(use)
        rule = RULES[chosen.name]
        if chosen.name == "constant":
            return rule, chosen.value, 0.0
        target = self.choice.target(use)
        feed = Fed(self.choice.before(use), float(chosen.q), target, second)
        variance = rule.variance(layer.fan_in, layer.fan_out, feed)
        variance /= self._share(use)
        bias_std = math.sqrt(feed.critical.bias_variance) if chosen.name == "critical" else 0.0
        return rule, math.sqrt(variance / self._branches(layer)), bias_std

    def _share(self, use: Use) -> float:
        """Zeros around the input of a convolution make signals smaller; rules as published do not
        look at them.
        """
        return use.share if RULES[self.scheme.name].adaptive else 1.0

    def _biases(self, group: list[Use], std: float, random: np.random.Generator) -> None:
        hidden = group[0].fan_out
        for name in self._bias_names(group):
            bias = self.parameters[name]
            noise = torch.from_numpy(random.standard_normal(bias.numel()) * std).view(bias.shape)
            with torch.no_grad():
                bias.copy_(noise if std else torch.zeros(()))
                if group[0].operation == "recurrent" and len(bias) == 4 * hidden:
                    inward = name.rpartition(".")[2].startswith("bias_ih")
                    bias[hidden : 2 * hidden] = FORGET if inward else 0.0

    def _bias_names(self, group: list[Use]) -> list[str]:
        """Parameters that are added to what these layers give."""
        names = {self._parameter_of(use.bias) for use in group if use.bias >= 0}
        for use in group:
            owner, _, own = use.parameters[0].rpartition(".")
            guess = own.replace("weight", "bias")
            names.add(f"{owner}.{guess}" if owner else guess)
        return sorted(names & set(self.reading.left().get("bias", ())))

    def _parameter_of(self, index: int) -> str:
        node = self.flow.nodes[index]
        while not node.leaf and node.inputs:
            node = self.flow.nodes[node.inputs[0]]
        return node.label
