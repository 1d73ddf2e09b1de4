"""What the exports to array libraries in Python share: functions made of statements."""

from __future__ import annotations

from collections.abc import Sequence

from nonlin.emit.lets import Dialect, statements
from nonlin.emit.spelling import Spellings, helpers, texts
from nonlin.expr.nodes import Expr


def dialect(spellings: Spellings, product: str, fill_all: bool = False) -> Dialect:
    """A library in code; product: see `emit.spelling.helpers`."""
    spelt = texts(spellings)
    return Dialect(spelt, fill_all=fill_all, helpers=helpers(spelt, product))


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


def widened(names: Sequence[str]) -> str:
    """Arguments, in the precision to compute in."""
    return ", ".join(f"_wide({name})" for name in names)
