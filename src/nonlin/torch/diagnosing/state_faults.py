"""Recurrent layers whose state is too small for what passes through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from torch import nn

from nonlin.layers.subject import CONSPICUOUS, UNUSUAL, Fault
from nonlin.torch.diagnosing.probes import probed_answer
from nonlin.torch.diagnosing.weight_faults import trained

if TYPE_CHECKING:
    from nonlin.torch.diagnosing.module_subject import ModuleSubject

FEW, SMALL = 3, 8  # numbers of a state: hardly any, and few beside what it stands between
NARROW = 4  # times fewer than the inputs, or than the outputs
WIDE = 32


def faults_of_states(subject: ModuleSubject) -> Iterator[Fault]:
    """At most one, of the narrowest."""
    output = subject.output
    outputs = 1 if output is None or output.ndim < 2 else output.shape[-1]
    found = [
        (each.hidden_size, name, each)
        for name, each in subject.model.named_modules()
        if isinstance(each, nn.RNNBase) and not each.proj_size
    ]
    if not found:
        return
    size, name, layer = min(found, key=lambda each: each[0])
    beside = max(layer.input_size, outputs)
    if size < FEW or (size < SMALL and size * NARROW <= beside):
        values = (("name", name), ("size", size), ("wide", WIDE))
        yield Fault("narrow_state", (), CONSPICUOUS if size < FEW else UNUSUAL, values, name)


def _widened(subject: ModuleSubject, name: str) -> ModuleSubject | None:
    """All weights of both layers are new; None where what reads the state is no plain layer."""
    model = subject.model
    modules = list(model.named_modules())
    old: Any = dict(modules)[name]
    places = [each for each, _ in modules]
    readers = [
        (each, module)
        for each, module in modules[places.index(name) + 1 :]
        if isinstance(module, nn.Linear) and module.in_features % old.hidden_size == 0
    ]
    if not readers:
        return None
    reader, read = readers[0]
    options = ("num_layers", "bias", "batch_first", "dropout", "bidirectional")
    known = {each: getattr(old, each) for each in options}
    if type(old) is nn.RNN:
        known["nonlinearity"] = old.nonlinearity
    place = {"device": read.weight.device, "dtype": read.weight.dtype}
    model.set_submodule(name, type(old)(old.input_size, WIDE, **known, **place))
    inputs = read.in_features // old.hidden_size * WIDE
    bias = read.bias is not None
    model.set_submodule(reader, nn.Linear(inputs, read.out_features, bias=bias, **place))
    return trained(subject) if probed_answer(model, subject.rows.first(2)) is not None else None


MENDS: dict[str, Callable[[ModuleSubject, str], Any]] = {"narrow_state": _widened}
