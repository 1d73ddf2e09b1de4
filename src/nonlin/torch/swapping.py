"""Swap the activations of a PyTorch model, and re-initialise it for the new ones."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from types import BuiltinFunctionType, FunctionType
from typing import Any

import torch
from torch import nn

from nonlin._errors import InputError
from nonlin._text import Listed, listed, text
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.init.initialisation import Initialisation
from nonlin.torch.gains import activation_of_module
from nonlin.torch.initialise import init_
from nonlin.torch.inspecting import inspect
from nonlin.torch.layer import Layer
from nonlin.torch.layer import get as layer
from nonlin.torch.reading.example import submodule, the_model
from nonlin.torch.reading.inspection import Found
from nonlin.torch.replacing import FUNCTIONS, Replacing, Wanted
from nonlin.torch.swapped import Change, Kept, Swapped


def swap(
    model: nn.Module,
    old: Any,
    new: Any,
    example: Any = None,
    *,
    where: str = "*",
    reinit: bool = True,
    scheme: str | Initialisation = "auto",
    seed: int = 0,
) -> Swapped:
    """Put another activation where `old` is, in place; tell what was changed.

    old: a name, an Activation (with exactly these parameters), a class of modules such as
    nn.ReLU, or a list of these. new: a name, an Activation, or what makes a module: a class or
    function; a module is copied for each place. where: a pattern for names of modules, such as
    "layers.*". example: as for `inspect`; with it calls such as F.relu(x) are found as well, and
    go to the new activation by a function mode around the forward of their module. reinit: draw
    all weights anew by `init_` with this scheme and seed; needs the example. What was changed
    has an `undo`. Raises InputError where there is no `old`, and as `inspect` and `init_` do.
    """
    if reinit and example is None:
        raise InputError("torch_swap_example")
    network = the_model(model)
    work = _Work(network, wanted(old), _maker(new), where)
    seen = () if example is None else inspect(network, example).activations
    present = _present(network, seen)
    try:
        work.modules()
        work.calls(seen)
        after = () if example is None else inspect(network, example).activations
        work.take_back_idle()
        kept = tuple(work.unchanged(after))
        if not work.changes and not kept:
            found = listed(present) or "-"
            raise InputError("torch_nothing_to_swap", old=called(old), where=where, found=found)
        drawn = None
        if reinit and work.changes:
            work.steps.append(_weights_back(network))
            drawn = init_(network, example, scheme, seed=seed)
    except Exception:
        work.undo()
        raise
    return Swapped(tuple(work.changes), kept, drawn, work.undo)


class _Work:
    """The changes of one call, and the steps that undo them."""

    def __init__(
        self,
        model: nn.Module,
        wanted: Wanted,
        make: Callable[[], nn.Module],
        where: str,
    ) -> None:
        self.model, self.wanted, self.make, self.where = model, wanted, make, where
        self.changes: list[Change] = []
        self.steps: list[Callable[[], None]] = []
        self._new: dict[int, nn.Module] = {}  # one that is shared stays shared
        self._runs: list[tuple[Replacing, Change, list[Callable[[], None]]]] = []

    def undo(self) -> None:
        """The model as it was; once."""
        while self.steps:
            self.steps.pop()()

    def matches(self, name: str) -> bool:
        """Is it a place that is meant?"""
        return fnmatchcase(name, self.where)

    def modules(self) -> None:
        """Replace modules that are the activation."""
        for name, module in list(self.model.named_modules(remove_duplicate=False)):
            open_ = name and self.matches(name) and not self._is_scripted(name)
            entry = activation_of_module(module) if open_ else None
            if entry is not None and self.wanted(entry, module):
                made = self._new.setdefault(id(module), self.make())
                self._set(name, made)
                self._tell(name, entry, made, "module")

    def _set(self, name: str, made: nn.Module) -> None:
        owner, _, own = name.rpartition(".")
        parent = submodule(self.model, owner)
        before = getattr(parent, own)
        made.train(before.training)
        setattr(parent, own, made)
        self.steps.append(lambda: setattr(parent, own, before))
        self._slow_path(parent)

    def _slow_path(self, module: nn.Module) -> None:
        """PyTorch's transformer layers have a fast path for relu and gelu, which they note."""
        own = "activation_relu_or_gelu"
        before: Any = getattr(module, own, 0)
        if before:
            setattr(module, own, 0)
            self.steps.append(lambda: setattr(module, own, before))

    def calls(self, seen: tuple[Found, ...]) -> None:
        """Functions that modules hold, and calls in their forward."""
        wrapped = False
        for name, entry in self._places(seen):
            if self.matches(name) and not self._is_scripted(name):
                self._attributes(name, self._at(name))
                self._calls(name, self._at(name), entry)
                wrapped = True
        others = [each.module for each in seen if not self.matches(each.module)]
        for name in dict.fromkeys(others if wrapped else ()):
            self._forward(Replacing(self._at(name), None))

    def _places(self, seen: tuple[Found, ...]) -> Iterator[tuple[str, Activation]]:
        """Modules that are no activation themselves, in which one that is wanted runs."""
        known: set[str] = set()
        for each in seen:
            entry = each.activation
            if entry is None or each.module in known or not self.wanted(entry):
                continue
            known.add(each.module)
            if each.module == "" or activation_of_module(self._at(each.module)) is None:
                yield each.module, entry

    def _is_scripted(self, name: str) -> bool:
        """Or part of something that is? Nothing in it can be replaced."""
        places = (name, name.rpartition(".")[0])
        return any(isinstance(self._at(each), torch.jit.ScriptModule) for each in places)

    def _at(self, name: str) -> nn.Module:
        return submodule(self.model, name)

    def _attributes(self, name: str, module: nn.Module) -> None:
        """Functions such as F.relu that the module holds."""
        for own, value in list(vars(module).items()):
            entry = FUNCTIONS.get(value) if _is_function(value) else None
            if entry is None or not self.wanted(get(entry)):
                continue
            made = self.make()
            delattr(module, own)
            setattr(module, own, made)
            self.steps.append(_attribute_back(module, own, value))
            self._slow_path(module)
            self._tell(name, get(entry), made, "attribute")

    def _calls(self, name: str, module: nn.Module, entry: Activation) -> None:
        made, own = self.make(), f"swapped_{entry.name}"
        made.train(module.training)
        module.add_module(own, made)
        self.steps.append(lambda: delattr(module, own))
        run = Replacing(module, self.wanted, own)
        self._forward(run)
        self._tell(name, entry, made, "calls")
        self._runs.append((run, self.changes[-1], self.steps[-2:]))

    def take_back_idle(self) -> None:
        """Once the model has run: a forward in which no call was answered is as it was."""
        for run, change, steps in self._runs:
            if not run.answered:
                self.changes.remove(change)
                for step in reversed(steps):
                    self.steps.remove(step)
                    step()

    def _forward(self, run: Replacing) -> None:
        run.put()
        self.steps.append(run.take_away)

    def _tell(self, name: str, entry: Activation, made: nn.Module, how: str) -> None:
        new = made.activation.name if isinstance(made, Layer) else type(made).__name__
        self.changes.append(Change(name, entry.name, new, how))

    def unchanged(self, seen: tuple[Found, ...]) -> Iterator[Kept]:
        """Places that still have the activation; what is known of calls that were not answered."""
        made = {id(module) for module in self._new.values()}
        for each in seen:
            entry = each.activation
            if entry is None or not self.matches(each.module) or not self.wanted(entry):
                continue
            if id(self._at(each.module)) in made or ".swapped_" in f".{each.module}":
                continue
            reason = "scripted" if self._is_scripted(each.module) else "written"
            yield Kept(each.module, str(each), text(f"torch_swap.reason.{reason}"))


