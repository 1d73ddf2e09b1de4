"""Every activation: values and slopes to the last bit, what is known of it, and its exports."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

import nonlin as nl
from compared.cases import Answers, Place, case, in_chinese
from compared.plain import ask, plain, texts

TARGETS = (
    "python", "numpy", "torch", "jax", "keras", "tensorflow", "js", "c", "latex", "mathml",
    "onnx", "lut",
)  # fmt: skip
TRAITS = ("kind", "latex", "range", "kinks", "gain", "gain_backward", "values", "source")
SPOKEN = ("title", "strengths", "weaknesses", "_repr_html_", "derivative_latex")
FORMULAS = {
    "swish": ("x*sigmoid(beta*x)", {"beta": 1.702}),
    "bent": ("where(x > 0, x, alpha*(exp(x) - 1)) + 0.1*sin(x)", {"alpha": 0.7}),
    "rational": ("x / (1 + abs(x)) + max(x, 0)", {}),
}


def grid(dtype: Any) -> np.ndarray:
    """Where a network's sums lie, far outside, and at the ends; rows of 16."""
    ends = [np.inf, -np.inf, np.nan, 0.0, -0.0, 1e-30, -1e-30, 88.5, -88.5, 710.0, -745.0, 3e38]
    near, far = np.linspace(-8, 8, 3001), np.linspace(-120, 120, 995)
    return np.concatenate([near, far, ends, [-3e38] * 8]).astype(dtype).reshape(-1, 16)


