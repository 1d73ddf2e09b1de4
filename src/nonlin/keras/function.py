"""Activations as functions of tensors of any back end of Keras: `nonlin.keras.get("mish")`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import keras
import numpy as np
from keras import ops

from nonlin import catalogue
from nonlin._errors import InputError
from nonlin._libraries import leaf_of
from nonlin._text import listed
from nonlin.activation import Activation
from nonlin.any_library.function import AnyFunction
from nonlin.expr.nodes import Expr
from nonlin.keras.parts import Part, RowPart, Tensor, dtype_of
from nonlin.kernels.arrays import ACCEPTED, DTYPES

_TOLD = "_keras_call_info_injected"  # on errors that Keras leaves as they are


class _Keras:
    """Keras, as functions of any library know it."""

    xp = ops

    def is_array(self, value: Any) -> bool:
        """A tensor or variable, or an array that becomes one."""
        known = isinstance(value, keras.Variable) or ops.is_tensor(value)
        return known or bool(getattr(value, "ndim", 0))

    def floating(self, name: str, *given: Any) -> tuple[Any, ...]:
        """Of one dtype; whole numbers become numbers of Keras's default dtype."""
        try:
            tensors = [ops.convert_to_tensor(each) for each in given]
        except (TypeError, ValueError):
            told = listed(type(each).__name__ for each in given)
            raise InputError("no_arrays", name=name, given=told, library="Keras") from None
        kinds = [dtype_of(each) for each in tensors]
        dtype = kinds[0] if len(set(kinds)) == 1 else keras.backend.result_type(*kinds)
        if dtype not in DTYPES:
            if "int" not in dtype and dtype != "bool":
                raise InputError("tensor_dtype", given=dtype, allowed=ACCEPTED, library="Keras")
            dtype = keras.config.floatx()
        return tuple(ops.cast(each, dtype) for each in tensors)

    def element(self, formula: Expr, names: tuple[str, ...]) -> Any:
        """Under custom_gradient."""
        return Part(formula, names)

    def rows(self, formula: Expr, names: tuple[str, ...], rule: Expr | None) -> Any:
        """Under custom_gradient."""
        return RowPart(formula, names, rule)


@keras.saving.register_keras_serializable(package="nonlin", name="Function")
class KerasFunction(keras.Operation):
    """f(x) for tensors of Keras: dtype in is dtype out. A layer takes it as its `activation`.

    On JAX and PyTorch the work is done by nonlin.jax and nonlin.torch, with all derivatives;
    elsewhere by keras.ops, in reverse mode. Models that have it are saved and loaded.
    """

    def __init__(self, activation: str | Activation, name: str | None = None) -> None:
        entry = catalogue.get(activation)
        super().__init__(name=name)
        self.activation = entry
        self._any = AnyFunction(entry, _Keras())
        self.__name__ = entry.name

    def __call__(self, *tensors: Any, **options: Any) -> Tensor:
        """See `call`; what is symbolic becomes a node of a functional model."""
        symbolic = [isinstance(each, keras.KerasTensor) for each in (*tensors, *options.values())]
        run = self.symbolic_call if any(symbolic) else self.call
        try:
            return run(*tensors, **options)
        except InputError as error:
            error.__dict__[_TOLD] = True
            raise

    def call(
        self, x: Any, gate: Any = None, /, *, axis: int = -1, noise: Any = None, **parameters: Any
    ) -> Tensor:
        """f(x), of the dtype of x; whole numbers become Keras's default floats.

        axis: that of the rows, of the halves of a gated pair, or of parameters of one axis.
        Parameters are numbers or tensors, which have gradients. noise: tensors like x by name,
        of random activations in training. Raises InputError for what does not fit.
        """
        x, gate = (*self._any.checked(x, gate), None)[:2]
        free = {n: v for n, v in parameters.items() if self._any.library.is_array(v)}
        parameters |= {n: ops.convert_to_tensor(v) for n, v in free.items()}
        if not noise and _has_leaf(x):
            return self.activation(x, gate, axis=axis, **parameters)
        return self._any(x, gate, axis, noise or {}, parameters)

    def draw(self, x: Tensor, seed: Any) -> dict[str, Tensor]:
        """Noise like x for each that it needs in training; seed: a keras.random.SeedGenerator."""
        dtype = "float64" if dtype_of(x) == "float64" else "float32"
        return {name: DRAW[name](ops.shape(x), dtype, seed) for name in self._any.noises}

    def get_config(self) -> dict[str, Any]:
        """The formula and the values of its parameters, as text."""
        return {"activation": written(self.activation), "name": self.name}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> KerasFunction:
        """Parsed, never evaluated."""
        return cls(read(config["activation"]), config.get("name"))

    def __repr__(self) -> str:
        values = "".join(f", {name}={value:g}" for name, value in self.activation.values.items())
        return f"<nonlin.keras function {self.activation.name}{values}>"


def _has_leaf(x: Tensor) -> bool:
    """Is it a tensor that an Activation takes itself?"""
    return isinstance(x, np.ndarray) or leaf_of(type(x)) is not None


def _gumbel(shape: Any, dtype: str, seed: Any) -> Tensor:
    uniform = keras.random.uniform(shape, dtype=dtype, seed=seed)
    return -ops.log(-ops.log(ops.maximum(uniform, 1e-30)))


DRAW = {
    "uniform": lambda shape, dtype, seed: keras.random.uniform(shape, dtype=dtype, seed=seed),
    "normal": lambda shape, dtype, seed: keras.random.normal(shape, dtype=dtype, seed=seed),
    "gumbel": _gumbel,
}


def written(activation: Activation) -> dict[str, Any]:
    """An activation as plain values. InputError if no formula gives it back."""
    from nonlin.keep.describe import function_of

    return asdict(function_of(activation))


def read(text: Mapping[str, Any]) -> Activation:
    """The activation that `written` describes."""
    from nonlin.keep.describe import FunctionText, activation_of

    return activation_of(FunctionText(**text), "nonlin.keras")


def get(activation: str | Activation, /, **parameters: float) -> KerasFunction:
    """The function of an entry of the catalogue, or of an Activation, with numbers bound.

    Raises InputError for an unknown name, and for parameters that it does not have.
    """
    return KerasFunction(catalogue.get(activation).bind(**parameters))


def of_name(name: str) -> KerasFunction | None:
    """The function of an entry; None if there is no such entry."""
    found = catalogue.find(name)
    return None if found is None else KerasFunction(found)
