"""Maxima and sums along rows: how numbers join what is carried from one block to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from nonlin.emit.llvm.arithmetic.functions import converted
from nonlin.emit.llvm.arithmetic.pair import Double

if TYPE_CHECKING:
    from nonlin.emit.llvm.arithmetic.functions import Arithmetic, Number

    Value = Any


def words_of(number: Number) -> list[Value]:
    """One or two words."""
    return list(number) if isinstance(number, tuple) else [number]


def number_of(words: Sequence[Value]) -> Number:
    """The number of one or two words."""
    return words[0] if len(words) == 1 else Double(*words)


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
        return number_of(carried)

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

    careful: each joins the wide sum, because a logarithm will magnify what is lost.
    """

    neutral = 0.0

    def __init__(self, main: Arithmetic, wide: Arithmetic, careful: bool = False) -> None:
        self.main, self.m, self.careful = main, wide, careful
        self.start = words_of(wide.number(0.0))
        self.both = wide.add

    def join(self, numbers: Sequence[Number], carried: list[Value]) -> list[Value]:
        """With what is carried."""
        alone = numbers if self.careful else [_by_pairs(self.main.add, numbers)]
        for number in alone:
            so_far = number_of(carried)
            carried = words_of(self.m.add(so_far, converted(number, self.main, self.m)))
        return carried

    def found(self, carried: list[Value]) -> Number:
        """The sum of each lane."""
        return number_of(carried)


class SumBesideOnes(Sum):
    """The sum of numbers that come with a mask, and of 1 where it holds: these are counted."""

    def __init__(self, main: Arithmetic, wide: Arithmetic) -> None:
        super().__init__(main, wide)
        self.start = [*self.start, main.lanes.whole(0)]

    def join(self, numbers: Sequence[tuple[Number, Value]], carried: list[Value]) -> list[Value]:
        """With what is carried, of which the last is the count."""
        b, (*carried, ones) = self.main.builder, carried
        for _, mask in numbers:
            ones = b.select(mask, b.add(ones, self.main.lanes.whole(1)), ones)
        return [*super().join([number for number, _ in numbers], carried), ones]

    def found(self, carried: list[Value]) -> Number:
        """Both, of each lane."""
        *carried, ones = carried
        count = self.main.builder.sitofp(ones, self.main.lanes.type)
        return super().found(super().join([self.main.widen(count)], carried))
