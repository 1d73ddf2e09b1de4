"""LSUV for a model: weights are scaled layer by layer until its outputs have unit variance."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import nn

from nonlin._errors import InputError
from nonlin.init.fitted import CLOSE, ROUNDS
from nonlin.torch.initialised import Drawn, Initialised
from nonlin.torch.reading.example import Example, parameters
from nonlin.torch.reading.observe import observe
from nonlin.torch.reading.reader import Reading


def lsuv(model: nn.Module, example: Example, found: Initialised, reading: Reading) -> Initialised:
    """Scale each layer that was drawn, in the order of the pass.

    The end of a residual branch gets the variance 1 / branches. Recurrent layers stay as drawn.
    Source: Mishkin and Matas 2016 (arXiv:1511.06422).
    """
    nodes = {reading.names.of(group[0])[0]: group[-1] for group in reading.groups()}
    drawn = [
        each
        if nodes[each.name].operation == "recurrent"
        else _scaled(model, example, each, nodes[each.name].node, nodes[each.name].parameters[0])
        for each in found.drawn
    ]
    return replace(found, drawn=tuple(drawn))


def _scaled(model: nn.Module, example: Example, layer: Drawn, node: int, name: str) -> Drawn:
    parameter, factor = parameters(model)[name], 1.0
    for _ in range(ROUNDS):
        variance = observe(model, example, measure=True).record.nodes[node].variance
        wanted = 1 / layer.branches
        if variance is None or not 0 < variance < math.inf:
            raise InputError("torch_without_variance", name=layer.name, given=f"{variance:g}")
        if abs(variance / wanted - 1) < CLOSE:
            break
        step = math.sqrt(wanted / variance)
        with torch.no_grad():
            parameter.mul_(step)
        factor *= step
    return replace(layer, rule="lsuv", std=layer.std * factor)
