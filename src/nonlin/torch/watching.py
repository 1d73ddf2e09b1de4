"""Watch a PyTorch model while it trains: layers on sampled steps, alarms, size of updates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn

from nonlin import checks
from nonlin._errors import InputError
from nonlin._text import Text, say, text
from nonlin.torch.diagnosing.sight import Place, Sight
from nonlin.torch.reading.example import parameters, the_example, the_model

LARGEST = 1e3  # mean square of sums, as in `nonlin.stability`
RATIO = 0.1  # length of an update over that of the weights
Log = Callable[[dict[str, float], int], Any]


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
    _sight: Sight | None = None
    _stance: Any = None
    _on: bool = False
    _second: dict[Place, list[float]] = field(default_factory=dict)
    _before: dict[Place, np.ndarray] = field(default_factory=dict)
    _handles: list[Any] = field(default_factory=list)

    def __enter__(self) -> Watching:
        hook = self.called.register_forward_pre_hook
        self._handles = [
            hook(self._begin, with_kwargs=True),
            self.called.register_forward_hook(self._end, always_call=True),
            self.optimizer.register_step_pre_hook(self._before_step),
            self.optimizer.register_step_post_hook(self._after_step),
        ]
        return self

    def __exit__(self, *_: object) -> None:
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

    def _begin(self, _: nn.Module, args: Any, kwargs: Any) -> None:
        if not self._looking or not self.model.training or self._on:
            return
        tensors = the_example([*args, *kwargs.values()]).tensors
        self._sight = Sight(self.model, max(1, len(tensors[0]) if tensors[0].ndim else 1))
        self._stance = torch.compiler.set_stance("force_eager")  # compiled code shows nothing
        self._sight.__enter__()
        self._on = True

    def _end(self, *_: Any) -> None:
        if self._sight is None or not self._on:
            return
        self._sight.__exit__(None, None, None)
        self._stance.__exit__(None, None, None)
        self._on = False
        with np.errstate(all="ignore"):
            for look in self._sight.looks:  # of several batches before one step: all of them
                square = float(np.square(look.sums, dtype=np.float64).mean())
                self._second.setdefault(look.place, []).append(square)

    def _before_step(self, *_: Any) -> None:
        if self._looking:
            known = parameters(self.model)
            self._before = {p: p.matrix(known[p.parameter]) for p in self._second}

    def _after_step(self, *_: Any) -> None:
        if self._looking and self._second:
            self._note()
            self._second.clear()
            self._before.clear()
        self.done += 1

    def _note(self) -> None:
        """What the step that was just made shows."""
        known, number = parameters(self.model), self.done + 1
        with np.errstate(all="ignore"):
            for place, second in self._second.items():
                own = known[place.parameter]
                old = self._before[place]
                length = float(np.linalg.norm(old)) or 1.0
                slope = 0.0 if own.grad is None else np.linalg.norm(place.matrix(own.grad))
                update = float(np.linalg.norm(place.matrix(own) - old)) / length
                name = place.parameter.removesuffix(".weight")
                mean = sum(second) / len(second)
                self.steps.append(LayerStep(number, name, mean, float(slope) / length, update))
                self._alarm(self.steps[-1])
        if self.log is not None:
            new = [each for each in self.steps if each.step == number]
            self.log({f"{n.layer}/{key}": getattr(n, key) for n in new
                      for key in ("second", "gradient", "update")}, number)  # fmt: skip

    def _alarm(self, seen: LayerStep) -> None:
        found = [
            ("not_finite", seen.second, not np.isfinite([seen.second, seen.update]).all()),
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
    log: Log | None = None,
) -> Watching:
    """For a `with` around a training loop: looks at every so many steps of the optimizer.

    Sums are seen on the way forward, in training mode; gradients as the optimizer is given them,
    after accumulation and unscaling; updates as what it made of the weights. log: called with
    (numbers by "layer/what", step). The model must be called as model(...). Raises InputError
    for what is no model or optimizer.
    """
    network = the_model(model)
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise InputError("torch_watch_optimizer", given=type(optimizer).__name__)
    if getattr(network, "_compiled_call_impl", None) is not None:
        raise InputError("torch_watch_compiled", kind=type(network).__name__)
    called = model if hasattr(model, "_orig_mod") else network
    return Watching(network, optimizer, checks.integer("every", every, 1), log, called)
