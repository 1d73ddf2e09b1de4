"""What the exports to array libraries in Python share: functions made of statements."""

from __future__ import annotations

from collections.abc import Sequence

from nonlin.emit.lets import Dialect, statements
from nonlin.expr.nodes import Expr


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
