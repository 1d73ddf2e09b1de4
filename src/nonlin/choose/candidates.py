"""What is tried: hidden activations, learning rates, random splits, and how long."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np

from nonlin import checks
from nonlin._errors import InputError
from nonlin._text import Text, listed, text
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.catalogue.written import named
from nonlin.choose.limits import Costs, prune
from nonlin.choose.options import MARGIN, Options, complete
from nonlin.init.rules import scales
from nonlin.network import Settings
from nonlin.trials.contest import Arm
from nonlin.trials.race import Budget

# one or two of every family: rectified, exponential, gated, smooth, bounded
CANDIDATES = (
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "softplus",
    "gelu",
    "silu",
    "mish",
    "hard_swish",
    "tanh",
    "sigmoid",
    "softsign",
    "relu_squared",
    "squareplus",
    "snake",
    "sine",
)
QUICK_CANDIDATES = ("relu", "leaky_relu", "elu", "gelu", "tanh")
RATES = (3e-4, 1e-3, 3e-3, 1e-2)  # AdamW
BELOW, ABOVE = (3e-5, 1e-4), (3e-2, 1e-1)  # where the best of the first split is at the edge
REFERENCE = "relu"  # runs on every split, so that there is something to compare with
SEEDS, QUICK_SEEDS = 10, 3
MOST_SEEDS = 1000  # corrected intervals hardly narrow beyond a hundred splits
OPTIMIZER = "adamw"
WEIGHT_DECAY = 0.01
STEPS, QUICK_STEPS = 2000, 1000  # batches that a network sees at most, as a rule
EPOCHS = (5, 100)  # never fewer, never more
BATCH = (8, 256)
NO_LIMIT = Budget()
BATCHES = 32  # per epoch at least, if the batch is not the smallest one
_BUDGET = re.compile(
    r"(?P<amount>\d+(\.\d+)?)[ -]*(?P<unit>networks?|s|sec|seconds?|m|min|minutes?|h|hours?|)"
)
_SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is compared: a hidden activation, in hidden layers of so many neurons."""

    activation: Activation
    hidden: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that decides what is trained; the same plan on the same rows trains the same.

    candidates x rates x seeds networks are trained at most; `seeds` has one random seed per
    split. grid: all rates that may be tried, the smallest first; more than `rates` where the user
    has named none. pace: "race" narrows down, "full" stops nothing. margin: of the score, within
    which two activations are practically equal. `threads`: see `train_many`. notes: which of the
    activations that were asked for are not tried, and why.
    """

    candidates: tuple[Candidate, ...]
    rates: tuple[float, ...]
    grid: tuple[float, ...]
    seeds: tuple[int, ...]
    steps: int
    patience: int
    seed: int
    threads: int | None = None
    pace: str = "race"
    margin: float = MARGIN
    budget: Budget = NO_LIMIT
    notes: tuple[Text, ...] = ()

    @property
    def activations(self) -> tuple[Activation, ...]:
        """Each once."""
        return tuple(dict.fromkeys(each.activation for each in self.candidates))

    @property
    def architectures(self) -> tuple[tuple[int, ...], ...]:
        """The different hidden layers that are tried, neurons in each."""
        return tuple(dict.fromkeys(each.hidden for each in self.candidates))

    @property
    def hidden(self) -> Sequence[int] | Sequence[Sequence[int]]:
        """As it was asked for: one architecture, or several."""
        several = self.architectures
        return several if len(several) > 1 else several[0]

    @property
    def arms(self) -> tuple[Arm, ...]:
        """Every candidate with every rate, the smallest first."""
        return tuple(Arm(each, rate) for each in self.candidates for rate in self.rates)

    @property
    def per_split(self) -> int:
        """Networks on the first split."""
        return len(self.candidates) * len(self.rates)

    @property
    def networks(self) -> int:
        """Networks in all, if nothing stops."""
        return self.per_split * len(self.seeds)

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for each candidate, with parameters and layers where names are not unique."""
        names = [activation.name for activation in self.activations]
        called = {
            each: _with_values(each) if names.count(each.name) > 1 else each.name
            for each in self.activations
        }
        several = len(self.architectures) > 1
        return tuple(
            called[each.activation] + (f" {written(each.hidden)}" if several else "")
            for each in self.candidates
        )

    def label(self, candidate: Candidate) -> str:
        """The name of one."""
        return self.labels[self.candidates.index(candidate)]

    def beside(self, arm: Arm, step: int) -> Arm | None:
        """The same with the rate before (-1) or after (1) in the grid, if there is one."""
        place = self.grid.index(arm.setting) + step
        inside = 0 <= place < len(self.grid)
        return Arm(arm.candidate, self.grid[place]) if inside else None

    def settings(self, rate: float, rows: int, seed: int) -> Settings:
        """How a network is trained on `rows` training rows: the same for every activation."""
        batch = batch_size(rows)
        epochs = math.ceil(self.steps / math.ceil(rows / batch))
        return Settings(
            optimizer=OPTIMIZER,
            learning_rate=rate,
            epochs=min(max(epochs, EPOCHS[0]), EPOCHS[1]),
            batch_size=batch,
            weight_decay=WEIGHT_DECAY,
            patience=self.patience,
            seed=seed,
        )


