"""The layers of a model, in the order of a pass, and the activation behind each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.catalogue import get, names
from nonlin.layers.stream import LayerSpec
from nonlin.torch.diagnosing.judge import loss_name
from nonlin.torch.diagnosing.sight import Place, Sight
from nonlin.torch.inspecting import inspect
from nonlin.torch.reading.example import parameters
from nonlin.torch.reading.inspection import Inspection, Layer

NORMS = nn.modules.batchnorm._NormBase
CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
OUTPUTS = {"CrossEntropyLoss": "softmax", "BCEWithLogitsLoss": "sigmoid"}


@dataclass(frozen=True, slots=True)
class FoundLayer:
    """A weight, what is known of it, and whether its sums go straight into its activation.

    chained: only through activations from the layer before, or from the inputs. residual: at the
    end of a branch that is added to what it came from.
    """

    place: Place
    spec: LayerSpec
    straight: bool
    chained: bool
    residual: bool


def found_layers(model: nn.Module, sight: Sight, example: Any, loss: Any) -> list[FoundLayer]:
    """Of what a pass saw, the layer used last at the end. Raises InputError if it saw none."""
    uses = list(dict.fromkeys(look.place for look in sight.looks))
    last = next((look.place for look in reversed(sight.looks)), None)
    if last is None:
        raise InputError("torch_no_layers", kind=type(model).__name__)
    order = [*(each for each in uses if each != last), last]
    seen = _inspected(model, example)
    found: list[FoundLayer] = []
    for place in order:
        own = parameters(model)[place.parameter]
        known = None if seen is None else _known(seen, place)
        before = found[-1] if found else None
        spec = _spec(place, own, known, seen, None if place is not last else loss)
        straight = known is not None and "after" not in known.norm
        residual = known is None or bool(known.residual)
        found.append(FoundLayer(place, spec, straight, _is_chained(known, before), residual))
    return found


def _inspected(model: nn.Module, example: Any) -> Inspection | None:
    """None where a model cannot be read: its layers are looked at all the same."""
    try:
        return inspect(model, example)
    except InputError:
        return None


def _known(seen: Inspection, place: Place) -> Layer | None:
    found = [each for each in seen.layers if place.parameter in each.parameters]
    return found[0] if found else None


def _spec(
    place: Place, own: torch.Tensor, known: Layer | None, seen: Inspection | None, loss: Any
) -> LayerSpec:
    fan_in, fan_out = place.matrix(own).shape
    name = place.parameter.removesuffix(".weight")
    if own.numel() > fan_in * fan_out and place.stride:
        name += f"[{place.offset // max(place.stride)}:]"
    follows = "" if known is None else known.followed_by
    if loss is not None and follows in ("output", "identity", ""):
        return LayerSpec(name, fan_in, fan_out, get(OUTPUTS.get(loss_name(loss), "identity")))
    return LayerSpec(name, fan_in, fan_out, _activation(follows, seen))


def _activation(name: str, seen: Inspection | None) -> Activation | None:
    """With the parameters that it has in this model, if they are the same everywhere."""
    if name not in names() or get(name).kind != "elementwise":
        return None
    known = [] if seen is None else [each for each in seen.activations if each.name == name]
    chosen = {each.activation for each in known if each.activation is not None}
    return chosen.pop() if len(chosen) == 1 else get(name)


def _is_chained(known: Layer | None, before: FoundLayer | None) -> bool:
    if known is None or known.operation != "linear" or known.norm or known.residual:
        return False
    if before is None:
        return known.fed_by == "input"
    return before.spec.activation is not None and known.fed_by == before.spec.activation.name


def hidden_activations(layers: Sequence[FoundLayer]) -> list[Activation] | None:
    """Of a plain chain of layers; None for any other model."""
    hidden = [each.spec.activation for each in layers[:-1]]
    known = [each for each in hidden if each is not None]
    return known if all(each.chained for each in layers) else None
