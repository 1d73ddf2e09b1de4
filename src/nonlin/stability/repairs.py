"""What can be changed when a network does not train; a change is a cause if it helps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from nonlin._text import Text, text
from nonlin.catalogue import get
from nonlin.layers.expected import Parameters
from nonlin.layers.subject import Edit, Initialise, Redraw, Retrain, Standardise, Subject
from nonlin.stability.examination import Examination
from nonlin.stability.units import scaled, told, usable
from nonlin.stability.verdicts import COPIED, FEW, Finding, place

FOREIGN = 5.0  # times the size that `auto` gives weights, or its inverse: not drawn for this
LARGE_BIAS = 5.0  # standardised signals rarely come so far
FIRST = 16  # weights of a neuron that are compared with those of others
USUAL_RATE = 1e-3  # where nothing else was said: see `network.Settings`
RATES = (10.0, 100.0, 1000.0)  # by which the learning rate is divided, or multiplied
SUBSTITUTES = {"bounded": ("tanh", "elu"), "other": ("leaky_relu", "elu", "tanh")}


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A changed subject; `cause` is what was wrong if the change helps, `advice` what to do.

    layers: where the cause lies, all if empty. edit: what was changed.
    """

    cause: str
    layers: tuple[int, ...]
    edit: Edit
    subject: Subject
    explanation: Text
    advice: Text


def changes(subject: Subject, found: Examination) -> Iterator[Change]:
    """All that may help and can be made, the mildest first; only how it is trained, if it is good
    as it stands: everything else would undo what it has learnt.
    """
    if found.good:
        yield from _other_rates(subject, found)
        return
    yield from _scaled_inputs(subject)
    yield from _scaled_targets(subject)
    yield from _redrawn_layers(subject, found.findings)
    if not found.at_start:
        yield from _other_rates(subject, found)
    yield from _initialised(subject)
    yield from _other_activation(subject, found.findings)


def _made(
    subject: Subject, edit: Edit, cause: str, layers: tuple[int, ...], why: Text, advice: Text
) -> Iterator[Change]:
    """Nothing where this subject cannot be changed so."""
    changed = subject.changed(edit)
    if changed is not None:
        yield Change(cause, layers, edit, changed, why, advice)


def _scaled_inputs(subject: Subject) -> Iterator[Change]:
    seen = subject.columns("inputs")
    if seen is None or scaled(seen):
        return
    edit = Standardise("inputs", seen.means, usable(seen))
    why = text("cause.inputs", **told(seen))
    yield from _made(subject, edit, "inputs", (1,), why, text("change.inputs"))


def _scaled_targets(subject: Subject) -> Iterator[Change]:
    seen = subject.columns("targets")
    if seen is None or scaled(seen) or not np.all(seen.deviations > 0):
        return
    edit = Standardise("targets", seen.means, np.sqrt(seen.variances))
    last = (len(subject.layers),)
    why = text("cause.targets", **told(seen))
    yield from _made(subject, edit, "targets", last, why, text("change.targets"))


def _redrawn_layers(subject: Subject, found: tuple[Finding, ...]) -> Iterator[Change]:
    """Only the layers whose weights or biases no initialisation would have drawn; then the one
    in which something is found, if it is one.
    """
    fresh = subject.changed(Initialise())
    foreign = () if fresh is None else tuple(_foreign(subject.parameters, fresh.parameters))
    if foreign:
        layers = tuple(number for number, _ in foreign)
        why = text("cause.layers", where=place(layers), what=foreign[0][1], first=layers[0])
        yield from _redrawn(subject, layers, why)
    where = _layers(found)
    if len(where) == 1 and subject.init == "auto":
        yield from _redrawn(subject, where, text("cause.layer", where=place(where)))


def _redrawn(subject: Subject, layers: tuple[int, ...], why: Text) -> Iterator[Change]:
    advice = text("change.layers", where=place(layers))
    yield from _made(subject, Redraw(layers), "layers", layers, why, advice)


