"""What can be changed when a network does not train; a change is a cause if it helps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from nonlin._text import Listed, Text, listed, text
from nonlin.catalogue import get
from nonlin.layers.columns import Columns
from nonlin.layers.expected import Parameters
from nonlin.layers.stream import LayerSpec
from nonlin.layers.subject import (
    CONSPICUOUS,
    UNUSUAL,
    USUAL,
    Answer,
    Edit,
    Faulty,
    Initialise,
    Mend,
    Redraw,
    Retrain,
    Standardise,
    Subject,
    Widen,
)
from nonlin.stability.units import (
    FAR,
    outlying,
    robust,
    scaled,
    short,
    standard,
    unusual,
    usable,
)
from nonlin.stability.verdicts import COPIED, FEW, Finding, place

FOREIGN = 5.0  # times the size that `auto` gives weights, or its inverse: not drawn for this
LARGE_BIAS = 5.0  # standardised signals rarely come so far
ONE_SIDED = 1.0  # mean of the biases of a layer: most of its sums are on one side
FIRST = 16  # weights of a neuron that are compared with those of others
RATES = (0.01, 0.1, 10.0, 100.0)  # times the learning rate
ODD, STRANGE = 10.0, 100.0  # times the usual rate, or its inverse
CUT = 5.0  # widths at which outlying inputs are cut off
MOMENTUM = 0.9
SLUGGISH = 0.97  # a momentum above it averages over more than 33 steps
SHRINK = (0.1, 1.0)  # rate times decay times steps: the weights fall by exp(-this)
BATCH = 32
LARGE_BATCH = (16, 4)  # rows over it: fewer batches in an epoch than this
SHORT = (500, 120)  # steps of the whole training
LONGER = 8  # times the epochs
NARROW, LEAST_WIDTH = 4, 32  # times fewer neurons than the layers beside it; what it then gets
DEEP = 10  # hidden layers, from which on a bounded activation is suspected
FLAT, SEVERAL = 0.5, 3  # and from which on one that is nowhere steeper than this
SUBSTITUTES = {"bounded": ("tanh", "elu"), "other": ("leaky_relu", "elu", "tanh")}
FRAMEWORK = "torch"  # weights as a library draws them where nobody asks for others


@dataclass(frozen=True, slots=True, eq=False)
class Suspect:
    """A change that may help: `cause` is what was wrong if it does, `advice` what to do.

    layers: where the cause lies, all if empty. suspicion: how far what it changes is from what
    people choose, USUAL to CONSPICUOUS.
    """

    cause: str
    layers: tuple[int, ...]
    edit: Edit
    suspicion: int
    explanation: Text
    advice: Text


def suspects(subject: Subject, found: tuple[Finding, ...], good: bool) -> list[Suspect]:
    """All that may help, the mildest first; only how it is trained, if it is `good` as it stands:
    everything else would undo what it has learnt.
    """
    as_trained = chain(_momentum(subject), _decay(subject), _batch(subject), _epochs(subject))
    if good:
        return [*as_trained, *_rates(subject)]
    return [
        *_faults(subject),
        *_inputs(subject),
        *_targets(subject),
        *_layers_drawn(subject, found),
        *as_trained,
        *_identity(subject),
        *_output(subject),
        *_width(subject),
        *_initialisation(subject, found),
        *_rates(subject),
        *_activation(subject, found),
    ]


def _faults(subject: Subject) -> Iterator[Suspect]:
    """Those that only subjects of its framework can have."""
    for each in subject.faults if isinstance(subject, Faulty) else ():
        known = {"where": place(each.layers) if each.layers else "", **dict(each.values)}
        why, advice = text(f"cause.{each.name}", **known), text(f"change.{each.name}", **known)
        yield Suspect(
            each.name, each.layers, Mend(each.name, each.way), each.suspicion, why, advice
        )


def _inputs(subject: Subject) -> Iterator[Suspect]:
    seen = subject.columns("inputs")
    if seen is None or standard(seen):
        return
    if outlying(seen) > FAR:
        edit = Standardise("inputs", seen.medians, robust(seen), CUT)
        why = text("cause.outliers", far=short(outlying(seen)))
        advice = text("change.outliers", most=f"{CUT:g}")
        yield Suspect("outliers", (1,), edit, CONSPICUOUS, why, advice)
    edit = Standardise("inputs", seen.moments.means, usable(seen))
    why = _not_scaled("inputs", seen)
    level = USUAL if scaled(seen) else CONSPICUOUS
    yield Suspect("inputs", (1,), edit, level, why, text("change.inputs"))


def _targets(subject: Subject) -> Iterator[Suspect]:
    """Divided by the mean only, where outputs are never negative."""
    seen = subject.columns("targets")
    if seen is None or standard(seen) or not np.all(seen.moments.deviations > 0):
        return
    last = subject.layers[-1].activation
    positive = last is not None and min(last.properties.range) >= 0
    means, scales, key = seen.moments.means, np.sqrt(seen.moments.variances), "change.targets"
    level = USUAL if scaled(seen) else CONSPICUOUS
    if positive:
        means, scales, key = np.zeros_like(means), means, "change.counts"
    edit = Standardise("targets", means, scales)
    where = (len(subject.layers),)
    yield Suspect("targets", where, edit, level, _not_scaled("targets", seen), text(key))


def _not_scaled(side: str, seen: Columns) -> Text:
    what, value = unusual(seen)
    return text(f"cause.{side}", how=text(f"scale.{what}", value=value))


def _layers_drawn(subject: Subject, found: tuple[Finding, ...]) -> Iterator[Suspect]:
    """Only the layers whose weights or biases no initialisation would have drawn; then the one
    in which something is found, if it is one.
    """
    fresh, framework = subject.changed(Initialise()), subject.init == FRAMEWORK
    foreign: tuple[tuple[int, Text], ...] = ()
    if fresh is not None:
        foreign = tuple(_foreign(subject.parameters, fresh.parameters, framework))
    if foreign:
        layers = tuple(number for number, _ in foreign)
        why = text("cause.layers", where=place(layers), what=foreign[0][1], first=layers[0])
        yield _redrawn(layers, CONSPICUOUS, why)
    where = _where(found)
    if len(where) == 1 and subject.init == "auto":
        yield _redrawn(where, UNUSUAL, text("cause.layer", where=place(where)))


def _redrawn(layers: tuple[int, ...], level: int, why: Text) -> Suspect:
    advice = text("change.layers", where=place(layers))
    return Suspect("layers", layers, Redraw(layers), level, why, advice)


def _foreign(
    parameters: Sequence[Parameters], fresh: Sequence[Parameters], framework: bool
) -> Iterator[tuple[int, Text]]:
    """(layer, what is wrong with its parameters). framework: may they be of the size that its
    library draws where nobody asks for others?
    """
    pairs = zip(parameters, fresh, strict=True)
    hidden = all(weights.any() for weights, _ in parameters[:-1])
    for number, ((weights, biases), (usual, drawn)) in enumerate(pairs, start=1):
        if hidden and number == len(parameters) and not (weights.any() or biases.any()):
            continue  # common practice: outputs start at 0
        if not (np.isfinite(weights).all() and np.isfinite(biases).all()):
            yield number, text("cause.not_finite")
            continue
        size = _root_mean_square(weights) / _root_mean_square(usual)
        default = 1 / math.sqrt(3 * len(weights)) if framework else _root_mean_square(usual)
        drawn_so = 1 / FOREIGN <= _root_mean_square(weights) / default <= FOREIGN
        if np.ptp(weights) == 0 and weights.size > 1:
            yield number, text("cause.equal", value=f"{weights.flat[0]:g}")
        elif weights.shape[1] > 1 and not np.ptp(weights, axis=1).any():
            yield number, text("cause.alike")
        elif _few_distinct(weights):
            yield number, text("cause.copied")
        elif not (drawn_so or 1 / FOREIGN <= size <= FOREIGN):
            yield number, text("cause.weights", size=f"{size:.2g}")
        elif np.abs(biases).max() > LARGE_BIAS or _one_sided(biases, drawn):
            extreme = biases[np.abs(biases).argmax()]
            yield number, text("cause.biases", value=f"{extreme:.3g}")


def _one_sided(biases: np.ndarray, drawn: np.ndarray) -> bool:
    """Further than biases that an initialisation draws at random."""
    return len(biases) > FEW and abs(biases.mean()) > ONE_SIDED + np.abs(drawn).max()


def _few_distinct(weights: np.ndarray) -> bool:
    """Are most neurons exact copies of others? Their first weights tell."""
    neurons = weights.shape[1]
    distinct = np.unique(weights[:FIRST], axis=1).shape[1]
    return len(weights) > 1 and neurons > FEW and distinct < COPIED * neurons


def _momentum(subject: Subject) -> Iterator[Suspect]:
    given = subject.recipe.momentum
    if given is None or (abs(given - MOMENTUM) < 0.1 and given < SLUGGISH):
        return
    level = CONSPICUOUS if given >= SLUGGISH else USUAL
    why = text("cause.momentum" if given > MOMENTUM else "cause.momentum_small", given=f"{given:g}")
    advice = text("change.momentum", value=f"{MOMENTUM:g}")
    yield Suspect("momentum", (), Retrain(momentum=MOMENTUM), level, why, advice)


def _decay(subject: Subject) -> Iterator[Suspect]:
    rule = subject.recipe
    shrink = rule.learning_rate * rule.weight_decay * rule.steps
    if shrink < SHRINK[0]:
        return
    level = _level(shrink, *SHRINK)
    why = text("cause.weight_decay", given=f"{rule.weight_decay:g}")
    edit = Retrain(weight_decay=0.0)
    yield Suspect("weight_decay", (), edit, level, why, text("change.weight_decay"))


def _batch(subject: Subject) -> Iterator[Suspect]:
    rule = subject.recipe
    if FEW < rule.batch_size <= BATCH:
        return
    batches = rule.steps / max(rule.epochs, 1)
    level = _level(1 / batches, *(1 / each for each in LARGE_BATCH))
    key = "batch_size"
    if rule.batch_size <= FEW:
        key, level = "batch_size_small", CONSPICUOUS if rule.batch_size == 1 else UNUSUAL
    why = text(f"cause.{key}", given=rule.batch_size, steps=rule.steps)
    advice = text("change.batch_size", value=BATCH)
    yield Suspect("batch_size", (), Retrain(batch_size=BATCH), level, why, advice)


def _epochs(subject: Subject) -> Iterator[Suspect]:
    rule = subject.recipe
    if rule.steps > SHORT[0]:
        return
    level = _level(1 / rule.steps, *(1 / each for each in SHORT))
    why = text("cause.epochs", epochs=rule.epochs, steps=rule.steps)
    advice = text("change.epochs", value=LONGER * rule.epochs)
    yield Suspect("epochs", (), Retrain(longer=LONGER), level, why, advice)


def _level(value: float, unusual: float, conspicuous: float) -> int:
    return (value >= unusual) + (value >= conspicuous)


def _rates(subject: Subject) -> Iterator[Suspect]:
    """Smaller and larger ones, the usual one among them."""
    rule = subject.recipe
    rate = rule.learning_rate
    others = {rule.usual_rate, *(rate * factor for factor in RATES)}
    for other in sorted(others):
        if math.isclose(other, rate, rel_tol=0.5) or not math.isfinite(other):
            continue
        key, away = (
            ("rate", rate / rule.usual_rate)
            if other < rate
            else ("rate_small", rule.usual_rate / rate)
        )
        why = text(f"cause.{key}", rate=f"{rate:g}")
        advice = text("change.rate", rate=f"{other:g}")
        level = _level(away, ODD, STRANGE)
        yield Suspect("learning_rate", (), Retrain(learning_rate=other), level, why, advice)


def _identity(subject: Subject) -> Iterator[Suspect]:
    """Layers without an activation are one linear layer."""
    plain = [n for n, each in enumerate(subject.layers[:-1], 1) if _name(each) == "identity"]
    if not plain:
        return
    where = tuple(plain)
    level = CONSPICUOUS if len(plain) == len(subject.layers) - 1 else UNUSUAL
    why = text("cause.identity", where=place(where))
    advice = text("change.activation", name="relu", names="identity")
    yield Suspect("activation", where, Initialise(get("relu")), level, why, advice)


def _output(subject: Subject) -> Iterator[Suspect]:
    """Amounts that are never negative and vary more than their mean: of a Poisson variable."""
    seen, last = subject.columns("targets"), subject.layers[-1].activation
    if seen is None or last is None or last.name != "identity":
        return
    if seen.least.min() < 0 or not np.all(seen.moments.variances > seen.moments.means**2):
        return
    why, advice = text("cause.output"), text("change.output", name="exponential")
    where = (len(subject.layers),)
    yield Suspect("output", where, Answer("exponential"), UNUSUAL, why, advice)


def _width(subject: Subject) -> Iterator[Suspect]:
    """Layers far narrower than what stands before and after them."""
    hidden = subject.layers[:-1]
    usual = float(np.median([each.fan_out for each in hidden])) if hidden else 0.0
    narrow, wide = [], LEAST_WIDTH
    for number, layer in enumerate(hidden, start=1):
        after = subject.layers[number].fan_out
        beside = min(layer.fan_in, max(after, usual))
        if layer.fan_out * NARROW <= beside or layer.fan_out < min(FEW, layer.fan_in):
            narrow.append(number)
            wide = max(wide, round(beside))
    if not narrow:
        return
    where = tuple(narrow)
    first = subject.layers[where[0] - 1].fan_out
    why = text("cause.width", where=place(where), neurons=first)
    advice = text("change.width", where=place(where), neurons=wide)
    level = CONSPICUOUS if len(hidden) > 1 else UNUSUAL
    edit = Widen(tuple((number, wide) for number in where))
    yield Suspect("width", where, edit, level, why, advice)


def _initialisation(subject: Subject, found: tuple[Finding, ...]) -> Iterator[Suspect]:
    """All layers drawn for their activations."""
    names, only = _names(subject), "" if subject.layers[:-1] else "_only"
    why = text(f"cause.initialisation{only}", names=names, init=subject.init)
    level = CONSPICUOUS if found else UNUSUAL
    if subject.init == FRAMEWORK and not found:
        level = USUAL
    if subject.init == "auto":
        fresh = subject.changed(Initialise())
        if fresh is not None and _equal(subject.parameters, fresh.parameters):
            return  # they are just these
        why, level = text("cause.drawn"), UNUSUAL if found else USUAL
    advice = text(f"change.initialisation{only}", names=names)
    yield Suspect("initialisation", (), Initialise(), level, why, advice)


def is_as_usual(each: Suspect, subject: Subject) -> bool:
    """Other weights for those that its library draws, where nothing is wrong with these, or
    another optimizer for one that many take?
    """
    if each.suspicion > USUAL or subject.init != FRAMEWORK:
        return False
    return each.cause in ("initialisation", "optimizer")


def _activation(subject: Subject, found: tuple[Finding, ...]) -> Iterator[Suspect]:
    """Another activation in all layers, with weights drawn for it."""
    old = [each.activation for each in subject.layers[:-1]]
    known = [each for each in old if each is not None]
    if all(each is not None and each.name == "identity" for each in old):
        return  # see `_identity`
    bounded = all(math.isfinite(max(map(abs, each.properties.range))) for each in known)
    flat = all(each.properties.lipschitz < FLAT for each in known)
    odd = bounded and len(old) >= (SEVERAL if flat else DEEP)
    level = UNUSUAL if found or odd else USUAL
    for name in SUBSTITUTES["bounded" if bounded else "other"]:
        if any(each.name == name for each in known):
            continue
        names = _names(subject)
        why = text("cause.activation", names=names, layers=len(old))
        advice = text("change.activation", name=name, names=names)
        edit = Initialise(get(name))
        yield Suspect("activation", _where(found), edit, level, why, advice)


def _name(layer: LayerSpec) -> str:
    return "?" if layer.activation is None else layer.activation.name


def _names(subject: Subject) -> Listed:
    return listed(dict.fromkeys(map(_name, subject.layers[:-1])))


def _where(found: tuple[Finding, ...]) -> tuple[int, ...]:
    return tuple(number for each in found for number in each.layers)


def _equal(one: Sequence[Parameters], other: Sequence[Parameters]) -> bool:
    pairs = zip(chain(*one), chain(*other), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def _root_mean_square(values: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return max(float(np.sqrt(np.square(values, dtype=np.float64).mean())), 1e-300)