def _used(name: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The ways to call an activation; what a kind does not have is an error, and an answer."""
    one, x = nl.get(name), grid(np.float32)
    yield "both", partial(_quiet, _both, one, x)
    yield "float64 both", partial(_quiet, _both, one, grid(np.float64))
    yield "back", partial(_quiet, _back, one, x)
    yield "exact", partial(_quiet, _both, one, x, precision="exact")
    yield "parameters", partial(_quiet, one.parameter_gradients, x, x)
    yield "sample", partial(_quiet, one.sample, x, seed=3)


def _apart(name: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The kernels that give one result each; every one is compiled, which takes its time."""
    one, x = nl.get(name), grid(np.float32)
    for rows in (x, grid(np.float64)):
        yield f"{rows.dtype} value", partial(_quiet, one, rows)
        yield f"{rows.dtype} slope", partial(_quiet, one.derivative, rows)
    yield "exact value", partial(_quiet, one, x, precision="exact")
    yield "exact slope", partial(_quiet, one.derivative, x, precision="exact")
    yield "second", partial(_quiet, one.derivative, x, order=2)
    yield "gate", partial(_quiet, one.gate, x, x[::-1])
    yield "from output", partial(_quiet, one.backward_from_output, x, one(x))


def _both(one: Any, x: np.ndarray, **options: Any) -> Any:
    """Value and slope in one pass; the value alone of what has no slope."""
    if ask(one, "kind") in ("elementwise", "rowwise"):
        return one.value_and_derivative(x, **options)
    return one(x, **options)


def _back(one: Any, x: np.ndarray) -> Any:
    """A gradient of ones, shaped as the value, brought back."""
    shaped = x if ask(one, "kind") in ("elementwise", "rowwise") else one(x)
    return one.backward(np.ones_like(shaped), x)


def _quiet(call: Callable[..., Any], *given: Any, **options: Any) -> Any:
    with np.errstate(all="ignore"):
        return call(*given, **options)


@case("catalogue.values")
def values(place: Place) -> Answers:
    """Numbers of every entry on one grid."""
    alone = {f"{name} apart": dict(_apart(name)) for name in nl.names()[::16]}
    return {name: dict(_used(name)) for name in nl.names()} | alone


@case("catalogue.large")
def large(place: Place) -> Answers:
    """Arrays that do not fit into a cache, strides, places to write to, integers."""
    x = np.random.default_rng(0).standard_normal(1_500_000).astype(np.float32) * 4
    out = np.empty_like(x)
    found: dict[str, Any] = {}
    for name in ("relu", "gelu", "tanh", "softplus"):
        one = nl.get(name)
        found[name] = {
            "large": partial(one, x),
            "into": partial(one, x, out=out),
            "strided": partial(one, x[::3]),
            "transposed": partial(one, x[:9000].reshape(90, 100).T),
            "integers": partial(one, np.arange(-5, 6)),
            "half": partial(one, x[:1000].astype(np.float16)),
            "list": partial(one, [-1.0, 2.0]),
            "empty": partial(one, np.zeros((0, 3))),
            "complex": partial(one, np.ones(3, complex)),
            "gate": partial(one.gate, x[:999], x[1:1000]),
        }
    return found


@case("catalogue.traits")
def traits(place: Place) -> Answers:
    """What is known of every entry, for readers of both languages."""
    return {name: _traits(nl.get(name)) for name in nl.names()}


def _traits(one: Any) -> dict[str, Any]:
    known = {name: partial(ask, one, name) for name in TRAITS}
    spoken = {name: partial(_said, one, name) for name in SPOKEN}
    chinese = {f"zh {name}": in_chinese(call) for name, call in spoken.items()}
    return known | spoken | chinese | {"python": partial(one.to_python, 1)}


def _said(one: Any, name: str) -> Any:
    found = ask(one, name)
    return texts(found() if callable(found) else found)


@case("catalogue.names")
def names(place: Place) -> Answers:
    """Names here and elsewhere, and what is said of names that there are not."""
    looked = ("swish", "keras.layers.LeakyReLU", "torch.nn.GELU", "x*tanh(x)", "reluu", 3, "")
    found = {str(each): partial(_found, each) for each in looked}
    bound = {"bound": lambda: repr(nl.get("leaky_relu").bind(alpha=0.3))}
    wrong = {"wrong": lambda: nl.get("relu").bind(alpha=1.0), "absent": lambda: nl.gelou}
    return {"names": nl.names(), "equivalents": nl.equivalents, **found, **bound, **wrong}


def _found(name: Any) -> str:
    return repr(nl.get(name))


@case("catalogue.formulas")
def formulas(place: Place) -> Answers:
    """Formulas of one's own, and those that are refused."""
    found: dict[str, Any] = {}
    for name, (formula, parameters) in FORMULAS.items():
        own = nl.activation(name, formula, **parameters)
        found[name] = _traits(own) | {"value": partial(own, grid(np.float32))}
        found[name] |= {"slope": partial(own.derivative, grid(np.float64))}
    for formula in ("__import__('os')", "x.real", "y + 1", "x +", "x**x**x", "lambda: 1", ""):
        found[formula] = partial(nl.activation, "bad", formula)
    return found


@case("catalogue.exports")
def exports(place: Place) -> Answers:
    """Every entry for every target but the table, which takes long: digests."""
    quick = [each for each in TARGETS if each != "lut"]
    return {name: {to: partial(_digest, name, to) for to in quick} for name in nl.names()}


def _digest(name: str, to: str) -> Any:
    written = nl.export(name, to=to)
    raw = written if isinstance(written, bytes) else written.encode()
    return hashlib.sha256(raw).hexdigest()


@case("catalogue.exported")
def exported(place: Place) -> Answers:
    """A handful for every target, in full, and what is refused."""
    own = nl.activation("mine", "x*sigmoid(beta*x)", beta=1.5)
    found = {
        f"{name if isinstance(name, str) else name.name} {to}": partial(nl.export, name, to=to)
        for name in ("gelu", "relu", "softmax", "swiglu", "crelu", own)
        for to in TARGETS
    }
    found["leaky"] = partial(nl.export, "leaky_relu", to="c", alpha=0.2)
    found["nowhere"] = partial(nl.export, "relu", to="torhc")
    return {**found, "zh": in_chinese(partial(nl.export, "mish", to="numpy"))}


@case("catalogue.figures")
def figures(place: Place) -> Answers:
    """Pictures, pixel by pixel."""
    five = ["sigmoid", "tanh", "relu", "leaky_relu", "softmax"]
    trace = nl.Network([3, 4, 2], output="softmax").trace([[1.0, 2.0, 3.0]])
    return {
        "plot": lambda: _pixels(nl.plot("gelu")),
        "dark": lambda: _pixels(nl.plot("swiglu", dark=True)),
        "compare": lambda: _pixels(nl.compare(five)),
        "slopes": lambda: _pixels(nl.compare(five[:3], derivative=True)),
        "network": lambda: _pixels(_drawn(trace)),
    }


def _drawn(trace: Any) -> Any:
    from nonlin import figures

    return figures.network(trace)


def _pixels(figure: Any) -> Any:
    raw = io.BytesIO()
    figure.savefig(raw, format="rgba", dpi=50)
    return plain(raw.getvalue())