def wanted(old: Any) -> Wanted:
    """Which activations are to go. InputError for what names none."""
    if isinstance(old, list | tuple | set):
        return Wanted(others=tuple(map(wanted, old)))
    if isinstance(old, type) and issubclass(old, nn.Module):
        return Wanted(module=old)
    chosen = get(old)
    values = None if isinstance(old, str) else tuple(chosen.values.items())
    return Wanted(chosen.name, values)


def called(old: Any) -> str | Listed:
    """What `wanted` took, in a sentence."""
    if isinstance(old, list | tuple | set):
        return listed(map(called, old), choice=True)
    return old.__name__ if isinstance(old, type) else get(old).name


def _maker(new: Any) -> Callable[[], nn.Module]:
    """A new module for each place."""
    if isinstance(new, str | Activation):
        return lambda: layer(new)
    if isinstance(new, nn.Module):
        return lambda: copy.deepcopy(new)
    made = new() if callable(new) else None
    if not isinstance(made, nn.Module):
        raise InputError("torch_swap_new", given=type(new if made is None else made).__name__)
    return lambda: new()


def _present(model: nn.Module, seen: tuple[Found, ...]) -> dict[str, None]:
    """Names of the activations of a model."""
    if seen:
        return dict.fromkeys(str(each) for each in seen)
    entries = [activation_of_module(module) for module in model.modules()]
    return dict.fromkeys(entry.name for entry in entries if entry is not None)


def _is_function(value: Any) -> bool:
    return isinstance(value, FunctionType | BuiltinFunctionType)


def _attribute_back(module: nn.Module, own: str, value: Any) -> Callable[[], None]:
    def back() -> None:
        delattr(module, own)
        setattr(module, own, value)

    return back


def _weights_back(model: nn.Module) -> Callable[[], None]:
    before = [(each, each.detach().clone()) for each in model.parameters()]

    def back() -> None:
        with torch.no_grad():
            for parameter, values in before:
                parameter.copy_(values)

    return back
