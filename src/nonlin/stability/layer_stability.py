"""What was seen of one layer, and of a whole network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nonlin._text import percent, say
from nonlin.layers.stream import LayerSpec, gradient_ratio


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LayerStability:
    """One layer on all rows; z are its weighted sums with biases, f its activation.

    number: from 1, the output layer last. spec: what was known of it before. means, variances,
    dead, saturated: per neuron, shape (neurons,): mean and variance of z over the rows, whether
    f'(z) is exactly 0 on every row, share of rows where |f'(z)| is below 1 % of its maximum. The
    output layer has neither dead nor saturated neurons here: its loss is computed on z itself.
    second: mean of z^2; second_error, gradient_error: standard errors over the value, as of rows
    drawn from many. signal: share of it that differs between rows, 0 to 1.
    rank: effective rank of f(z), centred, on at most 128 rows (Roy and Vetterli 2007). distinct:
    neurons whose z differ from those of every other one counted. weight: Frobenius norm of the
    weights. gradient: root mean square over rows of the length of dL/dz of one row.
    weight_gradient: norm of dL/dW on all rows. update: norm of the change of the weights in one
    step of training over the norm of the weights. The last three are None without y.
    predicted_second, predicted_gradient: what mean field theory says of weights of this size that
    are random, None if nothing; the gradient starts from the measured one of the output layer.
    counts, edges: histogram of z.
    """

    number: int
    spec: LayerSpec
    means: np.ndarray
    variances: np.ndarray
    dead: np.ndarray
    saturated: np.ndarray
    second: float
    second_error: float
    gradient_error: float
    signal: float
    rank: float
    distinct: int
    weight: float
    gradient: float | None
    weight_gradient: float | None
    update: float | None
    predicted_second: float | None
    predicted_gradient: float | None
    counts: np.ndarray
    edges: np.ndarray

    @property
    def activation(self) -> str:
        """Its name; empty if it is none that nonlin knows."""
        return self.spec.activation.name if self.spec.activation else ""

    @property
    def label(self) -> str:
        """The number, and the name if it has another one."""
        number, name = str(self.number), self.spec.name
        return number if name == number else f"{number} {name}"

    @property
    def neurons(self) -> int:
        """How many neurons the layer has."""
        return len(self.means)

    @property
    def finite(self) -> bool:
        """Are all sums finite, and their squares as float64?"""
        return bool(np.isfinite(self.second))

    @property
    def mean(self) -> float:
        """Mean of z over rows and neurons."""
        return float(self.means.mean())

    @property
    def variance(self) -> float:
        """Variance of z over rows and neurons together."""
        return float(self.variances.mean() + self.means.var())

    @property
    def dead_share(self) -> float:
        """Share of neurons whose f'(z) is exactly 0 on every row."""
        return float(self.dead.mean()) if self.dead.size else 0.0

    @property
    def saturated_share(self) -> float:
        """Share of pairs (row, neuron) with |f'(z)| below 1 % of its maximum."""
        return float(self.saturated.mean()) if self.saturated.size else 0.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Stability:
    """What data does in the layers of a network, forward and back; `print` gives a table.

    layers: the output layer last. rows: looked at, an even selection of `whole`. input_rank:
    effective rank of the inputs. loss: mean on these rows, None without y.
    first_not_finite: number of the first layer with sums that are not finite, None if all are.
    """

    layers: tuple[LayerStability, ...]
    rows: int
    whole: int
    input_rank: float
    loss: float | None

    @property
    def hidden(self) -> tuple[LayerStability, ...]:
        """All layers but the output layer."""
        return self.layers[:-1]

    @property
    def first_not_finite(self) -> int | None:
        """The first layer whose weighted sums are not all finite."""
        return next((each.number for each in self.layers if not each.finite), None)

    @property
    def gradient_ratio(self) -> float | None:
        """Length of dL/dz in the first hidden layer over that in the last one.

        None without y, and without hidden layers.
        """
        return gradient_ratio([each.gradient for each in self.hidden])

    def __str__(self) -> str:
        head = say("stability.title", rows=self.rows, layers=len(self.layers))
        return "\n".join([head, "", *self._table(), *self._selection()])

    def _selection(self) -> Iterator[str]:
        """How near numbers of some rows are to those of all."""
        if self.rows == self.whole:
            return
        errors = (
            [each.second_error for each in self.layers],
            [each.gradient_error for each in self.layers],
        )
        second, gradient = (percent(NORMAL * max(each), ".2g") for each in errors)
        known = {"rows": self.rows, "whole": self.whole, "second": second, "gradient": gradient}
        yield ""
        yield say("stability.selection", **known)

    def _table(self) -> Iterator[str]:
        columns = tuple(say(f"stability.{name}") for name in COLUMNS)
        rows = [columns, *(_cells(each) for each in self.layers)]
        widths = [max(_width(row[place]) for row in rows) for place in range(len(columns))]
        for row in rows:
            cells = zip(row, widths, strict=True)
            yield "  ".join(" " * (width - _width(cell)) + cell for cell, width in cells)


NORMAL = 1.96  # standard errors, for 95 %
COLUMNS = (
    "layer", "activation", "mean", "second", "predicted", "signal", "dead", "saturated", "rank",
    "gradient", "predicted", "update",
)  # fmt: skip


def _cells(layer: LayerStability) -> tuple[str, ...]:
    return (
        layer.label,
        layer.activation,
        f"{layer.mean:.2g}",
        f"{layer.second:.3g}",
        "" if layer.predicted_second is None else f"{layer.predicted_second:.3g}",
        f"{layer.signal:.2g}",
        str(percent(layer.dead_share, ".1f")) if layer.dead.size else "",
        str(percent(layer.saturated_share, ".1f")) if layer.saturated.size else "",
        f"{layer.rank:.1f}",
        *(
            "" if each is None else f"{each:.2g}"
            for each in (layer.gradient, layer.predicted_gradient, layer.update)
        ),
    )


def _width(cell: str) -> int:
    """Columns of a terminal: Chinese characters take two."""
    from rich.cells import cell_len

    return cell_len(cell)
