"""A formula with parameters as a function of arrays: value, derivatives, gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nonlin import kinds
from nonlin._errors import InputError
from nonlin._libraries import leaf_of
from nonlin.expr.nodes import Expr
from nonlin.expr.walk import substitute
from nonlin.function import Function, kind_of
from nonlin.kernels import LONG
from nonlin.parameter import GatedPair, Request, check_order


@dataclass(frozen=True, slots=True)
class ArrayFunction(Function):
    """What an activation does with arrays. The work is done by the module of its kind."""

    def __call__(
        self,
        x: Any,
        gate: Any = None,
        /,
        *,
        precision: str = "fast",
        out: Any = None,
        axis: int = -1,
        **parameters: Any,
    ) -> Any:
        """f(x), same shape and dtype as x. `out` receives the result if given (it may be x).

        A tensor of PyTorch, JAX or Keras gives one, with gradients: see `nonlin.torch`.
        precision: "fast" (at most 8 ULP; in float64, beside a zero of f that no number hits, what
        one more rounding of x changes) or "exact" (at most 1 ULP). `axis` is that of the rows,
        of the halves of a gated pair, or of a parameter that is an array (one number for each
        channel). A gated pair takes value and gate, or one array with both, value first. Raises
        InputError for complex, object and text arrays. Inside the function of an activation of
        your own, x is a symbol, and so is the result.
        """
        try:  # an array of a kind that came before takes the quick way
            kind, dtype, function, run = self._ready[precision][x.dtype]
            if type(x) is kind and gate is None and not parameters and axis == -1:
                if function is None or x.size >= LONG:
                    return run(x, out)
                if out is None:
                    return function(x)
                if out.dtype is dtype and out.shape == x.shape:
                    function(x, out)
                    return out
        except (KeyError, TypeError, AttributeError, ValueError):
            pass  # what is wrong, if anything, is found below
        if isinstance(x, Expr):
            pair = {"x": x} if gate is None else {"x": gate, "value": x}
            return substitute(self.bind(**parameters).trained.graph, pair)
        call, leaf = Request(precision, out, axis, parameters), leaf_of(type(x))
        x = self._given(x, gate)
        return self._runner.value(self, x, call) if leaf is None else leaf.call(self, x, call)

    def _given(self, x: Any, gate: Any) -> Any:
        if gate is None:
            return x
        if self.kind != "gated":
            raise InputError("not_gated", name=self.name)
        return GatedPair(x, gate)

    def derivative(
        self,
        x: Any,
        /,
        order: int = 1,
        *,
        precision: str = "fast",
        out: Any = None,
        axis: int = -1,
        **parameters: Any,
    ) -> Any:
        """The derivative of order 1, 2 or 3 at x, same shape and dtype.

        At a kink the derivative is the one that the formula's branch declares: relu'(0) = 0.
        For a row-wise function (order 1 only): the Jacobian, shape (..., n, n), rows last.
        """
        check_order(order)
        call, leaf = Request(precision, out, axis, parameters), leaf_of(type(x))
        if leaf is not None:
            return leaf.derivative(self.itself, x, int(order), call)
        return self._runner.derivative(self, x, int(order), call)

    def value_and_derivative(
        self,
        x: Any,
        /,
        *,
        precision: str = "fast",
        out: Any = None,
        axis: int = -1,
        **parameters: Any,
    ) -> tuple[Any, Any]:
        """(f(x), f'(x)) in one pass over x; `out`, if given, is a pair of arrays."""
        call, leaf = Request(precision, out, axis, parameters), leaf_of(type(x))
        both = self._runner.both if leaf is None else leaf.value_and_derivative
        value, slope = both(self.itself, x, call)
        return value, slope

    def backward(
        self,
        grad: Any,
        x: Any,
        gate: Any = None,
        /,
        *,
        precision: str = "fast",
        out: Any = None,
        axis: int = -1,
        **parameters: Any,
    ) -> Any:
        """grad * f'(x) in one pass: the gradient by x, given the gradient by f(x).

        With a surrogate, as spikes have it, f' is the slope of the surrogate here, and wherever
        else gradients are taken for training; `derivative` is always that of f.
        grad has the shape of f(x), the result that of x. For a row-wise function: the Jacobian
        of every row along `axis`, transposed, times grad. For value and gate: a pair of
        gradients. Raises InputError otherwise.
        """
        call, leaf = Request(precision, out, axis, parameters), leaf_of(type(x))
        x = self._given(x, gate)
        back = self._runner.backward if leaf is None else leaf.backward
        return back(self, grad, x, call)

    def parameter_gradients(
        self,
        grad: Any,
        x: Any,
        /,
        *,
        seed: int | None = None,
        precision: str = "fast",
        axis: int = -1,
        **parameters: Any,
    ) -> dict[str, Any]:
        """The gradient by each learned parameter, of its shape: a sum of grad * df/dparameter.

        Parameters are given as in the call, numbers or arrays; seed: as in `sample`. For
        element-wise activations. Raises InputError if nothing is learned.
        """
        self.needs_elementwise("parameter_gradients")
        if not self.learned:
            raise InputError("nothing_learned", name=self.name)
        call = Request(precision, None, axis, parameters)
        if seed is not None:
            found: dict[str, Any] = self._noisy().parameter_gradients(self, grad, x, seed, call)
        else:
            found = self._runner.parameter_gradients(self, grad, x, self.learned, call)
        return found

    def sample(
        self,
        x: Any,
        /,
        *,
        seed: int | None = None,
        precision: str = "fast",
        out: Any = None,
        axis: int = -1,
        **parameters: Any,
    ) -> Any:
        """f(x) as in training, with noise drawn from the seed: same seed and shape, same result.

        For random activations, such as RReLU. Raises InputError for the others, and without a seed.
        """
        call = Request(precision, out, axis, parameters)
        return self._noisy().value(self, x, seed, call)

    def sample_backward(
        self,
        grad: Any,
        x: Any,
        /,
        *,
        seed: int | None = None,
        precision: str = "fast",
        out: Any = None,
        axis: int = -1,
        **parameters: Any,
    ) -> Any:
        """The gradient by x of `sample` with the same seed, hence the same noise."""
        call = Request(precision, out, axis, parameters)
        return self._noisy().backward(self, grad, x, seed, call)

    def _noisy(self) -> Any:
        if self.kind != "random":
            raise InputError("not_random", name=self.name)
        return kinds.runner("random")

    def backward_from_output(
        self, grad: Any, y: Any, /, *, precision: str = "fast", out: Any = None, axis: int = -1
    ) -> Any:
        """`backward` from the saved output y = f(x): cheaper, and as accurate as y is.

        For sigmoid, tanh, softmax and log_softmax. Raises InputError for the others.
        """
        if self.from_output is None:
            raise InputError("no_backward_from_output", name=self.name)
        return self._runner.backward_from_output(self, grad, y, Request(precision, out, axis))

    def gate(
        self, value: Any, x: Any, /, *, precision: str = "fast", out: Any = None, **parameters: Any
    ) -> Any:
        """value * f(x) in one pass, as in gated linear units (Shazeer, arXiv:2002.05202).

        Both arrays have one shape, and so has the result. Raises InputError otherwise.
        """
        self.needs_elementwise("gate")
        call, leaf = Request(precision, out, parameters=parameters), leaf_of(type(x))
        if leaf is not None:
            return leaf.gate(self, value, x, call)
        return self._runner.evaluate(self, "gate", (value, x), call)[0]

    def gate_backward(
        self,
        grad: Any,
        value: Any,
        x: Any,
        /,
        *,
        precision: str = "fast",
        out: Any = None,
        **parameters: Any,
    ) -> tuple[Any, Any]:
        """Gradients of `gate` by value and by x: grad * f(x) and grad * value * f'(x), in one pass.

        All arrays have one shape; `out`, if given, is a pair of arrays.
        """
        self.needs_elementwise("gate_backward")
        call = Request(precision, out, parameters=parameters)
        by_value, by_x = self._runner.evaluate(self, "gate_backward", (grad, value, x), call)
        return by_value, by_x

    @property
    def _runner(self) -> Any:
        return kinds.runner(kind_of(self.formula))
