"""Which changes make a network train better: each is a cause of what was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nonlin.stability.changes import CONSPICUOUS, Suspect
from nonlin.stability.repeats import (
    EACH,
    FOLDS,
    Edits,
    Trials,
    better,
    mean_worth,
    worth,
)

MOST_CONFIRMED = 4  # causes that are tried on more rows
NEARLY = 0.7  # of what the best change gains: as good, if what it changes is odd
TOGETHER = 0.12  # what several changes must gain beyond the best single one
EQUAL = 0.9  # of what it gains: not told apart
CLEAR = (0.12, 0.08, 0.05)  # what a change must gain, by its suspicion: the odder, the less


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """A change that helped: in so many of `FOLDS` repeats; before, after: mean worth. others:
    changes that cannot be told apart from it.
    """

    suspect: Suspect
    helped: int
    before: float
    after: float
    others: tuple[Suspect, ...] = ()


def next_effects(trials: Trials, made: Edits, candidates: Sequence[Suspect]) -> list[Effect]:
    """One change beside those made, or several that help together only; empty if none does."""
    left = 1 - worth(trials.first(made))
    able = [each for each in candidates if CLEAR[each.suspicion] < left]
    single = _single(trials, made, able)
    return _together(trials, made, able, single) or single


def _single(trials: Trials, made: Edits, candidates: Sequence[Suspect]) -> list[Effect]:
    trials.run((_with(made, each), 0) for each in candidates)
    base = trials.first(made)
    promising = [each for each in candidates if better(trials.first(_with(made, each)), base)]
    if not promising:
        return []
    gains = {each: worth(trials.first(_with(made, each))) - worth(base) for each in promising}
    shortlist = _ranked(_best_of_causes(gains), gains)[:MOST_CONFIRMED]
    trials.run(
        (edits, fold)
        for edits in (made, *(_with(made, each) for each in shortlist))
        for fold in range(FOLDS)
    )
    effects = [_effect(trials, made, each) for each in shortlist]
    sure = {
        each.suspect: each
        for each in effects
        if each.helped == FOLDS and each.after - each.before > CLEAR[each.suspect.suspicion]
    }
    if not sure:
        return []
    gains = {each: effect.after - effect.before for each, effect in sure.items()}
    order = _ranked(gains, gains)
    first = order[0]
    others = [
        each
        for each in order[1:]
        if each.suspicion == first.suspicion and gains[each] > EQUAL * gains[first]
    ]
    found = sure[first]
    return [Effect(first, found.helped, found.before, found.after, tuple(others))]


def _with(made: Edits, suspect: Suspect) -> Edits:
    return (*made, suspect.edit)


def _best_of_causes(gains: dict[Suspect, float]) -> list[Suspect]:
    """Of each cause the change that gains most."""
    best: dict[str, Suspect] = {}
    for each, gain in gains.items():
        if each.cause not in best or gain > gains[best[each.cause]] + EACH:
            best[each.cause] = each
    return list(best.values())


def _ranked(found: Iterable[Suspect], gains: dict[Suspect, float]) -> list[Suspect]:
    """Those that gain nearly as much as the best one, the most conspicuous first."""
    found = list(found)
    most = max(gains[each] for each in found)
    close = [each for each in found if gains[each] >= NEARLY * most]
    return sorted(close, key=lambda each: (-each.suspicion, -round(gains[each] / most, 1)))


def _effect(trials: Trials, made: Edits, suspect: Suspect) -> Effect:
    before, after = trials.all(made), trials.all(_with(made, suspect))
    helped = sum(better(one, other) for one, other in zip(after, before, strict=False))
    return Effect(suspect, helped, mean_worth(before), mean_worth(after))


def _together(
    trials: Trials, made: Edits, candidates: Sequence[Suspect], single: list[Effect]
) -> list[Effect]:
    """Conspicuous changes that help together far more than the best single one: those needed."""
    odd: dict[str, Suspect] = {}
    for each in candidates:
        if each.suspicion == CONSPICUOUS:
            odd.setdefault(each.cause, each)
    needed = list(odd.values())
    if len(needed) < 2:
        return []
    base, best = trials.first(made), single[0].after if single else 0.0
    all_made = trials.first(_all(made, needed))
    if not better(all_made, base) or worth(all_made) - max(best, worth(base)) < TOGETHER:
        return []
    for each in list(needed):
        fewer = [other for other in needed if other is not each]
        if worth(trials.first(_all(made, fewer))) > worth(all_made) - EACH:
            needed = fewer
    return _one_by_one(trials, made, needed)


def _all(made: Edits, suspects: Iterable[Suspect]) -> Edits:
    return (*made, *(each.edit for each in suspects))


def _one_by_one(trials: Trials, made: Edits, needed: Sequence[Suspect]) -> list[Effect]:
    """The effect of all of them, which each has its share in; none, unless it was seen always."""
    before, after = trials.all(made), trials.all(_all(made, needed))
    helped = sum(better(one, other) for one, other in zip(after, before, strict=False))
    if helped < FOLDS:
        return []
    return [Effect(each, helped, mean_worth(before), mean_worth(after)) for each in needed]
