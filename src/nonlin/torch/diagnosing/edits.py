"""Changes to a copy of a model, or to its rows."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import nn

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.layers.subject import Standardise
from nonlin.torch.diagnosing.found_layers import FoundLayer
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.diagnosing.sight import Place
from nonlin.torch.initialise import init_
from nonlin.torch.layer import get as layer
from nonlin.torch.reading.example import parameters
from nonlin.torch.swapping import swap


def standardised(rows: Rows, edit: Standardise, channels: int) -> Rows:
    """With the inputs or targets of `rows` in other units; rows of any other kind stay."""
    if edit.side == "targets":
        flat = rows.targets.reshape(rows.count, -1)
        new = moved(flat, edit, -1).reshape(rows.targets.shape)
        return replace(rows, targets=new)
    table = rows.table
    return rows if table is None else rows.with_table(moved(table, edit, channels))


def moved(values: torch.Tensor, edit: Standardise, axis: int) -> torch.Tensor:
    """The columns stand in this dimension."""
    last = values.double().movedim(axis, -1)
    means, scales = (_like(each, last) for each in (edit.means, edit.scales))
    found = ((last - means) / scales).clamp(-edit.most, edit.most)
    return found.movedim(-1, axis).to(values.dtype).contiguous()


def _like(numbers: np.ndarray, values: torch.Tensor) -> torch.Tensor:
    return torch.as_tensor(np.asarray(numbers, np.float64), device=values.device)


def drawn(model: nn.Module, inputs: Any, seed: int) -> bool:
    """All weights, in place, by `init_`; could it draw any?"""
    try:
        return bool(init_(model, inputs, seed=seed).drawn)
    except InputError:
        return False


def redrawn(model: nn.Module, places: Sequence[Place], inputs: Any, seed: int) -> bool:
    """Only the weights and biases of these layers, in place."""
    fresh = copy.deepcopy(model)
    if not drawn(fresh, inputs, seed):
        return False
    old, new = parameters(model), parameters(fresh)
    with torch.no_grad():
        for place in places:
            for name in filter(None, (place.parameter, place.bias)):
                old[name].copy_(new[name])
    return True


def activated(
    model: nn.Module, layers: Sequence[FoundLayer], new: Activation, inputs: Any, seed: int
) -> bool:
    """Another activation in all hidden layers, in place, with weights drawn for it; was there a
    place for it?
    """
    hidden = layers[:-1]
    known = [each.spec.activation for each in hidden if each.spec.activation is not None]
    old = list(dict.fromkeys(each.name for each in known if each.name != "identity"))
    old = [name for name in old if name != new.name]
    placed = [_behind(model, each, new) for each in hidden if _is_plain(each)]
    try:
        changed = bool(old and swap(model, old, new, inputs, reinit=False).changes)
    except InputError:
        return False
    return (changed or any(placed)) and drawn(model, inputs, seed)


def _is_plain(each: FoundLayer) -> bool:
    return each.spec.activation is not None and each.spec.activation.name == "identity"


class Behind:
    """A hook that puts an activation behind a module."""

    def __init__(self, activation: nn.Module) -> None:
        self.activation = activation

    def __call__(self, module: nn.Module, given: Any, output: Any) -> Any:
        """Its output, activated."""
        return self.activation(output)


def _behind(model: nn.Module, each: FoundLayer, new: Activation) -> bool:
    """Put it behind a layer that has none; not where a layer is no module of its own."""
    owner, _, own = each.place.parameter.rpartition(".")
    module = dict(model.named_modules()).get(owner)
    if own != "weight" or not owner or module is None or next(module.children(), None):
        return False
    module.register_forward_hook(Behind(layer(new)))
    return True
