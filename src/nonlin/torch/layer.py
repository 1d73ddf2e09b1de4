"""Activations as modules: `nt.Mish()`, `nt.get("prelu", channels=64)`."""

from __future__ import annotations

from functools import cache
from types import FunctionType
from typing import Any

import torch

from nonlin import catalogue
from nonlin.activation import Activation
from nonlin.any_library import ranges
from nonlin.any_library.ranges import RAW, check_channels, is_bounded, outside
from nonlin.catalogue.elsewhere import plain
from nonlin.export.exported import Exported
from nonlin.expr.infix import infix
from nonlin.parameter import Parameter
from nonlin.torch.functional import function_of
from nonlin.torch.native import native_module
from nonlin.torch.tensors import Tensor


def inside(raw: Tensor, row: Parameter) -> Tensor:
    """The parameter, in its range."""
    softplus = torch.nn.functional.softplus
    found: Tensor = ranges.inside(raw, row, torch.sigmoid, softplus, torch.clamp)
    return found


class Layer(torch.nn.Module):
    """An activation as a module. Parameters that networks learn are its parameters.

    activation: a name of the catalogue, or an Activation. channels: how many values of each
    learned parameter, along `dim` of the inputs (1); None for one. dim: besides, the axis of
    rows and halves (-1). inplace: into the input. Other keywords are values of parameters: where
    learned ones begin. Raises InputError for what the activation does not have.
    """

    def __init__(
        self,
        activation: str | Activation,
        /,
        *,
        channels: int | None = None,
        dim: int | None = None,
        inplace: bool = False,
        device: Any = None,
        dtype: torch.dtype | None = None,
        **parameters: float,
    ) -> None:
        super().__init__()
        self.activation = catalogue.get(activation).bind(**parameters)
        self.channels, self.dim, self.inplace = channels, dim, inplace
        self.function = function_of(self.activation)
        rows = {row.name: row for row in self.activation.parameters if row.learned}
        check_channels(self.activation, channels)
        self._free = {name: row for name, row in rows.items() if not is_bounded(row)}
        self._bounded = {name: row for name, row in rows.items() if is_bounded(row)}
        noisy = self.activation.training is not None
        self._simple = not (rows or noisy or inplace or dim is not None)
        shape = () if channels is None else (channels,)
        for name, row in rows.items():
            start = row.value if name in self._free else outside(row.value, row)
            values = torch.full(shape, start, device=device, dtype=dtype)
            own = name if name in self._free else RAW + name
            self.register_parameter(own, torch.nn.Parameter(values))

    def forward(self, x: Tensor, gate: Tensor | None = None) -> Tensor:
        """f(x), or of a pair of value and gate."""
        if self._simple and gate is None:
            return self.function(x)  # type: ignore[no-any-return]
        options = self.learned_values()
        if self.dim is not None:
            options["dim"] = self.dim
        elif self.channels is None and options:
            options["dim"] = -1  # every tensor has it, and one number lies along any axis
        if self.inplace:
            options["inplace"] = True
        if self.training and self.activation.training is not None:
            options["training"] = True
        found: Tensor = self.function(x, gate, **options)
        return found

    def learned_values(self) -> dict[str, Any]:
        """The learned parameters by name, inside their ranges."""
        found: dict[str, Any] = {name: getattr(self, name) for name in self._free}
        for name, row in self._bounded.items():
            found[name] = inside(getattr(self, RAW + name), row)
        return found

    def __getattr__(self, name: str) -> Any:
        bounded = self.__dict__.get("_bounded", {})
        if name in bounded:
            return inside(getattr(self, RAW + name), bounded[name])
        return super().__getattr__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        bounded = self.__dict__.get("_bounded", {})
        if name not in bounded:
            super().__setattr__(name, value)
            return
        row = bounded[name]
        with torch.no_grad():
            getattr(self, RAW + name).fill_(outside(row.checked(value), row))

    def _get_name(self) -> str:
        return class_name(self.activation) if type(self) is Layer else type(self).__name__

    def extra_repr(self) -> str:
        """Parameters, and options that are not the usual ones."""
        activation = self.activation
        known: dict[str, Any] = {**activation.values, **self.learned_values()}
        parts = [f"{name}={_short(known[name])}" for name in activation.values]
        parts += [] if self.dim is None else [f"dim={self.dim}"]
        parts += ["inplace=True"] if self.inplace else []
        if activation.name not in catalogue.names():
            parts.insert(0, infix(activation.formula))
        return ", ".join(parts)


def get(
    activation: str | Activation,
    /,
    *,
    channels: int | None = None,
    dim: int | None = None,
    inplace: bool = False,
    native: bool = False,
    device: Any = None,
    dtype: torch.dtype | None = None,
    **parameters: float,
) -> torch.nn.Module:
    """A module for an activation: see `Layer` for the options.

    native: PyTorch's own module of the very same function. Raises InputError if it has none.
    """
    entry = catalogue.get(activation)
    if native:
        bound = entry.bind(**parameters)
        check_channels(bound, channels)
        return native_module(bound, channels, dim, inplace, device, dtype)
    options: Any = {
        "channels": channels, "dim": dim, "inplace": inplace, "device": device, "dtype": dtype,
        **parameters,
    }  # fmt: skip
    own = _classes().get(plain(entry.name))
    if own is not None and catalogue.get(own.entry) is entry:
        return own(**options)
    return Layer(entry, **options)


def _short(value: Any) -> str:
    if not isinstance(value, torch.Tensor):
        return f"{value:g}"
    if value.is_meta:  # which has no numbers
        return "(learned)"
    return f"({len(value)} learned)" if value.dim() else f"{value.item():.4g}"


def class_name(activation: Activation) -> str:
    """LeakyRelu for leaky_relu."""
    return Exported(activation).class_name


class _Named(Layer):
    """One entry of the catalogue."""

    entry = "identity"

    def __init__(self, **options: Any) -> None:
        super().__init__(self.entry, **options)


@cache
def _classes() -> dict[str, type[_Named]]:
    """A class for each entry, by its name without case and underscores."""
    return {plain(name): _class(name) for name in catalogue.names()}


def _class(name: str) -> type[_Named]:
    entry = catalogue.get(name)
    told = f"{entry.title}. See `nonlin.torch.get` for the options."
    own = {"entry": name, "__module__": "nonlin.torch", "__doc__": told, "forward": _forward(name)}
    return type(class_name(entry), (_Named,), own)


def _forward(name: str) -> Any:
    """`forward` with code of its own: compilers count recompilations by code, and stop at eight."""
    shared = Layer.forward
    code = shared.__code__.replace(co_name=f"forward_{name}")
    return FunctionType(code, shared.__globals__, "forward", shared.__defaults__)


def class_of(name: str) -> type[Layer] | None:
    """The class for `Mish`, `LeakyReLU` or `LeakyRelu`; None if there is no such entry."""
    return _classes().get(plain(name))