def _foreign(
    parameters: Sequence[Parameters], fresh: Sequence[Parameters]
) -> Iterator[tuple[int, Text]]:
    """(layer, what is wrong with its parameters)."""
    pairs = zip(parameters, fresh, strict=True)
    hidden = all(weights.any() for weights, _ in parameters[:-1])
    for number, ((weights, biases), (usual, _)) in enumerate(pairs, start=1):
        if hidden and number == len(parameters) and not (weights.any() or biases.any()):
            continue  # common practice: outputs start at 0
        if not (np.isfinite(weights).all() and np.isfinite(biases).all()):
            yield number, text("cause.not_finite")
            continue
        size = _root_mean_square(weights) / _root_mean_square(usual)
        if np.ptp(weights) == 0 and weights.size > 1:
            yield number, text("cause.equal", value=f"{weights.flat[0]:g}")
        elif weights.shape[1] > 1 and not np.ptp(weights, axis=1).any():
            yield number, text("cause.alike")
        elif _few_distinct(weights):
            yield number, text("cause.copied")
        elif not 1 / FOREIGN <= size <= FOREIGN:
            yield number, text("cause.weights", size=f"{size:.2g}")
        elif np.abs(biases).max() > LARGE_BIAS:
            extreme = biases[np.abs(biases).argmax()]
            yield number, text("cause.biases", value=f"{extreme:.3g}")


def _few_distinct(weights: np.ndarray) -> bool:
    """Are most neurons exact copies of others? Their first weights tell."""
    neurons = weights.shape[1]
    distinct = np.unique(weights[:FIRST], axis=1).shape[1]
    return len(weights) > 1 and neurons > FEW and distinct < COPIED * neurons


def _other_rates(subject: Subject, found: Examination) -> Iterator[Change]:
    """Smaller ones, the usual one among them; larger ones, too, if training did no harm."""
    rate = subject.learning_rate
    others = {USUAL_RATE, *(rate / factor for factor in RATES)}
    if found.sound:
        others |= {rate * factor for factor in RATES}
    for other in sorted(others - {rate}):
        if other > rate and not found.sound:
            continue
        why = text("cause.rate" if other < rate else "cause.rate_small", rate=f"{rate:g}")
        advice = text("change.rate", rate=f"{other:g}")
        yield from _made(subject, Retrain(other), "learning_rate", (), why, advice)


def _initialised(subject: Subject) -> Iterator[Change]:
    """All layers drawn for their activations."""
    names = _names(subject)
    why = text("cause.initialisation", names=names, init=subject.init)
    if subject.init == "auto":
        fresh = subject.changed(Initialise())
        if fresh is not None and _equal(subject.parameters, fresh.parameters):
            return  # they are just these
        why = text("cause.drawn")
    advice = text("change.initialisation", names=names)
    yield from _made(subject, Initialise(), "initialisation", (), why, advice)


def _other_activation(subject: Subject, found: tuple[Finding, ...]) -> Iterator[Change]:
    """Another activation in all layers, with weights drawn for it."""
    old = [each.activation for each in subject.layers[:-1]]
    known = [each for each in old if each is not None]
    bounded = all(math.isfinite(max(map(abs, each.properties.range))) for each in known)
    for name in SUBSTITUTES["bounded" if bounded else "other"]:
        if any(each.name == name for each in known):
            continue
        names = _names(subject)
        why = text("cause.activation", names=names, layers=len(old))
        advice = text("change.activation", name=name, names=names)
        edit = Initialise(get(name))
        yield from _made(subject, edit, "activation", _layers(found), why, advice)


def _names(subject: Subject) -> str:
    known = (each.activation for each in subject.layers[:-1])
    return ", ".join(dict.fromkeys("?" if each is None else each.name for each in known))


def _layers(found: tuple[Finding, ...]) -> tuple[int, ...]:
    return tuple(number for each in found for number in each.layers)


def _equal(one: Sequence[Parameters], other: Sequence[Parameters]) -> bool:
    pairs = zip(chain(*one), chain(*other), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def _root_mean_square(values: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return max(float(np.sqrt(np.square(values, dtype=np.float64).mean())), 1e-300)
