"""What kinds of activations there are, and how each kind meets arrays: one module for each.

Every module has the same functions: value, derivative, both, backward, value_range, kinks,
strengths, weaknesses. An activation's kind is read off its formula.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from nonlin.expr.nodes import Expr
from nonlin.expr.rows import is_rowwise

KINDS = ("elementwise", "rowwise")


@lru_cache(maxsize=4096)
def kind_of(formula: Expr) -> str:
    """How a formula meets arrays."""
    return "rowwise" if is_rowwise(formula) else "elementwise"


@cache
def runner(kind: str) -> Any:
    """The module that evaluates activations of a kind."""
    return import_module(f"nonlin.kinds.{kind}")
