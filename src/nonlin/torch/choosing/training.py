"""One network of the contest: trained here, or by a loop of the user's own."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import torch
from torch import nn

from nonlin._errors import InputError
from nonlin.torch.choosing.maker import one_line
from nonlin.torch.choosing.parts import Parts
from nonlin.torch.choosing.scoring import Score, Scorer
from nonlin.torch.diagnosing.passes import answered, lost, quiet, seeded
from nonlin.torch.diagnosing.steps import Steps
from nonlin.trials.contest import Outcome, Sizes

WEIGHT_DECAY = 0.01
LAPS = 10  # validation rows are looked at so often
PROBED = 5  # steps that tell how long all will take
NEAR = 2  # rows on which model, loss and score are tried before anything is trained


NO_ROWS, OWN = Sizes(1, 0, 0), Score("score")  # of loops that tell nothing of their rows


class Training(Protocol):
    """What makes an outcome of a model."""

    @property
    def sizes(self) -> Sizes:
        """Of the three parts."""

    @property
    def score(self) -> Score:
        """By which models are told apart."""

    @property
    def told(self) -> str:
        """Another text where the same model trains to other numbers."""

    def outcome(self, model: nn.Module, rate: float, seed: int) -> Outcome:
        """Train it, which changes it."""


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """So many steps of an optimizer; kept are the weights with the lowest loss on validation rows.

    optimizer: a class of torch.optim, or a function of parameters and rate; None: AdamW.
    """

    parts: Parts
    scorer: Scorer
    optimizer: Any
    steps: int

    @property
    def sizes(self) -> Sizes:
        """See `Training`, also for what follows."""
        return self.parts.sizes

    @property
    def score(self) -> Score:
        """That of the scorer."""
        return self.scorer.score

    @property
    def told(self) -> str:
        """Rows, loss, score, optimizer, steps."""
        rule = _written(self.scorer.loss), _written(self.scorer.own), _written(self.optimizer)
        return repr((self.parts.digest, *rule, self.steps, self.parts.batch))

    def check(self, model: nn.Module) -> None:
        """InputError where model, loss, optimizer or score fail, each in its own sentence."""
        few = self.parts.train.first(NEAR)
        with quiet():
            lost(self.scorer.loss, answered(model, few), few)
            self.scorer(model, few)
            self._optimizer(model, 1e-3)

    def seconds(self, model: nn.Module) -> float:
        """That a training of this model takes, by a few steps of it."""
        with quiet():
            work = self._work(model, 1e-3)
            work.run(self.parts.train, self.parts.batch, 1)  # what is done once
            few = min(PROBED, self.steps)
            step = _timed(lambda: work.run(self.parts.train, self.parts.batch, few)) / few
            looks = _timed(lambda: self.scorer.mean_loss(model, self.parts.validation))
            tests = _timed(lambda: self.scorer(model, self.parts.test))
        return step * self.steps + looks * (len(self._laps()) + 1) + tests

    def outcome(self, model: nn.Module, rate: float, seed: int) -> Outcome:
        """Loss: the lowest one on validation rows."""
        begin = time.perf_counter()
        with quiet(seed):
            work, best, weights = self._work(model, rate), math.inf, _weights(model)
            diverged = False
            for steps in self._laps():
                diverged = work.run(self.parts.train, self.parts.batch, steps) is not None
                if diverged:
                    break
                loss = self.scorer.mean_loss(model, self.parts.validation)
                if loss < best:
                    best, weights = loss, _weights(model)
            model.load_state_dict(weights)
            validated = self.scorer(model, self.parts.validation)
            claimed = self.scorer(model, self.parts.test)
        seconds = time.perf_counter() - begin
        return Outcome(best, validated, claimed, seconds=seconds, diverged=diverged, measures={})

    def _laps(self) -> list[int]:
        """Steps between looks at the validation rows."""
        count = min(LAPS, self.steps)
        ends = [round(self.steps * k / count) for k in range(count + 1)]
        return [end - begin for begin, end in pairwise(ends)]

    def _work(self, model: nn.Module, rate: float) -> Steps:
        return Steps(model, self._optimizer(model, rate), self.scorer.loss)

    def _optimizer(self, model: nn.Module, rate: float) -> torch.optim.Optimizer:
        given, parameters = self.optimizer, list(model.parameters())
        if given is None:
            return torch.optim.AdamW(parameters, rate, weight_decay=WEIGHT_DECAY)
        if not callable(given):
            raise InputError("torch_choose_optimizer", given=type(given).__name__)
        try:
            made = (
                given(parameters, lr=rate) if isinstance(given, type) else given(parameters, rate)
            )
        except Exception as error:
            raise InputError("torch_choose_optimizer_fails", error=one_line(error)) from error
        if not isinstance(made, torch.optim.Optimizer):
            raise InputError("torch_choose_optimizer", given=type(made).__name__)
        return made


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """train_fn(model, rate, seed) -> scores: see `nt.choose`."""

    train: Callable[[nn.Module, float, int], Any]
    sizes: Sizes = NO_ROWS
    score: Score = OWN

    @property
    def told(self) -> str:
        """The function, as far as it can be told."""
        return _written(self.train)

    def outcome(self, model: nn.Module, rate: float, seed: int) -> Outcome:
        """One whose validation score is no finite number has diverged."""
        begin = time.perf_counter()
        with seeded(seed):
            try:
                found = self.train(model, rate, seed)
            except InputError:
                raise
            except Exception as error:
                raise InputError("torch_choose_own_fails", error=one_line(error)) from error
        valid, test, loss = _scores(found)
        seconds, diverged = time.perf_counter() - begin, not math.isfinite(valid)
        return Outcome(loss, valid, test, seconds=seconds, diverged=diverged, measures={})


def _scores(found: Any) -> tuple[float, float, float]:
    """On validation rows, on test rows, and the loss, which is low where scores are high."""
    try:
        if isinstance(found, Mapping):
            valid, test = float(found["valid"]), float(found["test"])
            return valid, test, float(found.get("loss", -valid))
        valid, test = map(float, found)
    except (KeyError, TypeError, ValueError):
        raise InputError("torch_choose_own_scores", given=repr(found)[:80]) from None
    return valid, test, -valid


def _weights(model: nn.Module) -> dict[str, Any]:
    state = model.state_dict().items()
    return {k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in state}


def _timed(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def _written(given: Any) -> str:
    """A function by its name and code, anything else as it prints; not where it lies in memory."""
    code = getattr(given, "__code__", None)
    if code is None:
        return repr(given).partition(" at 0x")[0]
    return repr((given.__qualname__, code.co_code.hex(), tuple(_plain(code.co_consts))))


def _plain(constants: tuple[Any, ...]) -> Iterator[str]:
    """Constants of a function, with those of functions inside."""
    for each in constants:
        inner = getattr(each, "co_consts", None)
        yield repr(each) if inner is None else repr((each.co_code.hex(), tuple(_plain(inner))))
