"""The rows that users hand over in batches, put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils._pytree import tree_flatten, tree_map, tree_unflatten

from nonlin._errors import InputError
from nonlin.torch.reading.example import the_example

MOST_ROWS = 4096  # of all batches together: more change no verdict
MOST_CALLS = 64  # of a function that gives one batch
LABELS = "labels"  # where the targets stand in a batch that is a mapping


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What a model is called with, and what it should answer; tensors have one row in front for
    each of `count` rows. batch: rows that were handed over at once. mapped: came in mappings,
    the targets as LABELS. told: is the model given them as well, for a loss of its own?
    """

    inputs: Any
    targets: Any
    count: int
    batch: int
    mapped: bool = False
    told: bool = False

    @property
    def as_given(self) -> Any:
        """A batch as its user hands it over."""
        return {**self.inputs, LABELS: self.targets} if self.mapped else (self.inputs, self.targets)

    def part(self, places: torch.Tensor) -> Rows:
        """These rows only; places: integers."""

        def taken(value: Any) -> Any:
            return value[places.to(value.device)] if _has(value, self.count) else value

        inputs, targets = tree_map(taken, (self.inputs, self.targets))
        return replace(self, inputs=inputs, targets=targets, count=len(places))

    def first(self, most: int) -> Rows:
        """At most so many, a copy."""
        return self.part(torch.arange(min(most, self.count)))

    def parts(self, size: int) -> Iterator[Rows]:
        """One after the other, in order; no single row is left over, if that can be."""
        starts = list(range(0, self.count, size))
        if len(starts) > 1 and self.count - starts[-1] == 1:
            starts.pop()  # batch norms need two
        for start, end in zip(starts, [*starts[1:], self.count], strict=True):
            yield self.part(torch.arange(start, end))

    def spread(self, most: int) -> Rows:
        """At most so many, evenly spread."""
        step = -(-self.count // most)
        return self if step == 1 else self.part(torch.arange(0, self.count, step))

    def answer(self, model: nn.Module) -> Any:
        """What the model gives."""
        given = the_example(self.inputs)
        told = {LABELS: self.targets} if self.told else {}
        return model(*given.arguments, **given.keywords, **told)

    @property
    def table(self) -> torch.Tensor | None:
        """The inputs, if they are one tensor of floats with more than one dimension."""
        found = the_example(self.inputs).tensors
        single = found[0] if len(found) == 1 else None
        if single is None or not single.is_floating_point() or single.ndim < 2:
            return None
        return single

    def with_table(self, table: torch.Tensor) -> Rows:
        """With other numbers in `table`."""
        inputs = tree_map(lambda each: table if isinstance(each, torch.Tensor) else each,
                          self.inputs)  # fmt: skip
        return replace(self, inputs=inputs)


def collected(
    batches: Any, device: torch.device, most: int = MOST_ROWS, told: bool = False
) -> Rows:
    """Up to `most` rows out of pairs of inputs and targets, or mappings with LABELS, or out of
    what gives them. told: is the model given the targets, too?

    Raises InputError for anything else, and for batches that do not fit together.
    """
    taken, rows, mapped = [], 0, False
    for batch in _batches(batches):
        mapped = isinstance(batch, Mapping)
        if told and not mapped:
            raise InputError("torch_no_loss")
        inputs, targets = _tensors(batch)
        count = _count(inputs, targets)
        taken.append((inputs, targets, count))
        rows += count
        if rows >= most:
            break
    if not rows:
        raise InputError("torch_batches_empty")
    inputs, targets = _joined([each[:2] for each in taken], [each[2] for each in taken])
    inputs, targets = tree_map(
        lambda each: each.to(device) if isinstance(each, torch.Tensor) else each, (inputs, targets)
    )
    found = Rows(inputs, targets, rows, taken[0][2], mapped, told)
    return found if rows <= most else found.first(most)


def _batches(batches: Any) -> Iterator[Any]:
    """One after the other."""
    if callable(batches) and not isinstance(batches, Iterable):
        yield from _called(batches)
        return
    if _is_batch(batches):
        yield batches
        return
    if not isinstance(batches, Iterable) or isinstance(batches, str | Mapping | torch.Tensor):
        raise InputError("torch_bad_batches", given=_kind(batches))
    for each in batches:
        if not _is_batch(each):
            raise InputError("torch_bad_batch", given=_kind(each))
        yield each


def _called(function: Any) -> Iterator[Any]:
    """What a function gives: batches, or one at each call, until one comes again."""
    first = function()
    if not _is_batch(first):
        yield from _batches(first)
        return
    yield first
    for _ in range(MOST_CALLS - 1):
        following = function()
        if _same(_tensors(first), _tensors(following)):
            return
        yield following


def _is_batch(given: Any) -> bool:
    if isinstance(given, Mapping):
        return LABELS in given and len(given) > 1
    if not isinstance(given, tuple | list) or len(given) != 2:
        return False
    return isinstance(given[1], torch.Tensor | np.ndarray | Mapping)


def _tensors(batch: Any) -> tuple[Any, Any]:
    """Inputs and targets."""
    if isinstance(batch, Mapping):
        rest = {name: each for name, each in batch.items() if name != LABELS}
        batch = (rest, batch[LABELS])
    inputs, targets = tree_map(
        lambda each: torch.from_numpy(each) if isinstance(each, np.ndarray) else each, tuple(batch)
    )
    return inputs, targets


def _same(one: Any, other: Any) -> bool:
    pairs = list(zip(tree_flatten(one)[0], tree_flatten(other)[0], strict=False))
    return all(isinstance(a, torch.Tensor) and torch.equal(a, b) for a, b in pairs)


def _count(inputs: Any, targets: Any) -> int:
    """Rows of a batch. InputError if inputs and targets have not equally many."""
    sizes = [
        {each.shape[0] for each in tree_flatten(side)[0] if _has(each)}
        for side in (inputs, targets)
    ]
    if not sizes[0] or not sizes[1] or len(sizes[1]) > 1 or not sizes[1] <= sizes[0]:
        shapes = [", ".join(str(tuple(each.shape)) for each in tree_flatten(side)[0]
                            if isinstance(each, torch.Tensor))
                  for side in (inputs, targets)]  # fmt: skip
        raise InputError("torch_batch_rows", inputs=shapes[0] or "-", targets=shapes[1] or "-")
    return int(next(iter(sizes[1])))


def _has(value: Any, rows: int | None = None) -> bool:
    """Is it a tensor with (so many) rows?"""
    return (
        isinstance(value, torch.Tensor)
        and value.ndim > 0
        and (rows is None or value.shape[0] == rows)
    )


def _joined(pairs: Sequence[tuple[Any, Any]], counts: Sequence[int]) -> tuple[Any, Any]:
    flat = [tree_flatten(pair) for pair in pairs]
    leaves, spec = flat[0]
    if any(other != spec for _, other in flat):
        raise InputError("torch_batches_differ", first=_shapes(pairs[0]), other=_shapes(pairs[-1]))
    found = []
    for place, leaf in enumerate(leaves):
        column = [each[place] for each, _ in flat]
        if not _has(leaf, counts[0]):
            found.append(leaf)
            continue
        odd = [each for each in column if each.shape[1:] != leaf.shape[1:]]
        if odd:
            first, other = (str(tuple(each.shape)) for each in (leaf, odd[0]))
            raise InputError("torch_batches_differ", first=first, other=other)
        found.append(torch.cat(column))
    inputs, targets = tree_unflatten(found, spec)
    return inputs, targets


def _shapes(pair: Any) -> str:
    tensors = chain(tree_flatten(pair)[0])
    return ", ".join(str(tuple(each.shape)) for each in tensors if isinstance(each, torch.Tensor))


def _kind(given: Any) -> str:
    if isinstance(given, tuple | list):
        return f"{type(given).__name__}({', '.join(type(each).__name__ for each in given)})"
    if isinstance(given, Mapping):
        return f"{type(given).__name__}({', '.join(map(str, given))})"
    return type(given).__name__
