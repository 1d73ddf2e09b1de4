"""The loss that a model computes itself when it is given the targets, as those of transformers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F

from nonlin._errors import InputError
from nonlin.torch.diagnosing.rows import LABELS


class OwnLoss:
    """Reads it off what the model gives; InputError if there is none."""

    reduction = "mean"

    def __call__(self, output: Any, targets: Any) -> torch.Tensor:
        """A tensor with one number."""
        held = output.get("loss") if isinstance(output, Mapping) else getattr(output, "loss", None)
        if held is None and isinstance(output, tuple) and output:
            held = output[0]
        if not isinstance(held, torch.Tensor) or held.numel() != 1:
            raise InputError("torch_no_own_loss", labels=LABELS, given=type(output).__name__)
        return held.reshape(())


def next_ones(output: Any, found: torch.Tensor, targets: torch.Tensor) -> bool:
    """Does each place of a sequence answer for the target of the next one? That is so where its
    own loss is that of targets moved by one.
    """
    if found.ndim != 3 or targets.is_floating_point() or targets.shape != found.shape[:2]:
        return False
    own = float(OwnLoss()(output, targets))
    here, moved = (
        float(F.cross_entropy(chances.flatten(0, 1).float(), wanted.flatten()))
        for chances, wanted in ((found, targets), (found[:, :-1], targets[:, 1:]))
    )
    return abs(moved - own) < abs(here - own)
