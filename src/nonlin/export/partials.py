"""An activation and its derivatives by all that it takes, to the second order, by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nonlin.export.exported import Exported
from nonlin.export.safe import safe
from nonlin.expr.derivative import derivative
from nonlin.expr.nodes import Expr
from nonlin.expr.recognise import recognise

Label = tuple[str, ...]  # by what it is differentiated, sorted; () is the value itself
HIGHEST = 2
_PLAIN: Mapping[Label, str] = {(): "value", ("x",): "slope", ("x", "x"): "curvature"}


@dataclass(frozen=True, slots=True)
class Partial:
    """One of the functions: its graph, and the labels of its own derivatives, one per argument."""

    label: Label
    graph: Expr
    slopes: tuple[Label, ...]  # none for those of the highest order

    @property
    def name(self) -> str:
        """value, slope, curvature, by_alpha, by_alpha_x, ..."""
        return _PLAIN.get(self.label) or "by_" + "_".join(self.label)

    @property
    def exact(self) -> str:
        """The name of the function that carries its own derivatives."""
        return f"_exact_{self.name}" if self.label else "_apply"

    def call(self, names: Sequence[str], widened: str) -> str:
        """A call in the precision to compute in: of the highest order, of what it is itself."""
        return f"{self.exact}({', '.join(names)})" if self.slopes else f"_{self.name}({widened})"


def partials(exported: Exported) -> list[Partial]:
    """The value, then its derivatives, those of lower order first; each is safe to evaluate."""
    names = ["x", *exported.others]
    labels: list[Label] = [()]
    known: dict[Label, Expr] = {(): recognise(exported.formula(exported.others))}
    for label in labels:
        for name in names if len(label) < HIGHEST else ():
            further = _further(label, name)
            if further not in known:
                known[further] = derivative(known[label], name)
                labels.append(further)
    plain = exported.graphs(range(HIGHEST + 1), exported.others)
    ready = {label: safe(graph) for label, graph in known.items()}
    ready |= {("x",) * order: graph for order, graph in enumerate(plain)}
    return [Partial(label, ready[label], _slopes(label, names)) for label in labels]


def _further(label: Label, name: str) -> Label:
    return tuple(sorted((*label, name)))


def _slopes(label: Label, names: Sequence[str]) -> tuple[Label, ...]:
    return tuple(_further(label, name) for name in names) if len(label) < HIGHEST else ()
