"""A PyTorch model as a subject: with its rows, its loss, and the way it is trained."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import nn

from nonlin._errors import InputError
from nonlin._text import text
from nonlin.layers.columns import Columns
from nonlin.layers.expected import Expected, Parameters, expected
from nonlin.layers.folds import LOOKED, split
from nonlin.layers.sample import RANKED, effective_rank
from nonlin.layers.stream import LayerSpec
from nonlin.layers.subject import (
    Edit,
    Fault,
    Initialise,
    Mend,
    Recipe,
    Redraw,
    Retrain,
    Side,
    Standardise,
    Streams,
    Trial,
    Widen,
)
from nonlin.torch.diagnosing.edits import activated, drawn, redrawn, standardised
from nonlin.torch.diagnosing.faults import faults, mended
from nonlin.torch.diagnosing.found_layers import FoundLayer, found_layers, hidden_activations
from nonlin.torch.diagnosing.judge import REGRESSION, Judge, the_output
from nonlin.torch.diagnosing.loops import OF_LOOPS, Batches, faults_of_loop, looped, probed
from nonlin.torch.diagnosing.passes import observed, quiet, seen_once
from nonlin.torch.diagnosing.row_faults import Finite, Moved
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.diagnosing.steps import Steps, quickened
from nonlin.torch.diagnosing.training import Training
from nonlin.torch.diagnosing.weight_faults import trained
from nonlin.torch.diagnosing.widening import widened
from nonlin.torch.reading.example import parameters, the_example

IMAGES = 4  # dimensions of a batch of them
MOST_COLUMNS = 256  # of inputs and targets that are looked at one by one


@dataclass(frozen=True, eq=False)
class ModuleSubject:
    """A model, rows, and how it is trained; none of them is ever changed.

    looked: at how many rows at most `stream` looks. init: "torch" until an edit draws weights.
    made: the changes to rows that were made, in order.
    """

    model: nn.Module
    rows: Rows
    training: Training
    looked: int = LOOKED
    init: str = "torch"
    made: tuple[Standardise | Finite | Moved, ...] = ()
    concurrent = False

    @cached_property
    def found(self) -> list[FoundLayer]:
        """The layers, found by one pass over two rows."""
        few = self.rows.first(2)
        with quiet():
            sight = seen_once(self.copies()[0], few)
            return found_layers(self.model, sight, few.inputs, self.training.loss)

    def copies(self) -> tuple[nn.Module, torch.optim.Optimizer]:
        """Of the model and of its optimizer, which belong together. InputError if they cannot
        be copied.
        """
        try:
            model, optimizer = copy.deepcopy((self.model, self.training.optimizer))
        except (RuntimeError, TypeError, NotImplementedError) as error:
            kind = type(self.model).__name__
            raise InputError("torch_no_copy", kind=kind, error=str(error)) from None
        return model, optimizer

    @property
    def layers(self) -> Sequence[LayerSpec]:
        """See `Subject`, also for what follows."""
        return [each.spec for each in self.found]

    @property
    def parameters(self) -> Sequence[Parameters]:
        """Copies; biases are 0 where a layer has none."""
        known = parameters(self.model)
        found = []
        for each in self.found:
            weights = each.place.matrix(known[each.place.parameter])
            bias = known.get(each.place.bias)
            whole = bias is not None and bias.numel() == weights.shape[1]
            zeros = np.zeros(weights.shape[1], weights.dtype)
            values = bias.detach().cpu().numpy().ravel() if whole and bias is not None else zeros
            found.append((weights, values))
        return found

    @property
    def recipe(self) -> Recipe:
        """That of the optimizer."""
        return self.training.recipe

    @property
    def unseen(self) -> tuple[str, ...]:
        """Weights that data is multiplied with in no way that was seen; embeddings are none."""
        seen = {id(parameters(self.model)[each.place.parameter]) for each in self.found}
        seen |= {
            id(each.weight)
            for each in self.model.modules()
            if isinstance(each, nn.Embedding | nn.EmbeddingBag)
        }
        named = self.model.named_parameters()
        return tuple(name for name, each in named if each.ndim > 1 and id(each) not in seen)

    @cached_property
    def faults(self) -> Sequence[Fault]:
        """Those that only PyTorch has."""
        rule = self.training
        with quiet():
            found = list(faults(self))
            if rule.loop is not None:
                found += faults_of_loop(probed(*self.copies(), rule.loop, rule.loss, self.rows))
        return tuple(found)

    @cached_property
    def output(self) -> torch.Tensor | None:
        """On two rows in evaluation mode; None where the model fails."""
        with quiet(), torch.no_grad():
            try:
                found = the_output(self.rows.first(2).answer(self.copies()[0].eval()))
                return found.detach()
            except InputError:
                raise
            except Exception:
                return None

    def stream(self) -> Streams:
        """In batches, as training sees them, but without dropout."""
        looked = self.rows.spread(self.looked)
        with quiet():
            streams, loss = observed(self.copies()[0], looked, self.training, self.found)
            moved = self._moved()
        for stream, (weights, _), new in zip(streams, self.parameters, moved, strict=True):
            stream.add_weights(weights, new)
        inputs = self._ranked(looked)
        rank = effective_rank(inputs[:: math.ceil(len(inputs) / RANKED)])
        return Streams(streams, looked.count, self.rows.count, rank, loss, self._theory(looked))

    def _moved(self) -> list[np.ndarray]:
        """The weights after one step on the first rows."""
        model, optimizer = self.copies()
        first = self.rows.first(self.training.batch)
        Steps(model, optimizer, self.training.loss).step(first)
        known = parameters(model)
        return [each.place.matrix(known[each.place.parameter]) for each in self.found]

    def _ranked(self, looked: Rows) -> np.ndarray:
        table = looked.table
        if table is None:
            table = the_example(looked.inputs).tensors[0].float()
        found: np.ndarray = table.detach().cpu().float().reshape(len(table), -1).numpy()
        return found

    def _theory(self, looked: Rows) -> Expected | None:
        """Of plain chains of fully connected layers; it knows no other."""
        hidden, table = hidden_activations(self.found), looked.table
        if hidden is None or table is None or table.ndim != 2:
            return None
        return expected(hidden, self.parameters, self._ranked(looked))

    def columns(self, side: Side) -> Columns | None:
        """Inputs: of one tensor of floats, by channel; targets: of losses of quantities."""
        table = self.table(side)
        if table is None or table.shape[-1] > MOST_COLUMNS:
            return None
        return Columns.of(table.double().cpu().numpy())

    def table(self, side: Side) -> torch.Tensor | None:
        """(rows, columns), or None where there are no columns to speak of."""
        if side == "inputs":
            table = self.rows.table
            axis = self.channels
            return None if table is None else table.movedim(axis, -1).flatten(0, -2)
        targets = self.rows.targets
        if Judge(self.training.loss).name not in REGRESSION:
            return None
        if not isinstance(targets, torch.Tensor) or not targets.is_floating_point():
            return None
        return targets.reshape(len(targets), -1)

    @property
    def channels(self) -> int:
        """The dimension of the inputs that has the columns; images have channels in front, also
        where a model cuts them into tiles first.
        """
        table = self.rows.table
        images = table is not None and table.ndim >= IMAGES
        return 1 if images or self.found[0].place.kind in ("convolution", "transposed") else -1

    def training_by(self, **changes: Any) -> ModuleSubject:
        """Trained in another way: fields of `Training` by name."""
        return replace(self, training=replace(self.training, **changes))

    def changed(self, edit: Edit) -> ModuleSubject | None:
        """Weights are drawn by `nt.init_`, activations exchanged by `nt.swap`."""
        with quiet():
            return self._changed(edit)

    def _changed(self, edit: Edit) -> ModuleSubject | None:
        model, optimizer = self.copies()
        new = replace(self, model=model).training_by(optimizer=optimizer)
        match edit:
            case Standardise():
                rows = standardised(self.rows, edit, self.channels)
                return replace(self, rows=rows, made=(*self.made, edit))
            case Retrain():
                return replace(new, training=self.training.changed(edit, optimizer))
            case Mend(fault) if fault in OF_LOOPS:
                return new.training_by(loop=None)
            case Mend(fault, way):
                return mended(new, fault, way)
            case Widen(neurons, seed):
                done = widened(model, self.found, neurons, self.rows, seed)
                return trained(replace(new, init="auto")) if done else None
            case Redraw(layers, seed):
                places = [self.found[number - 1].place for number in layers]
                return new if redrawn(model, places, self.rows.inputs, seed) else None
            case Initialise(None, seed):
                return replace(new, init="auto") if drawn(model, self.rows.inputs, seed) else None
            case Initialise(activation, seed):
                inputs = self.rows.inputs
                if activation and activated(model, self.found, activation, inputs, seed):
                    return replace(new, init="auto")
        return None

    def trial(self, share: float, fold: int) -> Trial:
        """See `Subject`. In the mode that the model is in, then judged in evaluation mode."""
        kept, out = map(torch.from_numpy, split(self.rows.count, fold))
        kept = kept.sort().values if self.training.ordered else kept
        model, optimizer = self.copies()
        quickened(optimizer)
        judge = Judge(self.training.loss)
        fitted = self.rows.part(kept).targets
        with quiet(fold):
            start = judge.skill(model, fitted, self.rows.part(out))
            steps = max(1, round(share * self.training.steps))
            diverged = self._trained(model, optimizer, self.rows.part(kept), steps)
            after = replace(self, model=model).training_by(optimizer=optimizer)
            if diverged is not None:
                why = text("divergence.step", step=diverged)
                return Trial(after, start, -math.inf, -math.inf, diverged, why)
            held_out = judge.skill(model, fitted, self.rows.part(out))
            learnt = judge.skill(model, fitted, self.rows.part(kept[::2]))
        return Trial(after, start, learnt, held_out)

    def _trained(
        self, model: nn.Module, optimizer: torch.optim.Optimizer, rows: Rows, steps: int
    ) -> int | None:
        """The step at which it diverged, if it did."""
        rule = self.training
        if rule.loop is None:
            return Steps(model, optimizer, rule.loss, rule.ordered).run(rows, rule.batch, steps)
        return looped(model, optimizer, rule.loop, Batches(model, rows, rule.batch, steps))


def check_loop(subject: ModuleSubject) -> None:
    """Does the loop train what it is given? InputError if it trains the user's own model, which
    then stands as before.
    """
    loop, model = subject.training.loop, subject.model
    assert loop is not None  # noqa: S101 - for the type checker
    state = {name: each.clone() for name, each in model.state_dict().items()}
    before = [each._version for each in _tensors(model)]
    with quiet():
        probed(*subject.copies(), loop, subject.training.loss, subject.rows)
    if [each._version for each in _tensors(model)] != before:
        model.load_state_dict(state)
        raise InputError("torch_loop_foreign")


def _tensors(model: nn.Module) -> list[torch.Tensor]:
    return [*model.parameters(), *model.buffers()]
