"""Inspect a PyTorch model: every weight, what feeds it and what follows, every activation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from torch import nn

from nonlin.torch.reading.example import the_example, the_model
from nonlin.torch.reading.inspection import Inspection
from nonlin.torch.reading.losses import remarks, the_loss
from nonlin.torch.reading.observe import observe
from nonlin.torch.reading.reader import Reading


def inspect(
    model: nn.Module, example: Any = None, loss: Any = None, *, measure: bool = False
) -> Inspection:
    """Every weight of a model: its fans, which activation feeds it and which one follows.

    example: what the model is called with: a tensor, a tuple or list of arguments, or a mapping
    of arguments by name. One pass in evaluation mode, on tensors without data if that saves work;
    the model stays as it is. loss: a module or function, or its name: then the output is compared
    with it. measure: run on the example's data, batch norms as in training, and tell the mean
    square of each layer's output beside the one that theory predicts from the weights. Raises
    InputError for what is no model, no example, and where the model fails.
    """
    chosen = None if loss is None else the_loss(loss)
    reading = Reading(observe(the_model(model), the_example(example), measure))
    found = reading.inspection(measure)
    return found if chosen is None else replace(found, remarks=remarks(found.output, chosen))
