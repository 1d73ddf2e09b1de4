"""Why a network trains or does not: every layer measured on data, beside what theory says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nonlin._callable import make_callable
from nonlin.stability.layer import LayerStability as LayerStability
from nonlin.stability.layer import Stability

if TYPE_CHECKING:
    from nonlin.network import Memory, Network, Settings
    from nonlin.stability.diagnosis import Diagnosis

__all__ = ["LayerStability", "Stability", "diagnose", "stability"]


def stability(
    network: Network,
    X: Any,
    y: Any = None,
    *,
    settings: Settings | None = None,
    memory: Memory | None = None,
) -> Stability:
    """Signals, dead and saturated neurons, ranks and gradients in every layer of a network.

    X: (rows, inputs), y as in `Network.fit`; without y nothing is said of gradients. The network
    is not changed. settings: how it is trained, for the size of an update: one real step on the
    first batch, by an optimizer with this memory (of a network that was never trained, if not
    given). Raises InputError for unusable X or y.
    """
    from nonlin.stability.measured import measured

    return measured(network, X, y, settings, memory)


def diagnose(network: Network, X: Any, y: Any, *, settings: Settings | None = None) -> Diagnosis:
    """What keeps a network from training: a verdict per layer, the cause, a change that helps.

    X: (rows, inputs), y as in `Network.fit`, settings as it is to be trained; of more than 4096
    rows an even selection. First every layer is measured; if all are healthy, the network is
    trained for about 150 steps. If something is found, changes are made to a copy and examined
    in the same way: inputs standardised, single layers drawn anew, a smaller learning rate, all
    layers drawn anew, another activation. A change that helps names the cause. The network
    itself is not changed. Raises InputError for unusable X or y.
    """
    from nonlin.stability.diagnosis import diagnose

    return diagnose(network, X, y, settings)


make_callable(__name__)
