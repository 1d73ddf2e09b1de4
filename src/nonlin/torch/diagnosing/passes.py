"""Forward and back through a copy of a model, into the streams of its layers."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

from nonlin._errors import InputError
from nonlin.layers.stream import LayerStream
from nonlin.torch.diagnosing.found_layers import FoundLayer
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.diagnosing.sight import Look, Sight
from nonlin.torch.diagnosing.training import Training
from nonlin.torch.reading.example import parameters, the_example


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Random numbers of PyTorch begin anew, and go on behind it as if nothing had been."""
    devices = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        with torch.enable_grad():
            yield


@contextmanager
def quiet(seed: int = 0) -> Iterator[None]:
    """As `seeded`; compiled models run as they are written, and warnings are not shown."""
    with seeded(seed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with torch.compiler.set_stance("force_eager"):
            yield


def seen_once(model: nn.Module, rows: Rows) -> Sight:
    """One pass forward in evaluation mode. InputError where the model fails."""
    model.eval()
    sight = Sight(model, rows.count)
    with sight:
        answered(model, rows)
    return sight


def answered(model: nn.Module, rows: Rows) -> object:
    """InputError where the model fails: which, on what, and how."""
    try:
        return rows.answer(model)
    except InputError:
        raise
    except Exception as error:
        kind, shapes = type(model).__name__, str(the_example(rows.inputs))
        raise InputError("torch_model_fails", kind=kind, shapes=shapes, error=error) from None


def observed(
    model: nn.Module, rows: Rows, training: Training, layers: Sequence[FoundLayer]
) -> tuple[list[LayerStream], float]:
    """What each layer shows, and the mean loss; the model is a copy, and its dropout goes off."""
    _without_dropout(model)
    model.zero_grad(set_to_none=True)
    streams = [LayerStream(each.spec) for each in layers]
    total = 0.0
    for part in rows.parts(max(training.batch, 1)):
        sight = Sight(model, part.count)
        with sight:
            output = answered(model, part)
            loss = lost(training.loss, output, part)
            whole = loss if sums(training.loss) else loss * part.count
            sight.again = True
            torch.autograd.backward(whole)  # its method would turn the mode off
        total += float(whole.detach())
        for layer, stream in zip(layers, streams, strict=True):
            for look in sight.looks:
                if look.place == layer.place:
                    _feed(stream, layer, look, last=layer is layers[-1])
    _weight_gradients(model, layers, streams)
    return streams, total / rows.count


def lost(loss: Any, output: object, rows: Rows) -> torch.Tensor:
    """The loss of a batch. InputError where it fails, or is no single number."""
    try:
        found = loss(output, rows.targets)
    except InputError:
        raise
    except Exception as error:
        raise InputError("torch_loss_fails", error=error) from None
    if not isinstance(found, torch.Tensor) or found.numel() != 1 or not found.requires_grad:
        raise InputError("torch_loss_value", given=_told(found))
    return found.reshape(())


def _told(found: object) -> str:
    if isinstance(found, torch.Tensor) and found.numel() != 1:
        return f"Tensor{tuple(found.shape)}"
    return type(found).__name__


def sums(loss: object) -> bool:
    """Is it the sum over rows, and not their mean?"""
    return getattr(loss, "reduction", "mean") == "sum"


def _without_dropout(model: nn.Module) -> None:
    for module in model.modules():
        if isinstance(module, nn.modules.dropout._DropoutNd):
            module.p = 0.0


@np.errstate(all="ignore")  # of models that explode
def _feed(stream: LayerStream, layer: FoundLayer, look: Look, last: bool) -> None:
    """The rows of one use; gradients as long as all places of a row make them together."""
    stream.add(look.sums)
    activation, values = stream.spec.activation, look.sums
    if activation is not None and layer.straight and activation.kind == "elementwise":
        values, slopes = activation.trained.value_and_derivative(look.sums)
        if not last:
            stream.add_slopes(slopes)
    stream.add_sample(look.sums, values)
    for errors in look.errors[:1]:
        stream.add_gradients(errors * np.sqrt(look.places).astype(errors.dtype))


def _weight_gradients(
    model: nn.Module, layers: Sequence[FoundLayer], streams: Sequence[LayerStream]
) -> None:
    """As they stand in the parameters, after all batches."""
    known = parameters(model)
    for layer, stream in zip(layers, streams, strict=True):
        gradient = known[layer.place.parameter].grad
        if gradient is None or not stream.gradients.lengths.rows:
            continue
        found = layer.place.matrix(gradient)
        stream.gradients = stream.gradients._replace(weights=found)
