"""Masks of attention that hide too much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from nonlin.layers.subject import CONSPICUOUS, Fault
from nonlin.torch.diagnosing.probes import is_same, probed_answer
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.reading.example import the_example

if TYPE_CHECKING:
    from nonlin.torch.diagnosing.module_subject import ModuleSubject

MASKS = {"attn_mask": 5, "key_padding_mask": 3}  # where forward of attention has them
LOOKED_AT = 64  # places of a sequence
HIDDEN = -1e4  # added to a logit of attention: masked


def faults_of_masks(model: nn.Module, rows: Rows, whole: torch.Tensor) -> Iterator[Fault]:
    """At most one; whole: what the model answers to these rows, which need not be finite."""
    masks = _masks(model, rows)
    if not masks:
        return
    finite = bool(whole.isfinite().all())
    if not finite or _see_themselves(masks) or _is_blind(model, rows, whole):
        yield Fault("mask", (), CONSPICUOUS)


def _see_themselves(masks: list[tuple[torch.Tensor, bool]]) -> bool:
    """Does a mask leave each place of a sequence a single place to look at?"""
    seen = []
    for mask, padded in masks:
        if not padded and mask.ndim >= 2 and mask.shape[-1] > 2:
            hidden = mask if mask.dtype == torch.bool else mask < HIDDEN
            seen.append(float((~hidden).sum(-1).double().median()))
    return bool(seen) and min(seen) <= 1


def _masks(model: nn.Module, rows: Rows) -> list[tuple[torch.Tensor, bool]]:
    """That attention gets; of padding?"""
    seen: list[tuple[torch.Tensor, bool]] = []

    def note(module: nn.Module, args: Any, kwargs: Any) -> None:
        for name, place in MASKS.items():
            mask = kwargs.get(name, args[place] if len(args) > place else None)
            if isinstance(mask, torch.Tensor):
                seen.append((mask, name != "attn_mask"))

    handles = [
        each.register_forward_pre_hook(note, with_kwargs=True)
        for each in model.modules()
        if isinstance(each, nn.MultiheadAttention)
    ]
    probed_answer(model, rows)
    for each in handles:
        each.remove()
    return seen


def _is_blind(model: nn.Module, rows: Rows, whole: torch.Tensor) -> bool:
    """Do half of the places of a sequence, or more, change no answer at all?"""
    length = the_example(rows.inputs).tensors[0].shape[1:2]
    if whole.ndim > 2 or not length or not 3 <= length[0] <= LOOKED_AT:
        return False

    def without(place: int) -> Callable[[torch.Tensor], torch.Tensor]:
        def change(inputs: torch.Tensor) -> torch.Tensor:
            changed = inputs.clone()
            changed[:, place] = inputs.roll(1, 0)[:, place]
            return changed

        return change

    blind = sum(is_same(model, rows, whole, without(place)) for place in range(length[0]))
    return 2 * blind >= length[0]


def _unmasked(module: nn.Module, args: Any, kwargs: Any) -> Any:
    places = MASKS.values()
    kept = tuple(None if place in places else each for place, each in enumerate(args))
    given = {name: None for name, place in MASKS.items() if len(args) <= place}
    return kept, {**kwargs, **given, "is_causal": False}


def without_mask(subject: ModuleSubject, _: str) -> ModuleSubject:
    """The subject is a copy, and is changed."""
    for each in subject.model.modules():
        if isinstance(each, nn.MultiheadAttention):
            each.register_forward_pre_hook(_unmasked, with_kwargs=True)
    return subject
