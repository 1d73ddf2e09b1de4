"""Walk expression graphs: visit, rebuild and rewrite every distinct node once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from nonlin.expr.nodes import Call, Expr, Operand, Symbol, arguments_of, build, lift

Result = TypeVar("Result")


def postorder(*roots: Expr) -> list[Expr]:
    """Every node reachable from the roots once, arguments before their users."""
    order: dict[Expr, None] = {}
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        node, opened = stack.pop()
        if node in order:
            continue
        if opened:
            order[node] = None
        else:
            stack.append((node, True))
            stack.extend((argument, False) for argument in reversed(arguments_of(node)))
    return list(order)


def fold(root: Expr, visit: Callable[[Expr, list[Result]], Result]) -> Result:
    """Bottom-up: `visit(node, results of its arguments)`, once per distinct node."""
    results: dict[Expr, Result] = {}
    for node in postorder(root):
        results[node] = visit(node, [results[argument] for argument in arguments_of(node)])
    return results[root]


def rebuild(node: Expr, arguments: Iterable[Expr]) -> Expr:
    """The same primitive on other arguments; a constant or a symbol as it is."""
    return build(node.primitive, *arguments) if isinstance(node, Call) else node


def rewrite(root: Expr, rule: Callable[[Expr], Expr]) -> Expr:
    """Rebuild bottom-up with `rule` applied to every call once its arguments are rewritten."""

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        return rule(rebuild(node, arguments)) if isinstance(node, Call) else node

    return fold(root, visit)


def substitute(root: Expr, values: Mapping[str, Operand]) -> Expr:
    """Replace symbols by name."""

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        if isinstance(node, Symbol) and node.name in values:
            return lift(values[node.name])
        return rebuild(node, arguments)

    return fold(root, visit)


def symbols(roots: Iterable[Expr]) -> tuple[str, ...]:
    """Names of all symbols, in order of first appearance."""
    return tuple(node.name for node in postorder(*roots) if isinstance(node, Symbol))
