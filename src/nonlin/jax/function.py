"""Activations as functions of JAX arrays: `nonlin.jax.get("mish")`, `nonlin.jax.mish`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp

from nonlin import catalogue
from nonlin._errors import InputError
from nonlin._text import listed
from nonlin.activation import Activation
from nonlin.any_library.function import AnyFunction
from nonlin.expr.nodes import Expr
from nonlin.jax.parts import Array, Part, RowPart, wide
from nonlin.kernels.arrays import ACCEPTED

DRAW = {"uniform": jax.random.uniform, "normal": jax.random.normal, "gumbel": jax.random.gumbel}


class _Jax:
    """JAX, as functions of any library know it."""

    xp = jnp

    def is_array(self, value: Any) -> bool:
        """Also of NumPy, and traced ones."""
        return isinstance(value, jax.Array) or bool(getattr(value, "ndim", 0))

    def floating(self, name: str, *given: Any) -> tuple[Any, ...]:
        """Of one dtype; whole numbers become numbers of JAX's default dtype."""
        try:
            dtype = jnp.result_type(*given)
        except (TypeError, ValueError):
            kinds = listed(type(each).__name__ for each in given)
            raise InputError("no_arrays", name=name, given=kinds, library="JAX") from None
        floats = jnp.issubdtype(dtype, jnp.floating)
        if jnp.issubdtype(dtype, jnp.complexfloating) or (floats and dtype.itemsize == 1):
            raise InputError("tensor_dtype", given=str(dtype), allowed=ACCEPTED, library="JAX")
        dtype = dtype if floats else jnp.result_type(float)
        return tuple(jnp.asarray(each, dtype) for each in given)

    def element(self, formula: Expr, names: tuple[str, ...]) -> Any:
        """Under custom_jvp."""
        return Part(formula, names)

    def rows(self, formula: Expr, names: tuple[str, ...], rule: Expr | None) -> Any:
        """Under custom_jvp, so that no rule for the gradient is asked for."""
        return RowPart(formula, names)


class JaxFunction:
    """f(x) for arrays of JAX: dtype in is dtype out, under jit, vmap, grad of any order, jvp.

    Called as nonlin.jax.NAME(x), or with value and gate for gated pairs.
    """

    def __init__(self, activation: Activation) -> None:
        self.activation = activation
        self._any = AnyFunction(activation, _Jax())
        self.__name__ = self.__qualname__ = activation.name
        self.__doc__ = activation.title

    def __call__(
        self,
        x: Any,
        gate: Any = None,
        /,
        *,
        axis: int = -1,
        key: Array | None = None,
        **parameters: Any,
    ) -> Array:
        """f(x), of the dtype of x; whole numbers become JAX's default floats.

        axis: that of the rows, of the halves of a gated pair, or of parameters of one axis.
        Parameters are numbers or arrays, which have gradients. key: of random activations in
        training; without it there is no noise. Raises InputError for what does not fit.
        """
        noise = {} if key is None else self._noise(key, x)
        found: Array = self._any(x, gate, axis, noise, parameters)
        return found

    def derivative(self, x: Any, order: int, **parameters: Any) -> Array:
        """The derivative of an element-wise function, with further derivatives, dtype of x."""
        found: Array = self._any.derivative(x, order, parameters)
        return found.astype(self._any.checked(x)[0].dtype)

    def _noise(self, key: Any, x: Any) -> dict[str, Array]:
        if not self._any.noises:
            raise InputError("no_noise", name=self.__name__)
        (x,) = self._any.checked(x)
        keys = jax.random.split(key, len(self._any.noises))
        dtype = wide(x).dtype
        names = zip(self._any.noises, keys, strict=True)
        return {name: DRAW[name](each, x.shape, dtype) for name, each in names}

    def __repr__(self) -> str:
        values = "".join(f", {name}={value:g}" for name, value in self.activation.values.items())
        return f"<nonlin.jax function {self.__name__}{values}>"


@lru_cache(maxsize=1024)
def function_of(activation: Activation) -> JaxFunction:
    """The one function of an activation: what is compiled for it is compiled once."""
    return JaxFunction(activation)


def get(activation: str | Activation, /, **parameters: float) -> JaxFunction:
    """The function of an entry of the catalogue, or of an Activation, with numbers bound.

    Raises InputError for an unknown name, and for parameters that it does not have.
    """
    return function_of(catalogue.get(activation).bind(**parameters))


def of_name(name: str) -> JaxFunction | None:
    """The function of an entry; None if there is no such entry."""
    found = catalogue.find(name)
    return None if found is None else function_of(found)
