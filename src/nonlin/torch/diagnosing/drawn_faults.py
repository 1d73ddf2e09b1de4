"""Modules whose weights are not what PyTorch draws for them, and no one would draw so."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from nonlin._text import Text, listed, text
from nonlin.layers.subject import CONSPICUOUS, Fault
from nonlin.torch.diagnosing.passes import seeded

if TYPE_CHECKING:
    from nonlin.torch.diagnosing.module_subject import ModuleSubject

FOREIGN = 5.0  # times the size of what PyTorch draws
FAINT = 20.0  # times smaller: embeddings of large models are drawn with 0.02
LARGE_BIAS = 5.0
NAMED = 4  # modules that a sentence names
RESETS = ("reset_parameters", "_reset_parameters")


def faults_of_weights_drawn(subject: ModuleSubject) -> Iterator[Fault]:
    """At most one, of all such modules."""
    odd = list(_odd(subject.model, _last(subject)))
    if odd:
        values = (("names", listed([name for name, _, _ in odd], NAMED)), ("what", odd[0][2]))
        yield Fault("module_weights", (), CONSPICUOUS, values)


def _last(subject: ModuleSubject) -> str:
    """The module of the output layer, which may start at 0."""
    return subject.found[-1].place.parameter.rpartition(".")[0]


def _odd(model: nn.Module, last: str) -> Iterator[tuple[str, nn.Module, Text]]:
    """Modules with what is wrong with their parameters."""
    for name, module in model.named_modules():
        own = dict(module.named_parameters(recurse=False))
        if not own or (name == last and not any(bool(each.any()) for each in own.values())):
            continue
        fresh = _reset(copy.deepcopy(module))
        drawn = {} if fresh is None else dict(fresh.named_parameters(recurse=False))
        for key, each in own.items():
            why = _wrong(each.detach(), drawn[key].detach()) if key in drawn else None
            if why is not None:
                yield name, module, why
                break


def _reset(module: nn.Module) -> nn.Module | None:
    """In place, all its own parameters drawn anew; None where it cannot do that."""
    for name in RESETS:
        reset = getattr(module, name, None)
        if callable(reset):
            with seeded(0), torch.no_grad():
                try:
                    reset()
                except Exception:  # of a module that is not PyTorch's
                    return None
            return module
    return None


def _wrong(given: torch.Tensor, drawn: torch.Tensor) -> Text | None:
    if not bool(given.isfinite().all()):
        return text("cause.not_finite")
    if given.ndim < 2:
        return _wrong_vector(given, drawn)
    if given.numel() > 1 and float(given.max() - given.min()) == 0:
        return text("cause.equal", value=f"{float(given.flatten()[0]):g}")
    size = _root_mean_square(given) / max(_root_mean_square(drawn), 1e-30)
    if not 1 / FAINT <= size <= FOREIGN:
        return text("cause.of_torch", size=f"{size:.2g}")
    return None


def _wrong_vector(given: torch.Tensor, drawn: torch.Tensor) -> Text | None:
    """Of biases, or of the scales of norms, which must not be 0."""
    if bool((drawn == 1).all()) and not bool(given.any()):
        return text("cause.equal", value="0")
    extreme = float(given[given.abs().argmax()]) if given.numel() else 0.0
    if abs(extreme) > LARGE_BIAS + float(drawn.abs().max()):
        return text("cause.biases", value=f"{extreme:.3g}")
    return None


def _root_mean_square(values: torch.Tensor) -> float:
    return float(values.double().square().mean().sqrt())


def _redrawn(subject: ModuleSubject, _: str) -> ModuleSubject:
    for _name, module, _why in list(_odd(subject.model, _last(subject))):
        _reset(module)
    return subject


MENDS: dict[str, Callable[[ModuleSubject, str], Any]] = {"module_weights": _redrawn}
