"""A user's model with another activation in it, and weights drawn for that."""

from __future__ import annotations

import inspect as signatures
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

from nonlin._errors import InputError
from nonlin._text import listed
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.torch.diagnosing.passes import quiet, seeded
from nonlin.torch.inspecting import inspect
from nonlin.torch.reading.example import the_model
from nonlin.torch.reading.inspection import Found
from nonlin.torch.swapped import Swapped
from nonlin.torch.swapping import called, swap, wanted

SEED = "seed"  # the one argument that a function that makes models may ask for
EMPTY = (signatures.Parameter.VAR_POSITIONAL, signatures.Parameter.VAR_KEYWORD)


@dataclass(frozen=True, slots=True, eq=False)
class Maker:
    """make: gives a new model, of `seed` if it asks for one. old: the activation that goes, as
    `nt.swap` takes it, in modules whose names fit `where`. example: an input of the model.
    """

    make: Callable[..., Any]
    example: Any = None
    old: str | Activation = ""
    where: str = "*"

    def model(self, seed: int) -> nn.Module:
        """A new one; PyTorch's random numbers begin with the seed. InputError if it fails."""
        asked = {SEED: seed} if self._asks() else {}
        with seeded(seed):
            try:
                found = self.make(**asked)
            except InputError:
                raise
            except Exception as error:
                known = {"name": _name(self.make), "error": one_line(error)}
                raise InputError("torch_choose_make_fails", **known) from error
        return the_model(found)

    def _asks(self) -> bool:
        """For a seed? InputError if it asks for anything else."""
        if isinstance(self.make, nn.Module) or not callable(self.make):
            raise InputError("torch_choose_make", given=type(self.make).__name__)
        try:
            known = signatures.signature(self.make).parameters.values()
        except ValueError:  # of C
            return False
        needed = [
            each.name
            for each in known
            if each.default is each.empty and each.kind not in EMPTY and each.name != SEED
        ]
        if needed:
            names = listed(needed)
            raise InputError("torch_choose_make_asks", name=_name(self.make), names=names)
        return any(each.name == SEED for each in known)

    def untrained(self, activation: Activation, seed: int) -> nn.Module:
        """A new model with this activation, its weights drawn for it by `nt.init_`."""
        model = self.model(seed)
        self.changed(model, activation, seed)
        return model

    def changed(self, model: nn.Module, activation: Activation, seed: int) -> Swapped:
        """The same of a model that is there, in place."""
        with quiet(seed):
            return swap(
                model, self.old, activation, self.example, where=self.where, seed=seed % 2**32
            )


@dataclass(frozen=True, slots=True)
class Replaced:
    """What goes out of a model: the activation as it has it, how often it stands there, and the
    others that stay.
    """

    activation: Activation
    places: int
    others: tuple[str, ...]


def replaced(
    model: nn.Module, example: Any, given: str | Activation | None, where: str
) -> Replaced:
    """What is given, or the element-wise activation that the model has in most places.

    One that stands at the end of the model counts once less. Raises InputError if there is none.
    """
    if given is not None and not isinstance(given, str | Activation):
        raise InputError("torch_choose_replace", given=type(given).__name__)
    with quiet():
        seen = inspect(model, example)
    counts = seen.counts
    known = [each for each in seen.activations if _replaceable(each)]
    if given is not None:
        meant = wanted(get(given) if isinstance(given, Activation) else given)
        known = [each for each in known if each.activation and meant(each.activation)]
        if not known:
            present = listed(counts) or "-"
            old = called(given)
            raise InputError("torch_nothing_to_swap", old=old, where=where, found=present)
    places: dict[str, int] = {}
    for each in known:
        places[each.name] = places.get(each.name, 0) + each.times
    inner = {name: count - (name in seen.output) for name, count in places.items()}
    if given is None and not any(inner.values()):
        kind, present = type(model).__name__, listed(counts) or "-"
        raise InputError("torch_choose_no_activation", kind=kind, found=present)
    name = max(inner, key=lambda each: inner[each])
    first = next(each for each in known if each.name == name)
    others = dict.fromkeys(str(each) for each in seen.activations if each.name != name)
    return Replaced(first.activation or get(name), places[name], tuple(others))


def _replaceable(found: Found) -> bool:
    entry = found.activation
    return entry is not None and entry.kind == "elementwise" and entry.name != "identity"


def _name(function: Any) -> str:
    return getattr(function, "__name__", type(function).__name__)


def one_line(error: Exception) -> str:
    """What kind of error, and what it says first."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
