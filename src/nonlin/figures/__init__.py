"""Pictures: activations, their cost, a choice, a forward pass, layers. Drawn with matplotlib."""

from __future__ import annotations

from typing import Any

from nonlin.figures.style import lacks_font, save

__all__ = [
    "answers",
    "bench",
    "compare",
    "histograms",
    "lacks_font",
    "layers",
    "network",
    "neurons",
    "phase",
    "plot",
    "profiles",
    "save",
]


def plot(activation: Any, *, dark: bool = False) -> Any:
    """One activation (a name or an Activation): f, f', f'', kinks, saturated and dead regions.

    A result of `choose` is shown as its ranking, a row-wise function as bars. Returns a
    matplotlib Figure.
    """
    from nonlin.catalogue import get
    from nonlin.choose.raced import Raced
    from nonlin.figures import curves, ranking

    if isinstance(activation, Raced):
        return ranking.draw(activation, dark)
    return curves.plot(get(activation), dark)


def compare(activations: Any, *, derivative: bool = False, dark: bool = False) -> Any:
    """Several activations (names or Activations) in one picture; row-wise ones as bars beside.

    f above f', or f' alone. More than five curves become small multiples on one scale. Returns a
    matplotlib Figure.
    """
    from nonlin.catalogue import get
    from nonlin.figures import comparison

    return comparison.compare([get(one) for one in activations], derivative, dark)


def bench(found: Any, *, dark: bool = False) -> Any:
    """What activations cost, as `nonlin.measure.bench.bench` found it.

    Returns a matplotlib Figure.
    """
    from nonlin.figures import costs

    return costs.draw(found, dark)


def phase(activation: Any, *, here: tuple[float, float] | None = None, dark: bool = False) -> Any:
    """The edge of chaos of an activation, and how deep networks of it can be, after theory.

    here: variances of weights (times fan-in) and biases to mark; without them those of the gain.
    Returns a matplotlib Figure. Raises InputError for what is not element-wise or has no mean
    field theory.
    """
    from nonlin.catalogue import get
    from nonlin.figures import phases

    return phases.draw(get(activation), here, dark)


def network(trace: Any, *, sample: int = 0, dark: bool = False) -> Any:
    """The forward pass of one sample as a diagram of layers, neurons and weights.

    Returns a matplotlib Figure.
    """
    from nonlin.figures import diagram

    return diagram.draw(trace, sample, dark)


def answers(networks: Any, X: Any, y: Any, *, dark: bool = False) -> Any:
    """What networks of two inputs answer everywhere, beside the rows that they are for.

    X: (rows, 2). y: (rows,), 0 or 1. Returns a matplotlib Figure. Raises InputError for other
    shapes.
    """
    from nonlin.figures import decisions

    return decisions.draw(networks, X, y, dark)


def profiles(found: Any, *, dark: bool = False) -> Any:
    """Signals and gradients by layer, predicted and measured: see `nonlin.stability.profiles`.

    Returns a matplotlib Figure.
    """
    from nonlin.figures import stability

    return stability.profiles(found, dark)


def neurons(found: Any, *, dark: bool = False) -> Any:
    """Dead and saturated neurons of every hidden layer, as `nl.stability` found them.

    Returns a matplotlib Figure.
    """
    from nonlin.figures import stability

    return stability.neurons(found, dark)


def histograms(found: Any, *, dark: bool = False) -> Any:
    """Histograms of the weighted sums by layer, as `nl.stability` found them.

    Returns a matplotlib Figure.
    """
    from nonlin.figures import stability

    return stability.histograms(found, dark)


def layers(found: Any, *, dark: bool = False) -> Any:
    """Signals and gradients by layer, as `stability` or `diagnose` found them; of a diagnosis
    also what its changes bring.

    Returns a matplotlib Figure.
    """
    from nonlin.figures import diagnosis

    return diagnosis.draw(found, dark)
