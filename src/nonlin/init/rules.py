"""The table of initialisations: which noise, and how large, for which activation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.init import fills
from nonlin.init.fills import Fill
from nonlin.theory.critical import Critical
from nonlin.theory.propagation import critical, moments

GAINS = (1e-15, 1e15)


def scales(gain: float) -> bool:
    """Can weights be multiplied by `gain`, so that they and their squares are float32 numbers?"""
    return GAINS[0] < gain < GAINS[1]


def usable_gain(name: str, gain: float, inverse: str = "E[f(z)^2]") -> float:
    """`gain` of the activation `name`, or InputError if no weight could be scaled by it.

    inverse: the moment of which it is 1 / sqrt.
    """
    if scales(gain):
        return gain
    raise InputError("no_gain", name=name, gain=f"{gain:g}", inverse=inverse)


@dataclass(frozen=True, slots=True)
class Feed:
    """What feeds a layer: an activation, or the inputs themselves, of mean square 1.

    q: mean square of the sums that the activation gets; target: that which the layer's own sums
    shall have.
    """

    activation: Activation | None
    q: float
    target: float

    @property
    def forward(self) -> float:
        """target / E[f^2]"""
        if self.activation is None:
            return self.target
        found = self.activation.gain
        if self.q != 1:
            found = moments(self.activation, std=math.sqrt(self.q)).gain
        return self.target * usable_gain(self.activation.name, found) ** 2

    @property
    def backward(self) -> float:
        """1 / E[f'^2]"""
        if self.activation is None:
            return 1.0
        gain = self.activation.gain_backward
        return usable_gain(self.activation.name, gain, "E[f'(z)^2]") ** 2

    @property
    def critical(self) -> Critical:
        """Variances of weights, times fan_in, and biases; inputs become of mean square q."""
        if self.activation is None:
            return Critical(self.q, 0.0)
        return critical(self.activation, q=self.q)


Variance = Callable[[int, int, Feed], float]


@dataclass(frozen=True, slots=True)
class Rule:
    """Noise of unit scale, and the variance that an entry gets for (fan_in, fan_out, feed).

    adaptive: follows the activation. before: of weights that start from data (see `fitted`), the
    rule that draws them until data come.
    """

    fill: Fill
    variance: Variance
    source: str
    adaptive: bool = False
    before: str = ""

    @property
    def from_data(self) -> bool:
        """Do weights start from data?"""
        return bool(self.before)


def _glorot(fan_in: int, fan_out: int, feed: Feed) -> float:
    return 2.0 / (fan_in + fan_out)


def _he(fan_in: int, fan_out: int, feed: Feed) -> float:
    return 2.0 / fan_in


def _lecun(fan_in: int, fan_out: int, feed: Feed) -> float:
    return 1.0 / fan_in


def _nothing(fan_in: int, fan_out: int, feed: Feed) -> float:
    return 0.0


def _forward(fan_in: int, fan_out: int, feed: Feed) -> float:
    return feed.forward / fan_in


def _backward(fan_in: int, fan_out: int, feed: Feed) -> float:
    return feed.backward / fan_out


def _balanced(fan_in: int, fan_out: int, feed: Feed) -> float:
    return 2.0 / (fan_in / feed.forward + fan_out / feed.backward)


def _critical(fan_in: int, fan_out: int, feed: Feed) -> float:
    return feed.critical.weight_variance / fan_in


def _orthogonal(fan_in: int, fan_out: int, feed: Feed) -> float:
    return feed.forward / max(fan_in, fan_out)


_GLOROT = "Glorot and Bengio, AISTATS 2010"
_HE = "He et al., ICCV 2015, arXiv:1502.01852"
_LECUN = "LeCun et al., Efficient BackProp, 1998"
_SAXE = "Saxe et al., ICLR 2014, arXiv:1312.6120"
_SCHOENHOLZ = "Schoenholz et al., ICLR 2017, arXiv:1611.01232"
_XIAO = "Xiao et al., ICML 2018, arXiv:1806.05393"
_MISHKIN = "Mishkin and Matas, ICLR 2016, arXiv:1511.06422"
_BINGHAM = "Bingham and Miikkulainen, AAAI 2023, arXiv:2109.08958"

RULES: dict[str, Rule] = {
    "auto": Rule(fills.normal, _forward, "1/sqrt(E[f(z)^2]), z ~ N(0, 1)", True),
    "forward": Rule(fills.normal, _forward, "He et al., ICCV 2015, equation 7, for any f", True),
    "backward": Rule(fills.normal, _backward, "He et al., ICCV 2015, equation 14, any f", True),
    "balanced": Rule(fills.normal, _balanced, f"{_GLOROT}, for any f", True),
    "critical": Rule(fills.normal, _critical, _SCHOENHOLZ, True),
    "glorot_normal": Rule(fills.normal, _glorot, _GLOROT),
    "glorot_uniform": Rule(fills.uniform, _glorot, _GLOROT),
    "he_normal": Rule(fills.normal, _he, _HE),
    "he_uniform": Rule(fills.uniform, _he, _HE),
    "lecun_normal": Rule(fills.normal, _lecun, _LECUN),
    "lecun_uniform": Rule(fills.uniform, _lecun, _LECUN),
    "orthogonal": Rule(fills.orthogonal, _orthogonal, _SAXE, True),
    "delta_orthogonal": Rule(fills.orthogonal, _orthogonal, _XIAO, True),
    "sparse": Rule(fills.sparse, _forward, "Martens, ICML 2010", True),
    "zeros": Rule(fills.ones, _nothing, ""),
    "constant": Rule(fills.ones, _nothing, ""),
    "lsuv": Rule(fills.orthogonal, _orthogonal, _MISHKIN, before="orthogonal"),
    "autoinit": Rule(fills.normal, _forward, _BINGHAM, True, "forward"),
}
ALIASES = {
    "xavier_normal": "glorot_normal",
    "xavier_uniform": "glorot_uniform",
    "kaiming_normal": "he_normal",
    "kaiming_uniform": "he_uniform",
}
