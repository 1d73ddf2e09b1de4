"""Weight initialisation: published rules, and rules derived from the activation itself.

Every layer draws from a random stream of its own, and the noise depends on seed and shape
only: two networks that differ in their activation start from the same noise, scaled
differently, so that they can be compared in pairs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nonlin import checks
from nonlin._errors import InputError, nearest
from nonlin._text import Text, listed, power, text
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.init.automatic import pick
from nonlin.init.fills import streams
from nonlin.init.fitted import Fitted, fitted
from nonlin.init.rules import ALIASES, RULES, Feed, Rule
from nonlin.theory.propagation import critical, moments, nonlinearity
from nonlin.theory.variance import VarianceMap

UNSTABLE = 1 + 1e-6  # slopes of the variance map above this one are not rounding
LAST = 1.0  # mean square of the sums of the output layer, where auto chooses


@dataclass(frozen=True, slots=True)
class Initialisation:
    """How the weights and biases of a layer are drawn, by the name of the rule.

    Published: glorot_, he_, lecun_ with normal or uniform; orthogonal, delta_orthogonal, sparse,
    zeros, constant (all weights `value`). Derived from the activation f that feeds the layer, for
    z standard normal: forward keeps the size of signals (1 / (fan_in E[f^2])), backward that of
    gradients (1 / (fan_out E[f'^2])), balanced both as well as it can, critical starts on the
    edge of chaos with fixed point `q`, where biases are random, too. orthogonal and sparse
    weights have the forward gain. With another `q` than 1 forward keeps sums of that mean square
    (q / (fan_in E[f(sqrt(q) z)^2])), or gives them the mean square `target`. lsuv and autoinit
    start from the data of the first training: see `Network.begin` and `fitted`. auto picks for a
    network of `depth` hidden layers: see `chosen` and `layers`.

    Raises InputError for an unknown name and for options that cannot be.
    """

    name: str = "auto"
    q: float = 1.0
    value: float = 0.0
    depth: int = 1
    target: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", _known(self.name))
        checks.number("q", self.q, 0, math.inf, open_below=True)
        checks.number("value", self.value, -math.inf, math.inf, open_below=True)
        checks.integer("depth", self.depth, 1)
        if self.target is not None:
            checks.number("target", self.target, 0, math.inf, open_below=True)

    @property
    def source(self) -> str:
        """Where the rule was published."""
        return self._rule.source

    @property
    def from_data(self) -> bool:
        """Do weights start from data? See `fitted`."""
        return self._rule.from_data

    @property
    def _rule(self) -> Rule:
        return RULES[self.name]

    def weights(
        self,
        fan_in: int,
        fan_out: int,
        activation: str | Activation | None = None,
        seed: int = 0,
    ) -> np.ndarray:
        """A float64 matrix of shape (fan_in, fan_out); the same seed gives the same weights.

        activation: the one whose outputs the layer gets; None for inputs of mean square 1.
        Raises InputError where it has no gain, or no edge of chaos.
        """
        (random,) = streams(checks.seed(seed), 1)
        sizes = checks.layer_sizes((fan_in, fan_out))
        return self.draw(random, sizes[0], sizes[1], activation)

    def biases(
        self, fan_out: int, activation: str | Activation | None = None, seed: int = 0
    ) -> np.ndarray:
        """A float64 array of shape (fan_out,): zeros, but for critical."""
        (random,) = streams(checks.seed(seed), 1)
        random.standard_normal()  # not the noise of the weights
        return self.draw_biases(random, checks.layer_sizes((1, fan_out))[1], activation)

    def convolution(
        self,
        window: Sequence[int],
        channels_in: int,
        channels_out: int,
        activation: str | Activation | None = None,
        seed: int = 0,
    ) -> np.ndarray:
        """Weights of a convolution, float64, shape (*window, channels_in, channels_out).

        delta_orthogonal ones are orthogonal at the centre of the window, 0 elsewhere, and need
        channels_in <= channels_out; the others have fan_in = channels_in * the window's size.
        """
        shape = checks.layer_sizes((*window, channels_in, channels_out))
        size = math.prod(shape[:-2])
        (random,) = streams(checks.seed(seed), 1)
        if self.name != "delta_orthogonal":
            return self.draw(random, size * shape[-2], shape[-1], activation).reshape(shape)
        if shape[-2] > shape[-1]:
            raise InputError("delta_channels", given=shape[-2], most=shape[-1])
        found = np.zeros(shape)
        centre = tuple(length // 2 for length in shape[:-2])
        found[centre] = self.draw(random, shape[-2], shape[-1], activation)
        return found

    def std(self, fan_in: int, fan_out: int, activation: str | Activation | None = None) -> float:
        """Standard deviation of a weight."""
        if self.from_data:
            raise InputError("needs_data", name=self.name)
        chosen = self.chosen(activation)
        return math.sqrt(chosen._rule.variance(fan_in, fan_out, chosen._feed(activation)))

    def bias_std(self, activation: str | Activation | None = None) -> float:
        """Standard deviation of a bias: 0, but for critical."""
        chosen = self.chosen(activation)
        if chosen.name != "critical":
            return 0.0
        return math.sqrt(chosen._feed(activation).critical.bias_variance)

    def draw(
        self,
        random: np.random.Generator,
        fan_in: int,
        fan_out: int,
        activation: str | Activation | None = None,
    ) -> np.ndarray:
        """As `weights`, from a random stream."""
        if self.name == "constant":
            return np.full((fan_in, fan_out), float(self.value))
        size = self.std(fan_in, fan_out, activation)
        return self._rule.fill(random, fan_in, fan_out) * size

    def draw_biases(
        self, random: np.random.Generator, fan_out: int, activation: str | Activation | None = None
    ) -> np.ndarray:
        """As `biases`, from a random stream."""
        size = self.bias_std(activation)
        return random.standard_normal(fan_out) * size if size else np.zeros(fan_out)

    def chosen(self, activation: str | Activation | None = None) -> Initialisation:
        """What auto picks, with its q, for the layer behind this activation; else itself.

        In a network of 5 hidden layers or more one at which theory says that signals and
        gradients last, if there is one: `reason` says so.
        """
        if self.name != "auto":
            return self
        if activation is None:
            return replace(self, name="forward")
        found = pick(get(activation), self.depth)
        return replace(self, name=found.name, q=found.q)

    def layers(self, hidden: Sequence[Activation]) -> tuple[Initialisation, ...]:
        """The rule of every layer of a network with these hidden activations, the output last.

        Where auto picks another q than 1, the first layer gives sums of that mean square, and
        the output layer such of 1.
        """
        if self.name != "auto":
            return (self,) * (len(hidden) + 1)
        found = [self.chosen(None), *map(self.chosen, hidden)]
        sizes = [*(each.q for each in found[1:]), LAST]
        return tuple(_towards(each, size) for each, size in zip(found, sizes, strict=True))

    def reason(self, activation: str | Activation) -> Text:
        """Why weights are drawn so for this activation, and whether they last over the depth."""
        chosen = get(activation)
        lasts = self.name != "auto" or pick(chosen, self.depth).lasts
        return _reason(self.chosen(chosen), chosen, lasts)

    def fitted(self, network: Fitted, X: Any) -> Fitted:
        """A network like this one, with weights that start from data X (rows, inputs).

        lsuv: orthogonal weights, scaled layer by layer until every layer's sums have variance 1
        on X. autoinit: normal weights that keep the sums at variance 1, as computed from the mean
        and variance of X and, behind each activation, of its outputs. Raises InputError for
        other rules, and where a layer gives nothing that could be scaled.
        """
        if not self.from_data:
            raise InputError("needs_no_data", name=self.name)
        return fitted(self.name, network, X)

    def _feed(self, activation: str | Activation | None) -> Feed:
        q = float(self.q)
        target = q if self.target is None else float(self.target)
        return Feed(None if activation is None else get(activation), q, target)


def initialisation(given: str | Initialisation) -> Initialisation:
    """The initialisation of that name, or the one that is given."""
    return given if isinstance(given, Initialisation) else Initialisation(given)


def _known(name: Any) -> str:
    plain = ALIASES.get(name, name) if isinstance(name, str) else ""
    if plain in RULES:
        return plain
    hint = nearest(str(name), (*RULES, *ALIASES))
    raise InputError("unknown_initialisation", given=name, allowed=listed(RULES), hint=hint)


def _towards(rule: Initialisation, size: float) -> Initialisation:
    """The rule for sums of mean square `size`: a step to another one is no edge of chaos."""
    if rule.name not in ("forward", "critical") or size == rule.q:
        return rule
    return replace(rule, name="forward", target=size)


def _reason(rule: Initialisation, activation: Activation, lasts: bool) -> Text:
    found = moments(activation, std=math.sqrt(rule.q))
    known = {
        "name": activation.name,
        "rule": rule.name,
        "second": f"{found.second:.4g}",
        "slope": f"{found.slope_second:.4g}",
        "chi": f"{rule.q * found.slope_second / found.second:.4g}" if found.second else "nan",
        "depth": rule.depth,
        "q": f"{rule.q:g}",
        "source": rule.source,
    }
    if rule.name == "critical":
        weights, biases = critical(activation, q=rule.q)
        known |= {"weights": f"{weights:.4g}", "biases": f"{biases:.4g}"}
        return text("init.why.critical", **known)
    if not lasts:
        return _fading_reason(rule, activation, known)
    if rule.name == "forward" and rule.q != 1:
        known["weights"] = f"{rule.q / found.second:.4g}"
        return text("init.why.forward_larger", **known)
    if rule.name in ("forward", "backward", "balanced"):
        return text(f"init.why.{rule.name}", **known)
    if not rule.source:
        return text("init.why.equal", **known)
    return text("init.why.adaptive" if rule._rule.adaptive else "init.why.fixed", **known)


def _fading_reason(rule: Initialisation, activation: Activation, known: dict[str, Any]) -> Text:
    """Why forward, although it does not last: a small deviation grows by slope**depth."""
    slope = forward_slope(activation)
    with np.errstate(over="ignore"):
        known |= {"map": f"{slope:.4g}", "drift": power(np.power(slope, rule.depth), 2)}
        ratio = (activation.gain / activation.gain_backward) ** 2
        known["gradients"] = power(np.power(ratio, rule.depth), 2)
    return text(
        "init.why.forward_unstable" if slope > UNSTABLE else "init.why.forward_fading", **known
    )


def forward_slope(activation: Activation) -> float:
    """Slope of the variance map at its fixed point q = 1, for weights of the forward gain."""
    f = nonlinearity(activation, "gain")
    return VarianceMap(f, 1 / moments(activation).second, 0.0).slope(1.0)
