"""Maxima and sums along rows: how numbers join what is carried from one block to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from nonlin.emit.llvm.evaluate import widened

if TYPE_CHECKING:
    from nonlin.emit.llvm.functions import Arithmetic, Number

    Value = Any


def words_of(number: Number) -> list[Value]:
    """One or two words."""
    return list(number) if isinstance(number, tuple) else [number]


def _by_pairs(combine: Callable[..., Number], numbers: Sequence[Number]) -> Number:
    """A sum of so few steps rounds less often."""
    while len(numbers) > 1:
        numbers = [reduce(combine, numbers[k : k + 2]) for k in range(0, len(numbers), 2)]
    return numbers[0]


class Maximum:
    """The largest number; NaN if there is one."""

    neutral = float("-inf")

    def __init__(self, main: Arithmetic) -> None:
        self.m = main
        self.start = words_of(main.number(self.neutral))

    def join(self, numbers: Sequence[Number], carried: list[Value]) -> list[Value]:
        """With what is carried; one comparison finds NaN in two numbers."""
        return words_of(self._larger(numbers, self.found(carried)))

    def found(self, carried: list[Value]) -> Number:
        """The maximum of each lane."""
        return self.m.of_words(carried)

    def both(self, a: Number, b: Number) -> Number:
        """The maximum of two."""
        return self._larger([a], b)

    def _larger(self, numbers: Sequence[Number], so_far: Number) -> Number:
        m, head = self.m, self.m.head
        pairs = zip(numbers[::2], numbers[::-2], strict=True)
        missing = [m.builder.fcmp_unordered("uno", head(p), head(q)) for p, q in pairs]
        largest = reduce(lambda a, b: m.select(m.compare(">", a, b), a, b), [*numbers, so_far])
        return m.select(reduce(m.builder.or_, missing), m.number(float("nan")), largest)


class Sum:
    """The sum, in the wide arithmetic; numbers that come together are added as they are.

    careful: a logarithm will magnify what is lost of small numbers beside 1, the exponential of
    the largest: ones are counted.
    """

    neutral = 0.0

    def __init__(self, main: Arithmetic, wide: Arithmetic, careful: bool) -> None:
        self.main, self.m = main, wide
        self.careful = careful and main.words == 1
        self.start = words_of(wide.number(0.0)) + [main.lanes.whole(0)] * self.careful
        self.both = wide.add

    def join(self, numbers: Sequence[Number], carried: list[Value]) -> list[Value]:
        """With what is carried."""
        if self.careful:
            total, ones = self._apart(numbers, carried[-1])
            return [*self._added(total, carried[:-1]), ones]
        return self._added(_by_pairs(self.main.add, numbers), carried)

    def found(self, carried: list[Value]) -> Number:
        """The sum of each lane."""
        if self.careful:
            *carried, ones = carried
            carried = self._added(self.main.builder.sitofp(ones, self.main.lanes.type), carried)
        return self.m.of_words(carried)

    def _added(self, total: Number, carried: list[Value]) -> list[Value]:
        so_far = self.m.of_words(carried)
        return words_of(self.m.add(so_far, widened(total, self.main, self.m)))

    def _apart(self, numbers: Sequence[Value], ones: Value) -> tuple[Value, Value]:
        """The sum of the numbers that are not 1, and the count of the others."""
        m, b, rest = self.main, self.main.builder, []
        for number in numbers:
            one = m.compare("==", number, m.number(1.0))
            rest.append(m.select(one, m.subtract(number, m.number(1.0)), number))
            ones = b.select(one, b.add(ones, m.lanes.whole(1)), ones)
        return _by_pairs(m.add, rest), ones
