"""Watch a PyTorch model while it trains: layers on sampled steps, alarms, size of updates."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from nonlin import checks
from nonlin._errors import InputError
from nonlin._text import Text, say, text
from nonlin.torch.diagnosing.sight import Place, Sight
from nonlin.torch.reading.example import parameters, the_model

LARGEST = 1e3  # mean square of sums, as in `nonlin.stability`
RATIO = 0.1  # length of an update over that of the weights
Numbers = dict[str, float]  # by "layer/what"
Log = Callable[[Numbers, int], Any]


class _Squares(Sight):
    """Mean squares of the sums, one reduction for each use of a weight."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model, 1)
        self.found: list[tuple[Place, float]] = []

    def see(self, place: Place, result: torch.Tensor) -> None:
        """Before anything overwrites them."""
        if result.numel():
            self.found.append((place, _length(result) ** 2 / result.numel()))


def _length(values: torch.Tensor) -> float:
    """Euclidean; summed in single precision, and where that overflows in double."""
    values = values.detach()
    kind = values.dtype if values.dtype == torch.float64 else torch.float32
    found = float(torch.linalg.vector_norm(values, dtype=kind))
    if math.isfinite(found):
        return found
    return float(torch.linalg.vector_norm(values, dtype=torch.float64))


def _laid_like(own: torch.Tensor, grad: torch.Tensor) -> torch.Tensor:
    """The gradient as the parameter lies in memory, so that a part of one is that of the other."""
    same = grad.layout is torch.strided and grad.stride() == own.stride()
    if same and grad.storage_offset() == own.storage_offset():
        return grad
    room = own.untyped_storage().nbytes() // own.element_size()
    found = torch.empty(room, dtype=own.dtype, device=own.device)
    found = found.as_strided(own.size(), own.stride(), own.storage_offset())
    return found.copy_(grad.to_dense() if grad.layout is not torch.strided else grad)


@dataclass(frozen=True, slots=True)
class LayerStep:
    """A layer at a step: mean square of its sums; length of its gradient and of its update, over
    that of its weights.
    """

    step: int
    layer: str
    second: float
    gradient: float
    update: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """What went wrong, at which step first, in which layer; `str()` says it in a sentence."""

    kind: str
    step: int
    layer: str
    value: float

    @property
    def sentence(self) -> Text:
        """In the language in use."""
        value = f"{self.value:.2g}"
        return text(f"torch_watch.{self.kind}", step=self.step, layer=self.layer, value=value)

    def __str__(self) -> str:
        return str(self.sentence)


