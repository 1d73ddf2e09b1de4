"""Rows that train, rows that validate and rows that test, as users hand them over."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils._pytree import tree_flatten

from nonlin import checks
from nonlin._errors import InputError
from nonlin._text import Text, listed, text
from nonlin.choose.candidates import batch_size
from nonlin.torch.diagnosing.passes import seeded
from nonlin.torch.diagnosing.rows import Rows, collected
from nonlin.trials.contest import Sizes

MOST_ROWS = 100_000  # of a part; more are left out, and a note says so


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """batch: rows of a step of training."""

    train: Rows
    validation: Rows
    test: Rows
    batch: int

    @property
    def named(self) -> dict[str, Rows]:
        """As `nt.choose` calls them."""
        return {"train": self.train, "valid": self.validation, "test": self.test}

    @property
    def sizes(self) -> Sizes:
        """Rows of each."""
        return Sizes(self.train.count, self.validation.count, self.test.count)

    @property
    def notes(self) -> tuple[Text, ...]:
        """Of which parts rows were left out."""
        full = [name for name, each in self.named.items() if each.count == MOST_ROWS]
        known = {"parts": listed(full), "rows": MOST_ROWS}
        return (text("torch_choose.first_rows", **known),) if full else ()

    @property
    def digest(self) -> str:
        """Another one for other rows."""
        found = hashlib.sha256()
        for rows in self.named.values():
            leaves, spec = tree_flatten((rows.inputs, rows.targets))
            found.update(f"{spec}".encode())
            for leaf in leaves:
                found.update(_bytes(leaf))
        return found.hexdigest()


def parts(train: Any, valid: Any, test: Any, size: int | None, device: torch.device) -> Parts:
    """Each of them batches, as `nt.diagnose` takes them; a part that is one batch may be given as
    that. size: of batches; if not given, that of `train`, or 8 to 256 rows if it is one batch.

    Raises InputError for anything else.
    """
    given = {"train": train, "valid": valid, "test": test}
    missing = [name for name, each in given.items() if each is None]
    if missing:
        raise InputError("torch_choose_parts", names=listed(missing))
    with seeded(0):  # the order of a DataLoader that shuffles is the same every time
        first, *others = (collected(each, device, MOST_ROWS) for each in given.values())
    if size is None:
        one = first.batch >= first.count
        size = batch_size(first.count) if one else first.batch
    return Parts(first, others[0], others[1], checks.integer("batch_size", size, 1))


def _bytes(leaf: Any) -> bytes:
    if not isinstance(leaf, torch.Tensor):
        return repr(leaf).encode()
    told = f"{tuple(leaf.shape)} {leaf.dtype}".encode()
    flat = leaf.detach().cpu().contiguous().flatten()
    return told + flat.view(torch.uint8).numpy().tobytes()
