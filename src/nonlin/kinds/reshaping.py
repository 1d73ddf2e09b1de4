"""Activations whose output has another length along the axis: CReLU doubles it, maxout divides it.

The formula is `row_join(f(x), g(x))`, one result after the other, or `row_pool(f(x), pieces)`,
the largest of each group of neighbours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nonlin._errors import InputError
from nonlin._text import Text, text
from nonlin.expr.nodes import arguments_of, is_call, value_of
from nonlin.function import Function, kind_of
from nonlin.kernels import arrays
from nonlin.kernels.arrays import Array
from nonlin.kinds import curves, elementwise, rowwise
from nonlin.parameter import Request, check_precision


def value(activation: Function, x: Any, call: Request) -> Any:
    """f of x, along the axis."""
    rows, place = _rows(x, call.axis)
    found = _Assembly(activation, call).value(rows)
    return _given_back(found, place, call.out)


def backward(activation: Function, grad: Any, x: Any, call: Request) -> Any:
    """The gradient by x, of the shape of x; grad has that of the result."""
    rows, place = _rows(x, call.axis)
    grads = np.moveaxis(arrays.as_input(grad), place, -1) if np.ndim(grad) else np.asarray(grad)
    assembly = _Assembly(activation, call)
    needed = assembly.result_shape(rows)
    if grads.shape != needed:
        shape = np.moveaxis(np.empty(needed, bool), -1, place).shape
        raise InputError("input_shapes", first=np.shape(grad), other=shape)
    return _given_back(
        assembly.backward(grads.astype(rows.dtype, copy=False), rows), place, call.out
    )


def derivative(activation: Function, x: Any, order: int, call: Request) -> Any:
    """The Jacobian of every row (order 1 only), shape (..., m, n)."""
    if order != 1:
        raise InputError("rowwise_order", name=activation.name, given=order)
    rows, _ = _rows(x, call.axis)
    assembly = _Assembly(activation, call)
    *outer, length = assembly.result_shape(rows)
    grads = np.broadcast_to(np.eye(length, dtype=rows.dtype), (*outer, length, length))
    spread = np.broadcast_to(rows[..., None, :], (*outer, length, rows.shape[-1]))
    return _given_back(assembly.backward(grads, spread), -1, call.out)


def both(activation: Function, x: Any, call: Request) -> tuple[Any, Any]:
    """Value and Jacobian; `out`, if given, is a pair of arrays."""
    return rowwise.value_and_jacobian(activation, x, call, value, derivative)


def example(activation: Function) -> list[float]:
    """A short row to show: two groups of 1, -2, 3, -4, ..."""
    length = 2 * int(activation.values.get("pieces", 1))
    return [float((-1) ** place * (place + 1)) for place in range(length)]


def _rows(x: Any, axis: Any) -> tuple[Array, int]:
    """The array with the rows last, and the place where they were."""
    array = arrays.as_input(x)
    place = arrays.checked_axis(array, axis)
    return np.moveaxis(array, place, -1), place


def _given_back(found: Array, place: int, out: Any) -> Any:
    result = np.moveaxis(found, -1, place)
    if out is None:
        return np.ascontiguousarray(result)
    arrays.check_output(out, result.shape, result.dtype)
    out[...] = result
    return out


class _Assembly:
    """The parts of the formula, each a function that keeps the length of rows."""

    def __init__(self, activation: Function, call: Request) -> None:
        check_precision(call.precision)
        bound = activation.bind(**call.parameters)
        self.joins = is_call(bound.formula, "row_join")
        self.call = Request(call.precision)
        inner = arguments_of(bound.formula)[: 2 if self.joins else 1]
        self.parts = [replace(bound, formula=each, from_output=None) for each in inner]
        self.pieces = value_of(arguments_of(bound.graph)[1])

    def result_shape(self, rows: Array) -> tuple[int, ...]:
        """The shape of the result, rows last."""
        *outer, length = rows.shape
        if self.joins:
            return (*outer, 2 * length)
        pieces = self.pieces
        if pieces is None or pieces.denominator != 1 or pieces < 1 or length % pieces:
            raise InputError("pieces", given=pieces and f"{float(pieces):g}", length=length)
        return (*outer, int(length / pieces))

    def value(self, rows: Array) -> Array:
        shape = self.result_shape(rows)
        values = [_runner(part).value(part, rows, self.call) for part in self.parts]
        if self.joins:
            return np.concatenate(values, axis=-1)
        return np.asarray(np.max(values[0].reshape(*shape, -1), axis=-1))

    def backward(self, grads: Array, rows: Array) -> Array:
        if self.joins:
            sides = np.split(grads, 2, axis=-1)
            first, second = (
                _runner(part).backward(part, side, rows, self.call)
                for part, side in zip(self.parts, sides, strict=True)
            )
            return np.asarray(first + second)
        inner = self.parts[0]
        groups = _runner(inner).value(inner, rows, self.call).reshape(*grads.shape, -1)
        spread = np.zeros_like(groups)
        np.put_along_axis(spread, groups.argmax(axis=-1)[..., None], grads[..., None], axis=-1)
        through = spread.reshape(rows.shape)
        return np.asarray(_runner(inner).backward(inner, through, rows, self.call))


def _runner(part: Function) -> Any:
    return rowwise if kind_of(part.formula) == "rowwise" else elementwise


def _teller(part: Function) -> Any:
    return rowwise if kind_of(part.formula) == "rowwise" else curves


def value_range(activation: Function) -> tuple[float, float]:
    """The hull of the ranges of its parts."""
    parts = _Assembly(activation, Request()).parts
    ends = [end for part in parts for end in _teller(part).value_range(part)]
    return min(ends), max(ends)


def kinks(activation: Function) -> tuple[float, ...]:
    """Kinks of its parts."""
    parts = _Assembly(activation, Request()).parts
    return tuple(sorted({kink for part in parts for kink in _teller(part).kinks(part)}))


def strengths(activation: Function) -> list[Text]:
    """What speaks for it."""
    assembly = _Assembly(activation, Request())
    if not assembly.joins:
        return [text("reshaping.convex"), text("reshaping.never_dead")]
    points = np.linspace(-8.0, 8.0, 64)  # 0 is not among them
    slopes = sum(
        np.abs(_runner(part).derivative(part, points, 1, Request())) for part in assembly.parts
    )
    return [text("reshaping.signs"), *([text("reshaping.never_dead")] if slopes.min() > 0 else [])]


def weaknesses(activation: Function) -> list[Text]:
    """What speaks against it."""
    assembly = _Assembly(activation, Request())
    if assembly.joins:
        return [text("reshaping.doubles")]
    return [text("reshaping.weights", pieces=f"{float(assembly.pieces or 0):g}")]
