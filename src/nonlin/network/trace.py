"""The full record of a forward pass, and the same told number by number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nonlin._errors import InputError
from nonlin._text import say
from nonlin.activation import Activation
from nonlin.checks import integer
from nonlin.sketch import blocks

TERMS = 6  # products shown per sum
NEURONS = 8  # neurons shown per layer


@dataclass(frozen=True, slots=True, eq=False)
class LayerTrace:
    """One layer of a forward pass; arrays have the dtype of the network.

    inputs (rows, fan_in), weights (fan_in, fan_out), biases (fan_out,), and, all of shape
    (rows, fan_out), weighted_sums x W, preactivations x W + b, activations f(x W + b).
    """

    activation: Activation
    inputs: np.ndarray
    weights: np.ndarray
    biases: np.ndarray
    weighted_sums: np.ndarray
    preactivations: np.ndarray
    activations: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """All layers of a forward pass, the output layer last; prints its first sample."""

    layers: tuple[LayerTrace, ...]

    @property
    def output(self) -> np.ndarray:
        """What the network gives, shape (rows, outputs)."""
        return self.layers[-1].activations

    def text(self, sample: int = 0, terms: int = TERMS, neurons: int = NEURONS) -> str:
        """The forward pass of one sample, neuron by neuron, in the language in use.

        At most `terms` products per sum and `neurons` neurons per layer are written out; what
        is left out is said. Raises InputError if there is no such sample.
        """
        rows = len(self.output)
        integer("terms", terms, 1)
        integer("neurons", neurons, 1)
        if integer("sample", sample, 0) >= rows:
            raise InputError("no_such_sample", given=sample, rows=rows)
        return "\n".join(self._lines(sample, terms, neurons))

    def __str__(self) -> str:
        return self.text() if len(self.output) else say("trace.empty")

    def _repr_html_(self) -> str:
        """What a notebook shows: the same lines, as wide as the page."""
        return blocks.lines(str(self))

    def _lines(self, sample: int, terms: int, neurons: int) -> Iterator[str]:
        inputs = self.layers[0].inputs[sample]
        yield say("trace.title", number=sample + 1, rows=len(self.output))
        yield say("trace.inputs", count=len(inputs), values=_list(inputs, neurons))
        for number, layer in enumerate(self.layers, start=1):
            key = "trace.output" if number == len(self.layers) else "trace.hidden"
            fan_in, fan_out = layer.weights.shape
            yield ""
            yield say(
                key, number=number, inputs=fan_in, outputs=fan_out, name=layer.activation.name
            )
            yield from _layer_lines(layer, sample, terms, neurons)


def _layer_lines(layer: LayerTrace, sample: int, terms: int, neurons: int) -> Iterator[str]:
    count = layer.biases.size
    for neuron in range(min(count, neurons)):
        yield "  " + _neuron(layer, sample, neuron, terms)
    if count > neurons:
        yield "  " + say("trace.more_neurons", count=count - neurons)
    if not _by_neuron(layer):
        preactivations = _list(layer.preactivations[sample], neurons)
        activations = _list(layer.activations[sample], neurons)
        yield f"  {layer.activation.name}({preactivations}) = ({activations})"


def _by_neuron(layer: LayerTrace) -> bool:
    """Does each neuron have an output of its own? A gated pair gives one for two neurons."""
    alike = layer.activations.shape == layer.preactivations.shape
    return alike and not layer.activation.rowwise


def _neuron(layer: LayerTrace, sample: int, neuron: int, terms: int) -> str:
    """z_1 = 0.5*0.1 + (-0.3)*0.7 + 0.1 = -0.06; a_1 = relu(-0.06) = 0."""
    total = _sum(layer.inputs[sample], layer.weights[:, neuron], terms)
    preactivation = _number(layer.preactivations[sample, neuron])
    line = f"z_{neuron + 1} = {total} + {_factor(layer.biases[neuron])} = {preactivation}"
    if not _by_neuron(layer):  # needs the whole row: told after the last neuron
        return line
    result = _number(layer.activations[sample, neuron])
    return f"{line}; a_{neuron + 1} = {layer.activation.name}({preactivation}) = {result}"


def _sum(inputs: np.ndarray, weights: np.ndarray, terms: int) -> str:
    pairs = list(zip(weights[:terms], inputs[:terms], strict=True))
    parts = [f"{_factor(weight)}*{_factor(value)}" for weight, value in pairs]
    if weights.size > terms:
        parts.append(say("trace.more_terms", count=weights.size - terms))
    return " + ".join(parts)


def _list(values: np.ndarray | Sequence[float], most: int) -> str:
    shown = ", ".join(_number(value) for value in values[:most])
    rest = len(values) - most
    return shown if rest <= 0 else f"{shown}, {say('trace.more_values', count=rest)}"


def _factor(value: float) -> str:
    text = _number(value)
    return f"({text})" if text.startswith("-") else text


def _number(value: float) -> str:
    """Four significant digits; a zero carries no sign."""
    return f"{float(value) + 0.0:.4g}"
