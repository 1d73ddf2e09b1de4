"""The axes that a call means: rows, halves, channels, groups. Plain operations on tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.fx import Proxy

from nonlin._errors import InputError
from nonlin.torch.tensors import Tensor, wide

Run = Callable[..., Tensor]


def noise(names: Sequence[str], x: Any, generator: torch.Generator | None) -> dict[str, Tensor]:
    """New noise like x, in single precision or better."""
    like: Any = x.detach() if isinstance(x, Proxy) else wide(x.detach())
    return {name: _DRAW[name](torch.empty_like(like), generator) for name in names}


_DRAW: dict[str, Callable[[Any, Any], Tensor]] = {
    "uniform": lambda new, generator: new.uniform_(generator=generator),
    "normal": lambda new, generator: new.normal_(generator=generator),
    "gumbel": lambda new, generator: -new.exponential_(generator=generator).log(),
}


def checked(x: Tensor, dim: int) -> int:
    """An axis of x, counted from the front."""
    if not -x.dim() <= dim < x.dim():
        raise InputError("axis", given=dim, dimensions=x.dim())
    return dim % x.dim()


def halves(x: Any, dim: int | None) -> tuple[Tensor, Tensor]:
    """Two views: value and gate."""
    axis = -1 if dim is None else dim
    if not isinstance(x, Proxy):
        axis = checked(x, axis)
        if x.shape[axis] % 2:
            raise InputError("odd_axis", axis=axis, length=x.shape[axis])
    value, gate = x.chunk(2, axis)
    return value, gate


def check_pair(value: Any, gate: Any) -> None:
    """Have they one shape?"""
    if not isinstance(value, Proxy) and value.shape != gate.shape:
        raise InputError("input_shapes", first=tuple(value.shape), other=tuple(gate.shape))


def along_rows(run: Run, tensors: Sequence[Any], dim: int) -> Tensor:
    """Rows along an axis of tensors of one shape."""
    x = tensors[0]
    if not isinstance(x, Proxy) and x.shape[checked(x, dim)] == 0:
        raise InputError("empty_row", axis=dim)
    if dim == -1:
        return run(*tensors)
    return run(*(each.movedim(dim, -1) for each in tensors)).movedim(-1, dim)


def with_channels(
    run: Run, x: Any, others: dict[str, Any], noise: dict[str, Any], dim: int | None
) -> Tensor:
    """Parameters of one axis lie along `dim` of x; others are broadcast to x, as noise is."""
    axis = 1 if dim is None else dim
    if not isinstance(x, Proxy):
        spread = [_along(name, each, x, axis) for name, each in others.items()]
        return run(x, *spread, *noise.values())
    if not others:
        return run(x, *noise.values())
    # the number of its axes is not known yet
    moved = [each.movedim(axis, -1) for each in (x, *noise.values())]
    return run(moved[0], *others.values(), *moved[1:]).movedim(-1, axis)


def _along(name: str, other: Tensor, x: Tensor, dim: int) -> Tensor:
    """A parameter with axes that broadcast to x and not beyond it."""
    if other.dim() == 0:
        return other
    given = tuple(other.shape)
    if given == (1,):
        return other.reshape(())
    if len(given) == 1:
        place = checked(x, dim)
        other = other.reshape([-1 if each == place else 1 for each in range(x.dim())])
    lengths = zip(reversed(other.shape), reversed(x.shape), strict=False)
    if other.dim() > x.dim() or any(n != 1 and n != m for n, m in lengths):
        shape = tuple(x.shape)
        raise InputError("parameter_shape", name=name, given=given, shape=shape, axis=dim)
    return other


def reshaped(parts: Sequence[Run | None], x: Any, dim: int, pieces: float) -> Tensor:
    """Results one after the other, or the largest of each group of neighbours."""
    values = [x if part is None else part(x) for part in parts]
    if len(values) == 2:
        return torch.cat(values, dim)
    if not isinstance(x, Proxy):
        length = x.shape[checked(x, dim)]
        if pieces != int(pieces) or pieces < 1 or length % int(pieces):
            raise InputError("pieces", given=pieces, length=length)
    groups = values[0].unflatten(dim, (-1, int(pieces)))
    found: Tensor = groups.max(dim if dim < 0 else dim + 1).values
    return found
