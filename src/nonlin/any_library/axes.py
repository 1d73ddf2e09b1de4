"""The axes that a call means, for libraries with NumPy's names: rows, halves, channels, groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nonlin._errors import InputError

Run = Callable[..., Any]


def checked(x: Any, axis: int) -> int:
    """An axis of x, counted from the front."""
    dimensions = len(x.shape)
    if not -dimensions <= axis < dimensions:
        raise InputError("axis", given=axis, dimensions=dimensions)
    return axis % dimensions


def halves(xp: Any, x: Any, axis: int) -> Any:
    """Two arrays: value and gate."""
    place = checked(x, axis)
    if x.shape[place] is not None and x.shape[place] % 2:
        raise InputError("odd_axis", axis=axis, length=x.shape[place])
    return xp.split(x, 2, axis=place)


def check_pair(value: Any, gate: Any) -> None:
    """Have they one shape?"""
    first, other = tuple(value.shape), tuple(gate.shape)
    pairs = zip(first, other, strict=False)
    if len(first) != len(other) or any(None not in (n, m) and n != m for n, m in pairs):
        raise InputError("input_shapes", first=first, other=other)


def along_rows(xp: Any, run: Run, arrays: Sequence[Any], axis: int) -> Any:
    """Rows along an axis of arrays of one shape."""
    place = checked(arrays[0], axis)
    if arrays[0].shape[place] == 0:
        raise InputError("empty_row", axis=axis)
    if place == len(arrays[0].shape) - 1:
        return run(*arrays)
    found = run(*(xp.moveaxis(each, place, -1) for each in arrays))
    return xp.moveaxis(found, -1, place)


def spread(xp: Any, name: str, other: Any, x: Any, axis: int) -> Any:
    """A parameter, which lies along `axis` if it has one axis, so that it broadcasts to x."""
    given, shape = tuple(other.shape), tuple(x.shape)
    if given in ((), (1,)):
        return xp.reshape(other, ())
    if len(given) == 1:
        place = checked(x, axis)
        other = xp.reshape(other, [-1 if each == place else 1 for each in range(len(shape))])
    lengths = zip(reversed(tuple(other.shape)), reversed(shape), strict=False)
    if len(other.shape) > len(shape) or any(n not in (1, m) and m is not None for n, m in lengths):
        raise InputError("parameter_shape", name=name, given=given, shape=shape, axis=axis)
    return other


def reshaped(xp: Any, parts: Sequence[Run | None], x: Any, axis: int, pieces: float) -> Any:
    """Results one after the other, or the first of the largest of each group of neighbours."""
    place = checked(x, axis)
    values = [x if part is None else part(x) for part in parts]
    if len(values) == 2:
        return xp.concatenate(values, axis=place)
    length = x.shape[place]
    if pieces != int(pieces) or pieces < 1 or (length is not None and length % int(pieces)):
        raise InputError("pieces", given=pieces, length=length)
    last = xp.moveaxis(values[0], place, -1)
    groups = xp.reshape(last, (*last.shape[:-1], -1, int(pieces)))
    first = xp.argmax(groups, axis=-1, keepdims=True)
    return xp.moveaxis(xp.take_along_axis(groups, first, axis=-1)[..., 0], -1, place)
