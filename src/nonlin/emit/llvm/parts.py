"""Loads and stores for machines without masks: one body for whole and for partial vectors.

What is left at the end of an array passes number by number, in two functions that all kernels of
a module share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.lanes import SINGLE
from nonlin.emit.llvm.vectors import Vectors, shuffled

if TYPE_CHECKING:
    Value = Any

LANES = 4
QUAD = ir.VectorType(SINGLE, LANES)


class Parts(Vectors):
    """Vectors of 2 or 4 float32 numbers; a "mask" is the count of numbers that are left."""

    def mask(self, count: Value) -> Value:
        """The first `count` lanes."""
        return count

    def load(self, array: Value, start: Value, mask: Value | None) -> Value:
        """A vector from array[start:]; lanes that are not left hold 0."""
        if mask is None:
            return super().load(array, start, None)
        b = self.builder
        with b.if_else(self._whole(mask)) as (whole, partial):
            with whole:
                loaded, from_whole = super().load(array, start, None), b.block
            with partial:
                quad = b.call(
                    _loader(b.module, array.type, mask.type), [b.gep(array, [start]), mask]
                )
                part, from_part = self._lanes(quad, self.type.count), b.block
        either = b.phi(self.type)
        either.add_incoming(loaded, from_whole)
        either.add_incoming(part, from_part)
        return either

    def store(self, value: Value, array: Value, start: Value, mask: Value | None) -> None:
        """A vector to array[start:], as far as numbers are left."""
        if mask is None:
            super().store(value, array, start, None)
            return
        b = self.builder
        with b.if_else(self._whole(mask)) as (whole, partial):
            with whole:
                super().store(value, array, start, None)
            with partial:
                function = _storer(b.module, array.type, mask.type)
                b.call(function, [self._lanes(value, LANES), b.gep(array, [start]), mask])

    def _whole(self, left: Value) -> Value:
        return self.builder.icmp_signed(">=", left, self.index(self.type.count))

    def _lanes(self, value: Value, count: int) -> Value:
        """The first lanes of a vector, as a vector of so many."""
        if value.type.count == count:
            return value
        return shuffled(self.builder, value, [k % value.type.count for k in range(count)])


def _loader(module: ir.Module, array: Any, index: Any) -> Any:
    """Up to three numbers as a vector with zeros behind them."""
    function, new = _function(module, "load_part", QUAD, [array, index])
    if not new:
        return function
    b = ir.IRBuilder(function.append_basic_block("entry"))
    start, left = function.args
    result: Value = ir.Constant(QUAD, [0.0] * LANES)
    for k in range(LANES - 1):
        before = b.block
        with b.if_then(b.icmp_signed(">", left, index(k))):
            more = b.insert_element(result, b.load(b.gep(start, [index(k)])), ir.IntType(32)(k))
            inside = b.block
        phi = b.phi(QUAD)
        phi.add_incoming(result, before)
        phi.add_incoming(more, inside)
        result = phi
    b.ret(result)
    return function


def _storer(module: ir.Module, array: Any, index: Any) -> Any:
    """Up to three numbers of a vector."""
    function, new = _function(module, "store_part", ir.VoidType(), [QUAD, array, index])
    if not new:
        return function
    b = ir.IRBuilder(function.append_basic_block("entry"))
    value, start, left = function.args
    for k in range(LANES - 1):
        with b.if_then(b.icmp_signed(">", left, index(k))):
            number = b.extract_element(value, ir.IntType(32)(k))
            b.store(number, b.gep(start, [index(k)]))
    b.ret_void()
    return function


def _function(module: ir.Module, name: str, result: Any, kinds: list[Any]) -> tuple[Any, bool]:
    if name in module.globals:
        return module.globals[name], False
    function = ir.Function(module, ir.FunctionType(result, kinds), name)
    function.linkage = "internal"
    return function, True