def written(hidden: tuple[int, ...]) -> str:
    """ "64-64" """
    return "-".join(str(size) for size in hidden)


def _with_values(activation: Activation) -> str:
    values = ", ".join(f"{name}={value:g}" for name, value in activation.values.items())
    return f"{activation.name}({values})"


def batch_size(rows: int) -> int:
    """The power of two that gives about 32 to 64 batches per epoch, from 8 to 256 rows."""
    wanted: int = 2 ** math.floor(math.log2(max(rows / BATCHES, 1)))
    return min(max(wanted, BATCH[0]), BATCH[1])


def plan(**options: Unpack[Options]) -> Plan:
    """A checked plan; what is not given has a default, a smaller one if `quick`."""
    return planned(complete(options))


def planned(options: Mapping[str, Any], costs: Costs | None = None) -> Plan:
    """The plan that follows from all options of `choose`.

    An activation whose gain scales no weights, or which is beyond a limit (see `limits`), is
    left out, and `notes` says so. costs: see `limits.prune`. Raises InputError if that leaves
    none, for unknown or row-wise activations, layer sizes below 1, rates that are not positive,
    fewer than 1 seed or more than MOST_SEEDS, and for `quick` and `full` at once.
    """
    quick, full, threads = options["quick"], options["full"], options["threads"]
    _checked_pace(quick, full)
    tried, notes = _candidates(options, costs)
    number = QUICK_SEEDS if quick else SEEDS
    asked = options["rates"], options["seeds"]
    rates = as_rates(RATES if asked[0] is None else asked[0])
    return Plan(
        candidates=tried,
        rates=rates,
        grid=(*BELOW, *rates, *ABOVE) if asked[0] is None else rates,
        seeds=round_seeds(options["seed"], number if asked[1] is None else asked[1]),
        steps=QUICK_STEPS if quick else STEPS,
        patience=8 if quick else 12,
        seed=checks.seed(options["seed"]),
        threads=None if threads is None else checks.integer("threads", threads, 1),
        pace="full" if full else "race",
        margin=checks.number("margin", options["margin"], 0.0, 1.0),
        budget=as_budget(options["budget"]),
        notes=notes,
    )


def _checked_pace(quick: Any, full: Any) -> None:
    for name, given in (("quick", quick), ("full", full)):
        if not isinstance(given, bool | np.bool_):
            raise InputError("not_yes_or_no", name=name, given=given)
    if quick and full:
        raise InputError("quick_and_full")


