"""Why a network trains or does not: every layer measured on data, beside what theory says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nonlin._callable import make_callable
from nonlin.stability.layer import LayerStability as LayerStability
from nonlin.stability.layer import Stability

if TYPE_CHECKING:
    from nonlin.network import Memory, Network, Settings

__all__ = ["LayerStability", "Stability", "stability"]


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


make_callable(__name__)
