"""Maxima and sums along rows: how numbers join what is carried from one block to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

from nonlin.emit.llvm.arithmetic.functions import converted
from nonlin.emit.llvm.arithmetic.pair import Double

if TYPE_CHECKING:
    from nonlin.emit.llvm.arithmetic.functions import Arithmetic, Number

    Value = Any


class Joining(NamedTuple):
    """One number of many, in the arithmetic m, where `neutral` changes nothing.

    join: of numbers of the main arithmetic and what is carried; both: of two that were carried.
    """

    m: Arithmetic
    neutral: float
    join: Callable[[Sequence[Number], Number], Number]
    both: Callable[[Number, Number], Number]


def maximum(m: Arithmetic) -> Joining:
    """The largest number; NaN if there is one. One comparison finds NaN in two numbers."""

    def join(numbers: Sequence[Number], so_far: Number) -> Number:
        pairs = zip(numbers[::2], numbers[::-2], strict=True)
        missing = [m.builder.fcmp_unordered("uno", m.head(p), m.head(q)) for p, q in pairs]
        largest = reduce(lambda a, b: m.select(m.compare(">", a, b), a, b), [*numbers, so_far])
        return m.select(reduce(m.builder.or_, missing), m.number(float("nan")), largest)

    return Joining(m, float("-inf"), join, lambda a, b: join([a], b))


def total(main: Arithmetic, wide: Arithmetic, careful: bool) -> Joining:
    """The sum, in the wide arithmetic; numbers that come together are added as they are.

    careful: each joins the wide sum, because a logarithm will magnify what is lost.
    """

    def join(numbers: Sequence[Number], so_far: Number) -> Number:
        while len(numbers) > 1 and not careful:  # a sum of so few steps rounds less often
            numbers = [main.add(*numbers[k : k + 2]) for k in range(0, len(numbers), 2)]
        return reduce(wide.add, (converted(each, main, wide) for each in numbers), so_far)

    return Joining(wide, 0.0, join, wide.add)


def words_of(number: Number) -> list[Value]:
    """One or two words."""
    return list(number) if isinstance(number, tuple) else [number]


def number_of(words: Sequence[Value]) -> Number:
    """The number of one or two words."""
    return words[0] if len(words) == 1 else Double(*words)
