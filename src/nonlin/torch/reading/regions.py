"""Element-wise regions of a record, and which activations they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonlin.activation import Activation
from nonlin.gaussian_moments.quadrature import expect
from nonlin.theory.propagation import moments, nonlinearity
from nonlin.theory.variance import tabulated
from nonlin.torch.reading.flow import Flow
from nonlin.torch.reading.recognise import affine, recognised
from nonlin.torch.reading.replay import region, replayed, signature

Array = NDArray[np.float64]
Function = Callable[[Array], Array]
ROUNDING = 1e-12
LONG = 40  # steps of a region that is cut in pieces


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What an element-wise function is.

    name: of the catalogue, two joined as in "sigmoid(relu)", "identity" if it is factor * x +
    shift, "" if nobody knows it. activation: the entry, with the parameters that were found.
    """

    name: str
    function: Function
    activation: Activation | None = None
    factor: float = 1.0
    shift: float = 0.0

    @property
    def straight(self) -> bool:
        """Is it factor * x + shift?"""
        return self.name == "identity"

    def second(self, variance: float) -> float:
        """E[f(z)^2], z normal of this variance."""
        if self.straight:
            return self.factor**2 * variance + self.shift**2
        if self.activation is not None and abs(variance - 1) < ROUNDING:
            return moments(self.activation).second
        if self.activation is not None:
            f = nonlinearity(self.activation, "moments")
            return float(tabulated(f, np.array([variance]))[0][0])
        return expect(lambda z: self.function(np.sqrt(variance) * z) ** 2, ()).value


class Regions:
    """The element-wise functions of a record, each recognised once."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._known: dict[Any, Shape | None] = {}

    @cached_property
    def ends(self) -> dict[int, list[int]]:
        """The ends of the regions that begin at each root."""
        found: dict[int, list[int]] = {}
        for node in self.flow.nodes:
            if self.flow.is_end(node.index):
                found.setdefault(self.flow.places[node.index].root, []).append(node.index)
        return found

    def shape(self, end: int) -> Shape | None:
        """The function from the root to this end; None if a number in it is not known."""
        root = self.flow.places[end].root
        steps = region(self.flow, end, root)
        return None if steps is None else self._shape(steps, root, end)

    def _shape(self, steps: list[int], start: int, end: int) -> Shape | None:
        key = signature(self.flow, steps, start)
        if key is None:
            return None
        if key not in self._known:
            whole = self._whole(steps, start)
            named = whole is not None and whole.name and (whole.factor or whole.shift)
            self._known[key] = whole if named else self._pieces(steps, start, end, whole)
        return self._known[key]

    def _whole(self, steps: list[int], start: int, search: bool = True) -> Shape | None:
        try:
            function = replayed(self.flow, steps, start)
            found = affine(function)
            if found is not None:
                return Shape("identity", function, None, *found)
            activation = recognised(function, search)
        except (LookupError, RuntimeError, TypeError, NotImplementedError):
            return None
        return Shape("" if activation is None else activation.name, function, activation)

    def _pieces(self, steps: list[int], root: int, end: int, whole: Shape | None) -> Shape | None:
        """One function after the other, if each is known: affine ones keep no name."""
        if whole is None or len(steps) > LONG:
            return whole
        names, start = [], root
        while start != end:
            step = self._longest(steps, start, end, root)
            if step is None:
                return whole
            start, found = step
            names += [] if found.straight else [found.name]
        joined = names[0] if names else whole.name
        for name in names[1:]:
            joined = f"{name}({joined})"
        return Shape(joined, whole.function)

    def _longest(
        self, steps: list[int], start: int, end: int, root: int
    ) -> tuple[int, Shape] | None:
        """The longest piece from `start` whose function is known, and where it ends."""
        for middle in reversed([step for step in steps if start < step <= end]):
            outer = root if start != root else -1
            piece = region(self.flow, middle, start, outer)
            if not piece or (start, middle) == (root, end):
                continue
            rest = middle == end or region(self.flow, end, middle, root) is not None
            found = self._whole(piece, start, len(piece) == 1) if rest else None
            if found is not None and found.name:
                return middle, found
        return None
