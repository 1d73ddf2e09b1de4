"""Which changes make a network train better: each is a cause of what was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nonlin.layers.subject import CONSPICUOUS, USUAL
from nonlin.stability.changes import Suspect
from nonlin.stability.repeats import (
    EACH,
    TIMES,
    Edits,
    Trials,
    better,
    mean_worth,
    worth,
)

GOOD = 0.5  # of the error of a constant output is gone: it learns
MOST_CONFIRMED = 4  # causes that are tried on more rows
NEARLY = (0.7, 0.7, 0.5)  # of what the best change gains, by suspicion: to be its equal
TOGETHER = 0.12  # what several changes must gain beyond the best single one
EQUAL = 0.9  # of what it gains: not told apart
CLEAR = (0.15, 0.08, 0.05)  # what a change must gain, by its suspicion: the odder, the less


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """A change that helped: in so many of `TIMES` repeats; before, after: mean worth. others:
    changes that cannot be told apart from it.
    """

    suspect: Suspect
    helped: int
    before: float
    after: float
    others: tuple[Suspect, ...] = ()

    @property
    def gain(self) -> float:
        """Of the error of a constant output, in the mean."""
        return self.after - self.before

    @property
    def clear(self) -> bool:
        """Did it help every time, and enough?"""
        return self.helped == TIMES and self.gain > CLEAR[self.suspect.suspicion]


def next_effects(trials: Trials, made: Edits, candidates: Sequence[Suspect]) -> list[Effect]:
    """One change beside those made, or several that help together only; empty if none does."""
    left = 1 - worth(trials.first(made))
    able = [each for each in candidates if CLEAR[each.suspicion] < left]
    reached = trials.reached(made) if trials.shortened and able else 0.0
    if reached >= GOOD:  # to learn faster is no cure where there is enough time
        able = [each for each in able if each.suspicion > USUAL]
    single = _single(trials, made, able)
    found = _together(trials, made, able, single) or single
    return [each for each in found if each.after > reached + EACH or not trials.shortened]


def _single(trials: Trials, made: Edits, candidates: Sequence[Suspect]) -> list[Effect]:
    """The change of which it is surest, after a first look. What nobody would choose is looked at
    first: where one takes away so much of all that is left that nothing else can be named
    before it, the rest is not tried.
    """
    left = 1 - worth(trials.first(made))
    gains: dict[Suspect, float] = {}
    levels = sorted({each.suspicion for each in candidates}, reverse=True)
    for level in levels:
        if trials.over and level < CONSPICUOUS:
            trials.skipped = True
            return _surest(trials, made, gains)
        gains |= _gains(trials, made, [each for each in candidates if each.suspicion == level])
        last = level == levels[-1]
        if last or max(gains.values(), default=0.0) >= NEARLY[level] * left:
            found = _surest(trials, made, gains)
            if found or last:
                return found
    return []


def _gains(trials: Trials, made: Edits, tried: Sequence[Suspect]) -> dict[Suspect, float]:
    """On a first look, of those that help."""
    edits = [_with(made, each) for each in tried]
    trials.afford(edits)
    trials.look([made, *edits])
    base = trials.first(made)
    found = {each: trials.first(_with(made, each)) for each in tried}
    return {each: worth(one) - worth(base) for each, one in found.items() if better(one, base)}


def _surest(trials: Trials, made: Edits, gains: dict[Suspect, float]) -> list[Effect]:
    """The first of those that help in every repeat."""
    shortlist = _ranked(_best_of_causes(gains))[:MOST_CONFIRMED]
    if not shortlist:
        return []
    helped = trials.helped([_with(made, each) for each in shortlist], made)
    sound = [each for each in shortlist if _with(made, each) in helped]
    effects = {each: _effect(trials, made, [each]) for each in sound}
    sure = {each: effect.gain for each, effect in effects.items() if effect.clear}
    order = _ranked(sure)
    if not order:
        return []
    others = (each for each in order[1:] if each.suspicion == order[0].suspicion)
    alike = tuple(each for each in others if sure[each] > EQUAL * sure[order[0]])
    return [replace(effects[order[0]], others=alike)]


def _with(made: Edits, suspect: Suspect) -> Edits:
    return (*made, suspect.edit)


def _best_of_causes(gains: dict[Suspect, float]) -> dict[Suspect, float]:
    """Of each cause the change that gains most."""
    best: dict[str, Suspect] = {}
    for each, gain in gains.items():
        if each.cause not in best or gain > gains[best[each.cause]] + EACH:
            best[each.cause] = each
    return {each: gains[each] for each in best.values()}


def _ranked(gains: dict[Suspect, float]) -> list[Suspect]:
    """Those that gain nearly as much as the best one, the most conspicuous first."""
    most = max(gains.values(), default=0.0)
    close = [each for each, gain in gains.items() if gain >= NEARLY[each.suspicion] * most]
    return sorted(close, key=lambda each: (-each.suspicion, -round(gains[each] / most, 1)))


def _effect(trials: Trials, made: Edits, changed: Sequence[Suspect]) -> Effect:
    """Of all these changes together, told of the first."""
    before, after = trials.all(made), trials.all(_all(made, changed))
    helped = sum(better(one, other) for one, other in zip(after, before, strict=False))
    return Effect(changed[0], helped, mean_worth(before), mean_worth(after))


def _together(
    trials: Trials, made: Edits, candidates: Sequence[Suspect], single: list[Effect]
) -> list[Effect]:
    """Conspicuous changes that help together far more than the best single one, or as much as
    one that nobody would suspect: those of them that are needed.
    """
    odd: dict[str, Suspect] = {}
    for each in candidates:
        if each.suspicion == CONSPICUOUS:
            odd.setdefault(each.cause, each)
    needed = list(odd.values())
    if len(needed) < 2:
        return []
    base, all_made = trials.first(made), trials.first(_all(made, needed))
    best = max(single[0].after if single else 0.0, worth(base))
    plain = bool(single) and single[0].suspect.suspicion < CONSPICUOUS
    if not better(all_made, base) or worth(all_made) < best + (0.0 if plain else TOGETHER):
        return []
    for each in list(needed):
        fewer = [other for other in needed if other is not each]
        if worth(trials.first(_all(made, fewer))) > worth(all_made) - EACH:
            needed = fewer
    found = _effect(trials, made, needed)
    return [replace(found, suspect=each) for each in needed] if found.clear else []


def _all(made: Edits, suspects: Iterable[Suspect]) -> Edits:
    return (*made, *(each.edit for each in suspects))
