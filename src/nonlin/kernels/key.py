"""Names for compiled objects: what decides the machine code, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from nonlin.expr.nodes import Call, Constant, Expr, Symbol
from nonlin.expr.walk import postorder
from nonlin.kernels import target
from nonlin.kernels.sources import digest

WRITERS = tuple(f"nonlin.kernels.{name}" for name in ("compile", "row_calls", "ufunc"))


def fingerprint(formulas: Sequence[Expr], settings: object) -> str:
    """A hash of the formulas, the settings, the CPU, LLVM, and the code that writes kernels."""
    import llvmlite.binding as llvm

    host = target.host()
    parts = [
        *("\n".join(lines_of(formula)) for formula in formulas),
        repr(settings),
        f"{host.triple} {host.cpu} {host.features}",
        repr(llvm.llvm_version_info),
        digest(*WRITERS),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def lines_of(root: Expr) -> list[str]:
    """The graph as text, one node to a line."""
    order = postorder(root)
    place = {node: index for index, node in enumerate(order)}
    lines = []
    for node in order:
        match node:
            case Constant(value):
                lines.append(str(value))
            case Symbol(name):
                lines.append(name)
            case Call(primitive, arguments):
                lines.append(f"{primitive} {[place[argument] for argument in arguments]}")
    return lines
