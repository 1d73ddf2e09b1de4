"""What `inspect` finds: every weight, every activation, the output; as data and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nonlin._text import Text, catalogue, language, listed, say
from nonlin.activation import Activation
from nonlin.torch.reading.table import table


@dataclass(frozen=True, slots=True)
class Layer:
    """One weight, and what it is connected to.

    name: of the module, or of the parameter if the module has several; kind: the class of the
    module; operation: "linear", "convolution", "transposed_convolution", "embedding" or
    "recurrent". parameters: the names of the tensors that it is made of; shape: of the weight.
    fed_by, followed_by: the name of an activation ("identity" if there is none between two
    layers), or "input", "norm", "residual", "sum", "attention", "embedding", "softmax", "output",
    a gated pair, "unnamed" for a function that the catalogue does not know, "unknown".
    residual: the last layer of a branch that is added to what went around it; branches: how many
    such sums lie on the same way. gated: "value", "gate" or "both" if the output becomes part of
    a gated pair. norm: "before", "after" or both, beside the layer. tied: other names of the same
    parameter. times: how often it is used. predicted, measured: the mean square of its output;
    None if not asked for or not known.
    """

    name: str
    kind: str
    operation: str
    parameters: tuple[str, ...]
    shape: tuple[int, ...]
    fan_in: int
    fan_out: int
    fed_by: str
    followed_by: str
    residual: bool = False
    branches: int = 0
    gated: str = ""
    norm: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    times: int = 1
    predicted: float | None = None
    measured: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An activation in the model: where, which, and how often there.

    name: of the catalogue, "unnamed" if it knows none with these values; module: in which it
    runs, "" for the model itself; activation: the entry with the parameters found, or None.
    """

    name: str
    module: str
    times: int
    activation: Activation | None = None

    def __str__(self) -> str:
        values = {} if self.activation is None else self.activation.values
        if self.activation is None or values == _defaults(self.activation):
            return word(self.name)
        return f"{self.name}({', '.join(f'{key}={value:g}' for key, value in values.items())})"


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a model is made of, as one pass showed it; printed as a table.

    layers: one row for each weight, in the order of the pass; activations: each place of each;
    output: what stands at the end of the model; remarks: on the output and its loss; left: the
    parameters that are no layer's weight, by what they are ("bias", "norm", "other", "unused").
    real: whether it needed real tensors.
    """

    layers: tuple[Layer, ...]
    activations: tuple[Found, ...]
    output: tuple[str, ...]
    remarks: tuple[Text, ...] = ()
    left: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    real: bool = False

    def __getitem__(self, name: str) -> Layer:
        """The layer of that name. Raises KeyError."""
        for each in self.layers:
            if name in (each.name, *each.parameters):
                return each
        raise KeyError(name)

    @property
    def counts(self) -> dict[str, int]:
        """How often each activation is used."""
        found: dict[str, int] = {}
        for each in self.activations:
            found[str(each)] = found.get(str(each), 0) + each.times
        return found

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield from table(_header(self.layers), [_cells(each, self.layers) for each in self.layers])
        counts = self.counts.items()
        found = listed(f"{name} ×{count}" if count > 1 else name for name, count in counts)
        yield say("torch_inspect.activations", found=found or say("torch_inspect.none"))
        if unused := self.left.get("unused"):
            yield say("torch_inspect.unused", names=listed(unused))
        yield from map(str, self.remarks)


def _defaults(activation: Activation) -> dict[str, float]:
    from nonlin.catalogue import get

    return get(activation.name).values


def _header(layers: tuple[Layer, ...]) -> list[str]:
    names = ["layer", "kind", "fan_in", "fan_out", "fed_by", "followed_by", "notes"]
    names += [n for n in ("predicted", "measured") if _any(layers, n)]
    return [say(f"torch_inspect.column.{name}") for name in names]


def _any(layers: tuple[Layer, ...], name: str) -> bool:
    return any(getattr(each, name) is not None for each in layers)


def _cells(layer: Layer, layers: tuple[Layer, ...]) -> list[str]:
    fans = [f"{layer.fan_in}", f"{layer.fan_out}"]
    words = [word(layer.fed_by), word(layer.followed_by)]
    cells = [layer.name, layer.kind, *fans, *words, str(listed(_notes(layer)))]
    for name in ("predicted", "measured"):
        if _any(layers, name):
            value = getattr(layer, name)
            cells.append("" if value is None else f"{value:.3g}")
    return cells


def _notes(layer: Layer) -> Iterator[str]:
    if layer.residual:
        yield say("torch_inspect.note.residual", branches=layer.branches)
    if layer.gated:
        yield say(f"torch_inspect.note.{layer.gated}")
    for side in [s for s in layer.norm if (s, layer.fed_by) != ("before", "norm")]:
        yield say(f"torch_inspect.note.norm_{side}")
    if layer.tied:
        yield say("torch_inspect.note.tied", names=listed(layer.tied))
    if layer.times > 1:
        yield say("torch_inspect.note.times", count=layer.times)
    if len(layer.parameters) > 1:
        yield say("torch_inspect.note.computed")


def word(name: str) -> str:
    """What feeds or follows, in the language in use; names of activations stay as they are."""
    known = catalogue(language())
    return str(listed(known.get(f"torch_inspect.word.{part}", part) for part in name.split(", ")))