def _candidates(
    options: Mapping[str, Any], costs: Costs | None
) -> tuple[tuple[Candidate, ...], tuple[Text, ...]]:
    """Every usable activation in every architecture, and why the others are not usable."""
    given = options["activations"]
    names = QUICK_CANDIDATES if options["quick"] else CANDIDATES
    found, notes = usable(activations(names if given is None else given))
    kept, pruned = prune(found, options["limits"], costs)
    several = _architectures(options["hidden"])
    tried = tuple(Candidate(entry, layers) for layers in several for entry in kept)
    return tried, (*notes, *pruned)


def as_budget(given: Budget | str | float | None) -> Budget:
    """Seconds as a number or "60s", "5min", "1h", or "500-networks"; None is no limit."""
    if given is None or isinstance(given, Budget):
        return given or NO_LIMIT
    if not isinstance(given, str):
        return Budget(seconds=checks.number("budget", given, 0.0, math.inf, open_below=True))
    found = _BUDGET.fullmatch(given.strip().lower())
    if not found or float(found["amount"]) <= 0:
        raise InputError("budget", given=given)
    amount, unit = float(found["amount"]), found["unit"]
    if unit.startswith("n"):
        return Budget(runs=amount)
    return Budget(seconds=amount * _SECONDS[unit[:1] or "s"])


def round_seeds(seed: int, number: int) -> tuple[int, ...]:
    """One seed per round; more rounds begin with the same ones."""
    count = checks.integer("seeds", number, 1)
    if count > MOST_SEEDS:
        raise InputError("too_many_seeds", given=count, most=MOST_SEEDS)
    sequence = np.random.SeedSequence(checks.seed(seed))
    return tuple(int(child.generate_state(1)[0]) for child in sequence.spawn(count))


def _architectures(given: Any) -> tuple[tuple[int, ...], ...]:
    """One or several, each once."""
    listed = not isinstance(given, str) and np.iterable(given)
    if listed and any(np.iterable(each) and not isinstance(each, str) for each in given):
        return tuple(dict.fromkeys(_hidden(each) for each in given))
    return (_hidden(given),)


def _hidden(given: Any) -> tuple[int, ...]:
    if isinstance(given, str) or not np.iterable(given):
        return checks.layer_sizes(given)
    sizes = tuple(given)
    if not sizes:
        raise InputError("no_hidden_layer")
    return checks.layer_sizes((*sizes, 1))[:-1]


def activations(given: Any) -> tuple[Activation, ...]:
    """Each once. Raises InputError for what cannot stand in a hidden layer."""
    if isinstance(given, str | Activation):
        given = [given]
    names = _listed("activations", given, ["relu", "gelu"])
    if not names:
        raise InputError("no_activations")
    found = (named(each, {}) if isinstance(each, str) else get(each) for each in names)
    distinct = tuple(dict.fromkeys(found))
    return checks.hidden_activations(distinct, len(distinct))


def usable(asked: tuple[Activation, ...]) -> tuple[tuple[Activation, ...], tuple[Text, ...]]:
    """Those for which initial weights can be scaled, in float32, and notes on the others."""
    found = tuple(each for each in asked if scales(each.gain))
    others = [each for each in asked if each not in found]
    if not found:
        raise InputError("no_candidate", names=listed(each.name for each in others))
    notes = (text("choose.no_gain", name=each.name, gain=f"{each.gain:g}") for each in others)
    return found, tuple(notes)


def as_rates(given: Any) -> tuple[float, ...]:
    """Each once, rising. Raises InputError for what are no rates."""
    if isinstance(given, int | float | np.number):
        given = [given]
    rates = _listed("rates", given, [0.001, 0.003])
    if not rates:
        raise InputError("no_rates")
    for rate in rates:
        checks.number("rates", rate, 0.0, math.inf, open_below=True)
    return tuple(sorted({float(rate) for rate in rates}))


def _listed(name: str, given: Any, example: list[Any]) -> list[Any]:
    if isinstance(given, str | bytes) or not np.iterable(given):
        raise InputError("not_a_list", name=name, given=given, example=example)
    return list(given)
