"""One function of another library, run on arrays as its users run it, and as lines to be tried.

`run` gives f(x) and f'(x) computed in a format, widened to float32; f' is that of automatic
differentiation, None where the library has none. `at` is the same for one x, as `lines` show it: an
import, an array of equal numbers (a single number may take another way), an expression.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Protocol

import numpy as np

from nonlin.activation import Activation
from nonlin.audit.inputs import narrowed
from nonlin.audit.tally import Array
from nonlin.catalogue import calls, get

Pair = tuple[Array, Array | None]
Lines = tuple[str, str, str]
EQUAL = 16  # numbers in an array that shows one
OPSET, IR_VERSION = 24, 10  # the newest operators that the runtime of ONNX knows
ONNX_NAMES = {"float32": "float", "float16": "float16"}


class Program(Protocol):
    """What can be audited."""

    def run(self, x: Array, kind: str) -> Pair:
        """f(x) and f'(x) of a float32 array."""

    def at(self, x: float, kind: str, order: int) -> float:
        """f(x), or f'(x) for order 1: run as arrays are."""
        found = self.run(np.full(EQUAL, x, np.float32), kind)[order]
        assert found is not None  # noqa: S101 - for the type checker
        return float(found[0])

    def lines(self, x: float, kind: str, order: int) -> Lines:
        """What shows it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A name in another library, with what stands in its brackets, as text and as a function."""

    path: str
    arguments: tuple[Any, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def function(self) -> Callable[[Any], Any]:
        """It itself. Raises AttributeError if the library that is installed lacks it."""
        home, _, last = self.path.rpartition(".")
        found = getattr(import_module(home), last)
        if home == "torch.nn":
            module = found(*self.arguments, **dict(self.options)).eval()
            return lambda x: module.to(x.dtype)(x)
        if last == "prelu":  # whose slope is a tensor
            return lambda x: found(x, x.detach().new_tensor([*self.arguments]))
        return lambda x: found(x, *self.arguments, **dict(self.options))

    @property
    def text(self) -> str:
        """As it is called on x."""
        given = [*map(repr, self.arguments), *(f"{key}={value!r}" for key, value in self.options)]
        if self.path.startswith("torch.nn.") and self.path.count(".") == 2:
            return f"{self.path}({', '.join(given)}).eval().to(x.dtype)(x)"
        if self.path.endswith(".prelu"):
            given = [f"x.detach().new_tensor([{', '.join(given)}])"]
        return f"{self.path}({', '.join(['x', *given])})"


def written(name: str) -> Written:
    """A dotted name of the tables; functions whose values have no default take the entry's."""
    called = calls.split(name)
    path = name if called is None else called.name
    if path.rpartition(".")[2].lower() in ("threshold", "prelu") and path != "torch.nn.PReLU":
        return Written(path, tuple(get(name).values.values()))
    if called is None:
        return Written(path)
    return Written(path, called.positional, tuple(called.keywords.items()))


def _number(x: float) -> str:
    """As it is typed: the shortest digits that give the same float32."""
    text = str(np.float32(x))
    return text if np.isfinite(x) else f"float('{text}')"


class Torch(Program):
    """A function on tensors of PyTorch; imports: what its first line imports."""

    def __init__(self, found: Written, imports: str = "torch") -> None:
        self._written, self._function, self._imports = found, found.function, imports

    def run(self, x: Array, kind: str) -> Pair:
        """Forwards and backwards; blocks are too short for a second thread to help."""
        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            given = torch.tensor(x, dtype=getattr(torch, kind), requires_grad=True)
            value = self._function(given)
            (slope,) = torch.autograd.grad(value, given, torch.ones_like(value))
        finally:
            torch.set_num_threads(threads)
        return value.detach().float().numpy(), slope.float().numpy()

    def lines(self, x: float, kind: str, order: int) -> Lines:
        """On a tensor."""
        options = f"dtype=torch.{kind}, requires_grad=True"
        given = f"x = torch.full(({EQUAL},), {_number(x)}, {options})"
        value = self._written.text
        shown = f"torch.autograd.grad({value}, x, torch.ones_like(x))[0]" if order else value
        return f"import {self._imports}", given, f"{shown}[0].item()"


class Jax(Program):
    """A function on arrays of JAX, compiled as a whole."""

    def __init__(self, found: Written, imports: str = "jax") -> None:
        import jax

        function = found.function
        self._written, self._imports = found, imports
        self._both = jax.jit(partial(_value_and_slope, function))
        self._shown = jax.jit(function), jax.jit(jax.vmap(jax.grad(function)))

    def run(self, x: Array, kind: str) -> Pair:
        """Given as NumPy has it: JAX would flush subnormal numbers on the way."""
        value, slope = self._both(narrowed(x, kind))
        return np.asarray(value, np.float32), np.asarray(slope, np.float32)

    def at(self, x: float, kind: str, order: int) -> float:
        """Compiled alone, as its users do it."""
        found = self._shown[order](narrowed(np.full(EQUAL, x, np.float32), kind))
        return float(found[0])

    def lines(self, x: float, kind: str, order: int) -> Lines:
        """On an array of JAX."""
        value = self._written.text
        bare = value.removesuffix("(x)") if value.endswith("(x)") else f"lambda x: {value}"
        shown = f"jax.vmap(jax.grad({bare}))" if order else bare
        given = f'x = jax.numpy.full({EQUAL}, {_number(x)}, "{kind}")'
        return f"import {self._imports}", given, f"jax.jit({shown})(x)[0].item()"


def _value_and_slope(function: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    import jax

    value, pull = jax.vjp(function, x)
    return value, pull(jax.numpy.ones_like(value))[0]


def keras_program(found: Written) -> Program:
    """On the back end that Keras uses here, which is JAX or PyTorch."""
    import keras

    if keras.backend.backend() == "torch":
        return Torch(found, "keras, torch")
    return Jax(found, "jax, keras")


class Onnx(Program):
    """An operator in the runtime of ONNX, which has no derivatives."""

    def __init__(self, found: Written) -> None:
        self._operator, self._slope = found.path.rpartition(".")[2], found.arguments
        given = ", ".join(f"{key} = {_attribute(value)}" for key, value in found.options)
        self._attributes = f" <{given}> " if given else ""
        self._sessions: dict[str, Any] = {}

    def _model(self, kind: str) -> str:
        number, body = ONNX_NAMES[kind], f"y = {self._operator}{self._attributes}(x)"
        if self._slope:
            constant = f"s = Constant<value_float = {self._slope[0]}>() t = CastLike(s, x)"
            body = f"{constant} y = {self._operator}(x, t)"
        head = f'ir_version: {IR_VERSION}, opset_import: ["": {OPSET}]'
        return f"<{head}> g ({number}[n] x) => ({number}[n] y) {{ {body} }}"

    def run(self, x: Array, kind: str) -> Pair:
        """Values."""
        if kind not in self._sessions:
            import onnxruntime
            from onnx.parser import parse_model

            model = parse_model(self._model(kind)).SerializeToString()
            self._sessions[kind] = onnxruntime.InferenceSession(
                model, providers=["CPUExecutionProvider"]
            )
        (value,) = self._sessions[kind].run(None, {"x": narrowed(x, kind)})
        return value.astype(np.float32), None

    def lines(self, x: float, kind: str, order: int) -> Lines:
        """With the model as text."""
        made = "onnxruntime.InferenceSession(model.SerializeToString())"
        given = f'{{"x": numpy.full({EQUAL}, {_number(x)}, "{kind}")}}'
        model = f"model = onnx.parser.parse_model('{self._model(kind)}')"
        return (
            "import numpy, onnx.parser, onnxruntime",
            model,
            f"{made}.run(None, {given})[0][0].item()",
        )


def _attribute(value: Any) -> str:
    """As the text of a model has it: numbers are floats, texts stand between double quotes."""
    return json.dumps(value if isinstance(value, str) else float(value))


class Own(Program):
    """An entry of ours, in fast precision."""

    def __init__(self, found: Written, activation: Activation | None = None) -> None:
        self._activation = activation or get(found.path)

    def run(self, x: Array, kind: str) -> Pair:
        """In one pass."""
        value, slope = self._activation.value_and_derivative(narrowed(x, kind))
        return value.astype(np.float32, copy=False), slope.astype(np.float32, copy=False)

    def lines(self, x: float, kind: str, order: int) -> Lines:
        """On an array of NumPy."""
        called = f"nl.{self._activation.name}{'.derivative' if order else ''}"
        ready = "import ml_dtypes, " if kind == "bfloat16" else "import "
        given = f'x = numpy.full({EQUAL}, {_number(x)}, "{kind}")'
        return f"{ready}numpy, nonlin as nl", given, f"{called}(x)[0].item()"
