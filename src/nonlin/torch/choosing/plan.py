"""What is tried: activations with the model's own and the identity, rates, seeds."""

from __future__ import annotations

import math
from typing import Any

from nonlin import checks
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.choose.candidates import (
    ABOVE,
    BELOW,
    RATES,
    Candidate,
    Plan,
    activations,
    as_budget,
    as_rates,
    round_seeds,
    usable,
)

CANDIDATES = ("relu", "leaky_relu", "elu", "gelu", "silu", "mish", "tanh")
LINEAR = "identity"
SEEDS = 5
STEPS, EPOCHS = 1000, (5, 100)  # of a training, as a rule; never fewer epochs, never more
BEYOND = 4  # rates on each side of those that are given


def planned(
    own: Activation, asked: Any, rates: Any, seeds: int, steps: int, **options: Any
) -> Plan:
    """The candidates, with the model's own activation first and `LINEAR` last.

    Raises InputError as `nl.choose` does, for what cannot be tried.
    """
    given = activations(CANDIDATES if asked is None else asked)
    found, notes = usable(tuple(dict.fromkeys((own, *given, get(LINEAR)))))
    tried = as_rates(RATES if rates is None else rates)
    threads = options["threads"]
    return Plan(
        candidates=tuple(Candidate(each, ()) for each in found),
        rates=tried,
        grid=(*BELOW, *tried, *ABOVE) if rates is None else beyond(tried),
        seeds=round_seeds(options["seed"], seeds),
        steps=steps,
        patience=0,
        seed=checks.seed(options["seed"]),
        threads=None if threads is None else checks.integer("threads", threads, 1),
        margin=checks.number("margin", options["margin"], 0.0, 1.0),
        budget=as_budget(options["budget"]),
        notes=notes,
    )


def beyond(rates: tuple[float, ...]) -> tuple[float, ...]:
    """With more on both sides, as far apart as the outer ones; a single rate stays alone."""
    if len(rates) < 2:
        return rates
    down, up = rates[0] / rates[1], rates[-1] / rates[-2]
    low = [_short(rates[0] * down**k) for k in range(BEYOND, 0, -1)]
    return (*low, *rates, *(_short(rates[-1] * up**k) for k in range(1, BEYOND + 1)))


def _short(rate: float) -> float:
    return float(f"{rate:.2g}")


def steps_of(rows: int, batch: int, epochs: int | None, steps: int | None) -> int:
    """Of a training: as given, or about STEPS."""
    if steps is not None:
        return checks.integer("steps", steps, 1)
    each = math.ceil(rows / batch)
    if epochs is not None:
        return checks.integer("epochs", epochs, 1) * each
    return min(max(math.ceil(STEPS / each), EPOCHS[0]), EPOCHS[1]) * each
