"""Why a network trains or does not: every layer measured on data, beside what theory says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nonlin._callable import make_callable
from nonlin.stability.layer_stability import LayerStability as LayerStability
from nonlin.stability.layer_stability import Stability

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nonlin.activation import Activation
    from nonlin.layers import Subject
    from nonlin.network import Initialisation, Loss, Memory, Network, Settings
    from nonlin.stability.diagnosis import Diagnosis
    from nonlin.stability.profile import Profile
    from nonlin.stability.watched import Watched

__all__ = ["LayerStability", "Stability", "diagnose", "profiles", "stability", "watch"]


def stability(
    network: Network | Subject,
    X: Any = None,
    y: Any = None,
    *,
    settings: Settings | None = None,
    memory: Memory | None = None,
    loss: str | Loss | None = None,
    rows: int | None = 512,
) -> Stability:
    """Signals, dead and saturated neurons, ranks and gradients in every layer of a network.

    X: (rows, inputs), y as in `Network.fit`; without y nothing is said of gradients. The network
    is not changed. settings: how it is trained, for the size of an update: one real step on the
    first batch, by an optimizer with this memory (of a network that was never trained, if not
    given). loss: its name or itself, as in `Network.fit`. rows: of
    more than so many an even selection is looked at, and the table says how near that comes; None:
    all. A `nonlin.layers.Subject` stands for all
    of this: any network with its rows. Raises InputError for unusable X or y.
    """
    from nonlin import checks
    from nonlin.layers.network_subject import subject_of
    from nonlin.stability.measured import measured

    if rows is not None:
        checks.integer("rows", rows, 1)
    return measured(subject_of(network, X, y, settings, memory, loss, looked=rows))


def watch(
    network: Network,
    X: Any,
    y: Any,
    *,
    every: int = 1,
    settings: Settings | None = None,
    loss: str | Loss | None = None,
) -> Watched:
    """Train a network in place, and measure it before and after every so many epochs.

    X, y, loss, settings: as in `Network.fit`; the order of the rows is another one, and the
    weights are those of the last epoch. Raises InputError for unusable X or y.
    """
    from nonlin.stability.watched import watch

    return watch(network, X, y, every, settings, loss)


def diagnose(
    network: Network | Subject,
    X: Any = None,
    y: Any = None,
    *,
    settings: Settings | None = None,
    loss: str | Loss | None = None,
    on_progress: Callable[[int, int, str], None] | None = None,
    seconds: float | None = None,
) -> Diagnosis:
    """What keeps a network from training: a verdict per layer, the cause, a change that helps.

    X: (rows, inputs), y and loss as in `Network.fit`, settings as it is to be trained; of more
    than 4096 rows an even selection. Every layer is measured; then the network is trained as it
    is, for as long as the settings say (up to about 1500 steps at first), and so are copies of it
    with one change each: scaled inputs or targets, layers drawn anew, another momentum, weight
    decay, batch size, number of epochs, width, output, learning rate, initialisation, activation.
    A change counts if it helps on rows that were held out, in each of three repeats; of those
    that help nearly as much as the best, the one that changes what nobody would choose names the
    cause. It cannot see label noise, leaks, and overfitting. The network itself is not changed. A
    `nonlin.layers.Subject` stands for all of this: any network with its rows. on_progress is
    called with (trainings done, about how many, what). seconds: of CPU time for all trainings,
    about; 4 if not given. What there is no time to train whole is trained for fewer steps, the
    least suspicious last, and the report says how many seconds would do. Raises InputError for
    unusable X or y.
    """
    from nonlin import checks
    from nonlin.stability.diagnosis import diagnose

    if seconds is not None:
        seconds = checks.number("seconds", seconds, 0, open_below=True)
    return diagnose(network, X, y, settings, loss, on_progress, seconds)


def profiles(
    activations: Sequence[str | Activation],
    X: Any = None,
    y: Any = None,
    *,
    depth: int = 30,
    width: int = 256,
    init: str | Initialisation | Sequence[str | Initialisation] = "auto",
    output: str = "softmax",
    seeds: int = 5,
) -> list[Profile]:
    """Random networks of each activation, measured by layer beside what theory predicts.

    X: (rows, inputs), y class indices, or numbers for output "identity"; without them 256
    standard normal rows. depth hidden layers of `width` neurons; init: one for all, or one for
    each activation. seeds: networks of each kind, for the intervals. Raises InputError for
    unusable data and unknown names.
    """
    from nonlin.stability.profile import given, made

    rows = None if X is None else given(X, y, output)
    return made(activations, rows, (depth, width), init, seeds)


make_callable(__name__)
