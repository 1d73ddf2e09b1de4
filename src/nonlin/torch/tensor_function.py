"""An activation as a function of tensors: its kind, parameters, noise, and which axis it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.fx import Proxy

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.any_library.bound import bound, check_hashable, noises, parts_of, pieces_of
from nonlin.parameter import check_names
from nonlin.torch import shapes
from nonlin.torch.quick import Quick, quick
from nonlin.torch.routes import Routed
from nonlin.torch.tensors import NAMES, Tensor, floating, not_traced

MOST = 64  # sets of numbers that a function is remembered with


class TensorFunction:
    """f(x) for tensors: tensor in, tensor out, dtype in is dtype out, with all derivatives.

    Called as nt.functional.NAME(x), or with value and gate for gated pairs.
    """

    def __init__(self, activation: Activation) -> None:
        self.activation = activation
        self.known, self.names = _Known(), dict[Any, str]()
        self.quick: Quick | None = None
        self.kind, self.rowwise = activation.kind, activation.rowwise
        self.noises = noises(activation)
        self.__name__ = self.__qualname__ = activation.name
        self.__doc__ = activation.title

    def __call__(
        self,
        x: Any,
        gate: Any = None,
        /,
        *,
        dim: int | None = None,
        training: bool = False,
        generator: torch.Generator | None = None,
        inplace: bool = False,
        **parameters: Any,
    ) -> Any:
        """f(x), of the dtype of x; whole numbers become PyTorch's default dtype.

        dim: the axis of the rows or of the halves of a gated pair (the last), or along which
        parameters of one axis lie (1, as in PyTorch). Parameters are numbers or tensors, which
        have gradients. training: with noise, for random activations, from `generator`.
        inplace: into x. Raises InputError for what does not fit.
        """
        if not (torch.compiler.is_compiling() or parameters or training or inplace):
            found = None if self.quick is None or gate is not None else self.quick(x)
            if found is not None:
                return found
        tensors = self._checked(x, gate)
        if inplace:
            return self._in_place(x, dim, training, generator, parameters)
        if self.kind == "reshaping":
            return self._reshaped(tensors[0], dim, parameters)
        noise = {}
        if training and self.noises:
            noise = shapes.noise(self.noises, tensors[0], generator)
        routed = self._routed(parameters, bool(noise))
        if self.kind == "gated":
            value, gated = tensors if gate is not None else shapes.halves(tensors[0], dim)
            shapes.check_pair(value, gated)
            return routed(gated, value)
        if self.rowwise:
            given = [tensors[0], *noise.values()]
            return shapes.along_rows(routed, given, -1 if dim is None else dim)
        if len(routed.names) == 1:
            return routed(*tensors)
        others = {name: parameters[name] for name in routed.names[1:] if name not in noise}
        return shapes.with_channels(routed, tensors[0], others, noise, dim)

    def _checked(self, x: Any, gate: Any) -> tuple[Any, ...]:
        """The tensors, of one floating dtype."""
        given = (x,) if gate is None else (x, gate)
        for each in given:
            if not isinstance(each, torch.Tensor | Proxy):
                raise InputError(
                    "tensor_type", name=self.activation.name, given=type(each).__name__
                )
        if gate is not None and self.kind != "gated":
            raise InputError("not_gated", name=self.activation.name)
        if isinstance(x, Proxy) or (gate is None and x.dtype in NAMES):
            return given
        return floating(*given)

    def _routed(self, parameters: Mapping[str, Any], training: bool) -> Routed:
        free = tuple(n for n, v in parameters.items() if isinstance(v, torch.Tensor | Proxy))
        numbers = tuple((n, v) for n, v in parameters.items() if n not in free)
        found: Routed = getattr(self.known, _known(self, free, numbers, training))
        return found

    def prepare(
        self, free: Sequence[str], numbers: Sequence[tuple[str, Any]], training: bool
    ) -> Routed:
        """With the `free` parameters as tensors, the numbers bound, and noise in training."""
        return Routed(*bound(self.activation, free, numbers, training))

    def register(self) -> None:
        """The operators that tools see."""
        runs = self.prepare_parts() if self.kind == "reshaping" else [self.prepare((), (), False)]
        for each in filter(None, runs):
            each.register()

    def _reshaped(self, x: Tensor, dim: int | None, parameters: Mapping[str, Any]) -> Tensor:
        parts = getattr(self.known, _known_parts(self, tuple(parameters)))
        pieces = pieces_of(self.activation, parameters)
        return shapes.reshaped(parts, x, -1 if dim is None else dim, pieces)

    def prepare_parts(self) -> list[Any]:
        """What a reshaping function joins or pools, one function for each; None leaves x."""
        parts = parts_of(self.activation)
        return [None if each is None else Routed(each, ("x",)) for each in parts]

    def _in_place(
        self, x: Tensor, dim: int | None, training: bool, generator: Any, parameters: Any
    ) -> Tensor:
        if self.kind in ("gated", "reshaping"):
            raise InputError("tensor_in_place", name=self.activation.name)
        if not isinstance(x, Proxy) and not x.is_floating_point():
            given = str(x.dtype).removeprefix("torch.")
            raise InputError("tensor_in_place_dtype", name=self.activation.name, given=given)
        wanted = torch.is_grad_enabled() and x.requires_grad
        kept = x.clone() if wanted else x  # autograd may keep it
        found = self(kept, dim=dim, training=training, generator=generator, **parameters)
        return x.copy_(found)

    def __reduce__(self) -> Any:
        return type(self), (self.activation,)

    def __deepcopy__(self, known: Any) -> TensorFunction:
        return self  # it never changes

    def __repr__(self) -> str:
        return f"<nonlin.torch.functional.{self.activation.name}>"


class _Known:
    """Functions with parameters bound, by name: compilers look one up and see no others."""

    parts: list[Any]


@not_traced
def _known(
    function: TensorFunction,
    free: tuple[str, ...],
    numbers: tuple[tuple[str, Any], ...],
    training: bool,
) -> str:
    """The name of the function with these parameters."""
    check_hashable(numbers)
    key = free, numbers, training
    name = function.names.get(key)
    if name is None:
        routed = function.prepare(free, numbers, training)
        if len(function.names) >= MOST:  # a number that changes at every step, perhaps
            function.names.clear()
        name = function.names[key] = f"function_{len(function.names)}"
        setattr(function.known, name, routed)
        if routed.names == ("x",) and not numbers and not function.rowwise:
            function.quick = quick(routed.kernels)
    return name


@not_traced
def _known_parts(function: TensorFunction, names: tuple[str, ...]) -> str:
    """The name of the parts of a reshaping function; as `_known`."""
    activation = function.activation
    check_names(activation.name, activation.parameters, dict.fromkeys(names))
    if not hasattr(function.known, "parts"):
        function.known.parts = function.prepare_parts()
    return "parts"
