"""Calls of an activation inside a module's forward, answered by another one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.overrides import TorchFunctionMode

from nonlin.activation import Activation
from nonlin.catalogue import elsewhere, get
from nonlin.torch.reading.recognise import recognised


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which activations are to go: of this name, with these values if they matter; or modules
    of this class; or those of the others.
    """

    name: str = ""
    values: tuple[tuple[str, float], ...] | None = None
    module: type[nn.Module] | None = None
    others: tuple[Wanted, ...] = ()

    def __call__(self, entry: Activation, module: nn.Module | None = None) -> bool:
        """Is this one of them? module: that it is, if it is one."""
        if any(each(entry, module) for each in self.others):
            return True
        if self.module is not None:
            return isinstance(module, self.module)
        same = self.values is None or self.values == tuple(entry.values.items())
        return entry.name == self.name and same


_now: ContextVar[Replacing | None] = ContextVar("nonlin_replacing", default=None)


class Replacing:
    """The forward of a module in which calls of some activations go to another module.

    wanted: which activations; own: the name of the other module inside this one. None for calls
    that stay as they are, inside a module whose calls do not.
    """

    def __init__(self, module: nn.Module, wanted: Wanted | None, own: str = "") -> None:
        self.module, self.wanted, self.own = module, wanted, own
        self.answered = 0  # calls

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The module's forward."""
        forward = type(self.module).forward
        if self.wanted is None:
            with _instead(None):
                return forward(self.module, *args, **kwargs)
        with _instead(self), _Calls():
            return forward(self.module, *args, **kwargs)

    def answer(self, func: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """By the new activation, if this is a call of the old one; else what it gives."""
        called = call_of(func, args[1:], keywords)
        with _instead(None):
            if called is None or self.wanted is None or not self.wanted(called):
                return func(*args, **keywords)
            self.answered += 1
            new = getattr(self.module, self.own)
            if keywords.get("inplace") or getattr(func, "__name__", "").endswith("_"):
                return args[0].copy_(new(args[0].clone()))
            return new(args[0])


@contextmanager
def _instead(replacing: Replacing | None) -> Iterator[None]:
    token = _now.set(replacing)
    try:
        yield
    finally:
        _now.reset(token)


class _Calls(TorchFunctionMode):
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs, replacing = kwargs or {}, _now.get()
        if replacing is None or not args or func not in activation_functions():
            return func(*args, **kwargs)
        return replacing.answer(func, args, kwargs)


def call_of(func: Any, rest: tuple[Any, ...], keywords: dict[str, Any]) -> Activation | None:
    """Which activation a call is, with the arguments behind the first tensor."""
    options = {name: each for name, each in keywords.items() if name not in ("inplace", "out")}
    key = func, repr(rest), repr(sorted(options.items()))
    if key not in _calls:
        _calls[key] = _recognised(func, rest, options)
    return _calls[key]


_calls: dict[Any, Activation | None] = {}


def _recognised(func: Any, rest: tuple[Any, ...], options: dict[str, Any]) -> Activation | None:
    name = activation_functions()[func]
    if get(name).kind != "elementwise":
        return get(name)

    def values(x: Any) -> Any:
        with torch.no_grad():
            found: torch.Tensor = func(torch.from_numpy(x.copy()), *rest, **options)
        return found.numpy()

    return recognised(values)


@cache
def activation_functions() -> dict[Any, str]:
    """PyTorch's functions and methods that are activations, with the name of the entry."""
    found: dict[Any, str] = {}
    for row in elsewhere.names_elsewhere().values():
        section, _, name = row.name.rpartition(".")
        if section != "torch.nn.functional":
            continue
        for home in (F, torch, torch.Tensor, torch._C._nn):
            for spelling in (name, f"{name}_"):
                if hasattr(home, spelling):
                    found[getattr(home, spelling)] = row.entry
    return found
