"""The ranking while a race goes on, for those who watch it settle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nonlin.trials import standings as ranking
from nonlin.trials.race import Event, Race

if TYPE_CHECKING:
    from nonlin.choose.contest import Networks
    from nonlin.trials.standings import Standing


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the ranking so far: an activation at its best rate so far, by its label.

    score: on test rows, the mean over `rounds` splits; half_width: of its 95 % interval (None
    after one split). stopped: it does not go on. leader: the best on validation rows.
    """

    label: str
    rate: float
    score: float
    half_width: float | None
    rounds: int
    stopped: bool
    leader: bool


OnRanking = Callable[[tuple[Place, ...]], None]


def watched(
    events: Iterator[Event], contest: Networks, on_ranking: OnRanking | None
) -> Iterator[Event]:
    """The same events; on_ranking: called with the ranking whenever it changes."""
    with closing(events) as happening:  # type: ignore[type-var]
        for event in happening:
            if on_ranking and isinstance(event, Race):
                on_ranking(places(event, contest))
            yield event


def places(race: Race, contest: Networks) -> tuple[Place, ...]:
    """Best score first, what stopped last."""
    found = ranking.standings(race, margin=contest.plan.margin, least=contest.least)
    goes_on = {arm.candidate for arm in race.alive}
    return tuple(_place(row, contest, row.arm.candidate not in goes_on) for row in found)


def _place(row: Standing, contest: Networks, stopped: bool) -> Place:
    return Place(
        contest.label(row.arm),
        row.arm.setting,
        row.claimed,
        row.half_width,
        len(row.seeds),
        stopped,
        row.leader,
    )
