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

TELLING = 3  # splits from which on an interval is worth looking at


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the ranking so far: an activation at its best rate so far, by its label.

    score: the mean over `rounds` splits on test rows; half_width: of its 95 % interval, None
    where few splits say nothing about that. stopped: it does not go on, and its score, which
    claims nothing, is that on validation rows. leader: the best on validation rows.
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
    rows = [_place(row, contest, row.arm.candidate not in goes_on) for row in found]
    return tuple(sorted(rows, key=lambda place: place.stopped))


def _place(row: Standing, contest: Networks, stopped: bool) -> Place:
    told = not stopped and len(row.seeds) >= TELLING
    return Place(
        contest.label(row.arm),
        row.arm.setting,
        row.validated if stopped else row.claimed,
        row.half_width if told else None,
        len(row.seeds),
        stopped,
        row.leader,
    )
