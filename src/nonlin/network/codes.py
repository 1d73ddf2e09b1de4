"""What compiled code takes from plain Python: codes of the losses, an optimizer's memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from nonlin.network.feedforward import Feedforward

SQUARED_ERROR, BINARY_CROSS_ENTROPY, CROSS_ENTROPY = 0, 1, 2
HUBER, POISSON_SOFTPLUS, POISSON_EXP, PINBALL, CORN = 3, 4, 5, 6, 7


class Memory(NamedTuple):
    """What the optimizer remembers between steps; training changes it in place.

    first: mean gradient (AdamW) or velocity (SGD); second: mean squared gradient (AdamW), both
    shaped like the parameters; powers: beta1 and beta2 to the power of the steps done (AdamW).
    """

    first: np.ndarray
    second: np.ndarray
    powers: np.ndarray

    @classmethod
    def of(cls, network: Feedforward) -> Memory:
        """Of a network that was never trained."""
        empty = np.zeros_like(network.parameters)
        return cls(empty, empty.copy(), np.ones(2))
