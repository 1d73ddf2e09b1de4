"""Calls of an activation inside a module's forward, answered by another one."""

from __future__ import annotations

from dataclasses import dataclass
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


class Replacing:
    """The forward of a module in which calls of some activations go to another module.

    wanted: which activations; own: the name of the other module inside this one. None for a
    module whose calls stay as they are, inside one whose calls do not. What stood in the place
    of the forward before runs inside.
    """

    def __init__(self, module: nn.Module, wanted: Wanted | None, own: str = "") -> None:
        self.module, self.wanted, self.own = module, wanted, own
        self.before = vars(module).get("forward")
        self.answered = 0  # calls

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The module's forward."""
        with torch._C.DisableTorchFunction() if self.wanted is None else _Calls(self):
            if self.before is not None:
                return self.before(*args, **kwargs)
            return type(self.module).forward(self.module, *args, **kwargs)

    def put(self) -> None:
        """In the place of the forward."""
        self.module.forward = self

    def take_away(self) -> None:
        """What stood there before."""
        del self.module.forward
        if self.before is not None:
            self.module.forward = self.before

    def answer(self, func: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """By the new activation, if this is a call of the old one; else what it gives."""
        called = call_of(func, args[1:], keywords)
        if called is None or self.wanted is None or not self.wanted(called):
            return func(*args, **keywords)
        self.answered += 1
        with torch._C.DisableTorchFunction():  # it may call the old one itself
            new = getattr(self.module, self.own)
            if keywords.get("inplace") or getattr(func, "__name__", "").endswith("_"):
                return args[0].copy_(new(args[0].clone()))
            return new(args[0])


class _Calls(TorchFunctionMode):
    def __init__(self, replacing: Replacing) -> None:
        super().__init__()
        self.replacing = replacing

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if args and func in FUNCTIONS:
            return self.replacing.answer(func, args, kwargs or {})
        return func(*args, **(kwargs or {}))


def call_of(func: Any, rest: tuple[Any, ...], keywords: dict[str, Any]) -> Activation | None:
    """Which activation a call is, with the arguments behind the first tensor."""
    options = {name: each for name, each in keywords.items() if name not in ("inplace", "out")}
    key = func, repr(rest), repr(sorted(options.items()))
    if key not in _calls:
        _calls[key] = _recognised(func, rest, options)
    return _calls[key]


_calls: dict[Any, Activation | None] = {}


def _recognised(func: Any, rest: tuple[Any, ...], options: dict[str, Any]) -> Activation | None:
    name = FUNCTIONS[func]
    if get(name).kind != "elementwise":
        return get(name)

    def values(x: Any) -> Any:
        with torch.no_grad():
            found: torch.Tensor = func(torch.from_numpy(x.copy()), *rest, **options)
        return found.numpy()

    return recognised(values)


def _activation_functions() -> dict[Any, str]:
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


# PyTorch's functions and methods that are activations, with the name of the entry
FUNCTIONS = _activation_functions()
