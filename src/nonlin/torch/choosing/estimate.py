"""How long a full answer takes, said before it starts, and what of it a budget holds."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

from nonlin._errors import InputError
from nonlin._text import Text, text
from nonlin.choose.progress import Progress
from nonlin.torch.choosing.contest import Models

TOLD = 5.0  # seconds from which it is worth a sentence


@dataclass(frozen=True, slots=True)
class Estimate:
    """each: seconds of one network. networks: of a full answer, at most as a rule, with so many
    seeds, by so many workers. fits: seeds that the budget holds, with so many networks.
    """

    each: float
    networks: int
    seeds: int
    workers: int
    fits: int
    fitting: int

    @property
    def seconds(self) -> float:
        """Of a full answer."""
        return self.networks * self.each / self.workers

    @property
    def sentences(self) -> tuple[Text, ...]:
        """What a full answer takes; what fits, if that is less."""
        known = {"networks": self.networks, "seeds": self.seeds}
        full = text(
            "torch_choose.takes", time=lasting(self.seconds), each=lasting(self.each), **known
        )
        if self.fits == self.seeds:
            return (full,)
        time = lasting(self.fitting * self.each / self.workers)
        fits = {"fits": self.fits, "seeds": self.seeds, "networks": self.fitting}
        return full, text("torch_choose.fits", time=time, **fits)


def estimated(contest: Models, each: float, workers: int) -> Estimate:
    """Raises InputError if not even one seed fits into the budget."""
    budget, asked = contest.plan.budget, len(contest.plan.seeds)
    needed = [contest.networks(seeds) for seeds in range(1, asked + 1)]
    fits = [
        seeds
        for seeds, networks in enumerate(needed, 1)
        if networks <= budget.runs and networks * each / workers <= budget.seconds
    ]
    if not fits:
        least = needed[0]
        known = {"networks": least, "time": lasting(least * each / workers)}
        raise InputError("torch_choose_budget", each=lasting(each), **known)
    most = max(fits)
    return Estimate(each, needed[-1], asked, workers, most, needed[most - 1])


def with_seeds(contest: Models, count: int) -> Models:
    """The same with the first seeds only."""
    return replace(contest, plan=replace(contest.plan, seeds=contest.plan.seeds[:count]))


def tell(found: Estimate, on_progress: Progress | None) -> None:
    """Before the start: to `on_progress`, or on stderr if it takes more than a moment."""
    said = " ".join(map(str, found.sentences))
    if on_progress:
        on_progress(0, found.fitting, said)
    elif found.seconds >= TOLD:
        print(said, file=sys.stderr, flush=True)


def lasting(seconds: float) -> Text:
    """As people say it."""
    for unit, size in (("hours", 3600), ("minutes", 60)):
        if seconds >= 1.5 * size:
            return text(f"torch_choose.{unit}", count=f"{seconds / size:.2g}")
    return text("torch_choose.seconds", count=f"{seconds:.2g}")
