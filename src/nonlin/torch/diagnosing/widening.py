"""More neurons in a layer of a copy: itself, the norms behind it, and the layer that it feeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from nonlin.torch.diagnosing.edits import drawn
from nonlin.torch.diagnosing.found_layers import CONVOLUTIONS, NORMS, FoundLayer
from nonlin.torch.diagnosing.rows import Rows


def widened(
    model: nn.Module,
    layers: Sequence[FoundLayer],
    neurons: Sequence[tuple[int, int]],
    rows: Rows,
    seed: int,
) -> bool:
    """In place, all weights drawn anew; False where a layer is no plain module, or the model
    fails afterwards.
    """
    names = [each.place.parameter.removesuffix(".weight") for each in layers]
    known = dict(model.named_modules())
    for number, wide in neurons:
        here, behind = (known.get(name) for name in names[number - 1 : number + 1])
        if not _widen(model, names[number - 1], here, names[number], behind, wide):
            return False
    few = rows.first(2)
    try:
        with torch.no_grad():
            few.answer(model)
    except (RuntimeError, ValueError, TypeError):
        return False
    return drawn(model, rows.inputs, seed)


def _widen(model: nn.Module, name: str, here: Any, after: str, behind: Any, wide: int) -> bool:
    old = _outputs(here)
    if old is None or _outputs(behind) is None:
        return False
    inputs = behind.in_features if isinstance(behind, nn.Linear) else behind.in_channels
    if inputs % old or getattr(here, "groups", 1) != 1 or getattr(behind, "groups", 1) != 1:
        return False
    model.set_submodule(name, _sized(here, outputs=wide))
    model.set_submodule(after, _sized(behind, inputs=inputs // old * wide))
    between = False
    for each, module in list(model.named_modules()):
        between = each == name or (between and each != after)
        if between and isinstance(module, NORMS) and module.num_features == old:
            model.set_submodule(each, type(module)(wide, module.eps, module.momentum))
    return True


def _outputs(module: Any) -> int | None:
    if isinstance(module, nn.Linear):
        return module.out_features
    return int(module.out_channels) if isinstance(module, CONVOLUTIONS) else None


def _sized(module: Any, inputs: int | None = None, outputs: int | None = None) -> nn.Module:
    """The same layer for other numbers of inputs or outputs."""
    bias = module.bias is not None
    place = {"device": module.weight.device, "dtype": module.weight.dtype}
    if isinstance(module, nn.Linear):
        sizes = inputs or module.in_features, outputs or module.out_features
        return nn.Linear(*sizes, bias=bias, **place)
    sizes = inputs or module.in_channels, outputs or module.out_channels
    names = ("kernel_size", "stride", "padding", "dilation", "padding_mode")
    options = {name: getattr(module, name) for name in names}
    made: nn.Module = type(module)(*sizes, bias=bias, **options, **place)
    return made
