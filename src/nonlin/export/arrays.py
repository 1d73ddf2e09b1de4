"""What the exports to array libraries in Python share: functions made of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nonlin.emit.lets import Dialect, statements
from nonlin.expr.nodes import Expr

_THRESHOLD = '''\
def _threshold(z, power):
    """t with sum(max(z - t, 0) ** power) = 1 over the last axis, by bisection."""
    low = {largest} - 1.0
    high = low + 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        above = {positive}
        more = {total} > 1.0
        low, high = {choose_low}, {choose_high}
    return high

'''


def threshold(spellings: Mapping[str, str], positive: str) -> str:
    """The helper behind sparsemax and entmax; positive: the positive part of z - middle."""
    where = spellings["where"]
    return _THRESHOLD.format(
        largest=spellings["row_max"].format("z"),
        positive=positive,
        total=spellings["row_sum"].format("above**power"),
        choose_low=where.format("more", "middle", "low"),
        choose_high=where.format("more", "high", "middle"),
    )


def function(
    name: str,
    arguments: Sequence[str],
    root: Expr,
    dialect: Dialect,
    *,
    before: Sequence[str] = (),
    after: str = "{0}",
) -> str:
    """`def name(arguments): ... return root`, between statements before and a cast after."""
    lines, (result,) = statements([root], dialect, arguments)
    body = [*before, *lines, f"return {after.format(result)}"]
    heads = ", ".join(arguments)
    return f"def {name}({heads}):\n" + "".join(f"    {line}\n" for line in body)


def module(frame: str, parts: Sequence[str], dialect: Dialect) -> str:
    """A source file: imports, helpers that are called, then functions and classes."""
    return frame + dialect.helped("\n\n".join(parts))
