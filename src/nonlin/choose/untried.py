"""What a result says nothing about, because it was not tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nonlin._text import Text, listed, text
from nonlin.catalogue import get, names
from nonlin.choose.candidates import OPTIMIZER, Plan, written


def untried(plan: Plan, rates: Sequence[float]) -> Iterator[Text]:
    """Architectures, training, activations, features: one sentence each."""
    hidden = listed(written(each) for each in plan.architectures)
    yield text("untried.architecture", hidden=hidden)
    yield text("untried.training", optimizer=OPTIMIZER, rates=listed(f"{rate:g}" for rate in rates))
    known = {name for name in names() if get(name).kind == "elementwise"}
    left = len(known - {each.name for each in plan.activations})
    yield text("untried.activations", tried=len(plan.activations), left=left)
    yield text("untried.features")