@dataclass(slots=True, eq=False)
class Watching:
    """steps: every layer at every step that was looked at, in order. alarms: each kind once for
    each layer. done: steps of the optimizer so far.
    """

    model: nn.Module
    optimizer: torch.optim.Optimizer
    every: int
    log: Log | None
    called: nn.Module  # the model, or what torch.compile made of it
    steps: list[LayerStep] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    done: int = 0
    _sight: _Squares | None = None
    _stance: Any = None
    _on: bool = False
    _second: dict[Place, list[float]] = field(default_factory=dict)
    _before: dict[Place, torch.Tensor] = field(default_factory=dict)
    _handles: list[Any] = field(default_factory=list)

    def __enter__(self) -> Watching:
        hook = self.called.register_forward_pre_hook
        self._handles = [
            hook(self.begin),
            self.called.register_forward_hook(self.end, always_call=True),
            self.optimizer.register_step_post_hook(self._after_step),
        ]
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield say("torch_watch.title", steps=self.done, looked=len({s.step for s in self.steps}))
        yield from map(str, self.alarms)

    @property
    def _looking(self) -> bool:
        """At the step that comes next?"""
        return self.done % self.every == 0

    def begin(self, *_: Any) -> None:
        """From here on the model runs forward; who calls it as model(...) need not say so."""
        if not self._looking or not self.model.training or self._on:
            return
        self._sight = _Squares(self.model)
        self._stance = torch.compiler.set_stance("force_eager")  # compiled code shows nothing
        self._sight.__enter__()
        self._on = True

    def end(self, *_: Any) -> None:
        """Until here."""
        if self._sight is None or not self._on:
            return
        self._sight.__exit__(None, None, None)
        self._stance.__exit__(None, None, None)
        self._on = False
        known = parameters(self.model)
        for place, square in self._sight.found:  # of several batches before one step: all of them
            if place not in self._second:  # now: a step may do both passes itself, as a closure
                self._before[place] = place.part(known[place.parameter]).clone()
            self._second.setdefault(place, []).append(square)

    def _after_step(self, *_: Any) -> None:
        if self._looking and self._second:
            self._note()
            self._second.clear()
            self._before.clear()
        self.done += 1

    def _note(self) -> None:
        """What the step that was just made shows."""
        known, number = parameters(self.model), self.done + 1
        for place, second in self._second.items():
            own, old = known[place.parameter], self._before[place]
            length = _length(old) or 1.0
            slope = 0.0 if own.grad is None else _length(place.part(_laid_like(own, own.grad)))
            update = _length(old.sub_(place.part(own))) / length
            name = place.parameter.removesuffix(".weight")
            mean = sum(second) / len(second)
            self.steps.append(LayerStep(number, name, mean, slope / length, update))
            self._alarm(self.steps[-1])
        if self.log is not None:
            new = self.steps[-len(self._second) :]
            self.log({f"{n.layer}/{key}": getattr(n, key) for n in new
                      for key in ("second", "gradient", "update")}, number)  # fmt: skip

    def _alarm(self, seen: LayerStep) -> None:
        found = [
            ("not_finite", seen.second, not math.isfinite(seen.second + seen.update)),
            ("exploding", seen.second, seen.second > LARGEST),
            ("no_gradient", seen.gradient, seen.gradient == 0),
            ("large_update", seen.update, seen.update > RATIO),
        ]
        known = {(each.kind, each.layer) for each in self.alarms}
        for kind, value, wrong in found:
            if wrong:
                if (kind, seen.layer) not in known:
                    self.alarms.append(Alarm(kind, seen.step, seen.layer, value))
                return


def watch(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    *,
    every: int = 4,
    log: Log | Any = None,
) -> Watching:
    """For a `with` around a training loop: looks at every so many steps of the optimizer.

    Sums are seen on the way forward, in training mode; gradients as the optimizer is given them,
    after accumulation and unscaling; updates as what it made of the weights. log: called with
    (numbers by "layer/what", step), or a writer of TensorBoard, a run of wandb, a logger of
    Lightning. The model must be called as model(...), or between `.begin()` and `.end()`. Raises
    InputError for what is no model, optimizer or logger.
    """
    network = the_model(model)
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise InputError("torch_watch_optimizer", given=type(optimizer).__name__)
    if getattr(network, "_compiled_call_impl", None) is not None:
        raise InputError("torch_watch_compiled", kind=type(network).__name__)
    called = model if hasattr(model, "_orig_mod") else network
    how_often = checks.integer("every", every, 1)
    return Watching(network, optimizer, how_often, _logging(log), called)


def _logging(log: Any) -> Log | None:
    """What a logger is called with."""
    if hasattr(log, "log_metrics"):  # Lightning
        return lambda numbers, step: log.log_metrics(numbers, step=step)
    if hasattr(log, "add_scalar"):  # TensorBoard

        def add(numbers: Numbers, step: int) -> None:
            for name, value in numbers.items():
                log.add_scalar(name, value, step)

        return add
    if hasattr(log, "log") and not callable(log):  # wandb
        return lambda numbers, step: log.log(numbers, step=step)
    if log is not None and not callable(log):
        raise InputError("torch_watch_log", given=type(log).__name__)
    found: Log | None = log
    return found
