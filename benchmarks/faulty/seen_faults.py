"""Faulty programs of the set "seen": each a small edit of a healthy one."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.optim import SGD, AdamW, Optimizer

from faulty import seen_data as data
from faulty.categories import (
    ACTIVATION,
    DEAD,
    DECAY,
    DROPOUT,
    INPUT,
    LABELS,
    LAYERS,
    LOSS,
    NEURONS,
    NORM,
    NUMBERS,
    OPTIMISER,
    ORDER,
    OUTPUT,
    PROCESS,
    RATE,
    SHAPE,
    STEPS,
    TARGET,
    UNBALANCED,
    VANISHING,
    WEIGHTS,
)
from faulty.program import Loss, Program, changed
from faulty.seen_healthy import (
    BY_NAME,
    adam,
    adamw,
    ends_model,
    largest_model,
    map_model,
    tiles_model,
)
from faulty.seen_networks import (
    Attending,
    Cut,
    Recurrent,
    StepByStep,
    contrast_cnn,
    dense,
    patches_cnn,
    residual,
    residual_cnn,
)


def of(base: str, cause: str, edit: str, source: str, form: str = "", **parts: object) -> Program:
    """A fault of the healthy program `base`."""
    return BY_NAME[base].broken(cause, edit, source, form, **parts)


def each(
    model: nn.Module,
    weight: Callable[[Tensor], object] | None,
    bias: Callable[[Tensor], object] | None = None,
    inner: bool = False,
) -> nn.Module:
    """Matrices and vectors of parameters set anew, `inner`: not those of the last layer."""
    named = list(model.parameters())
    for parameter in named[:-2] if inner else named:
        change = bias if parameter.ndim == 1 else weight
        if change:
            change(parameter.data)
    return model


def still(model: nn.Module) -> nn.Module:
    """Batch norm whose running statistics stay what they were at first."""
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            layer.momentum = 0.0
    return model


def to_all_labels(outputs: Tensor, y: Tensor) -> Tensor:
    """Ten outputs, each of which is to be the number of the class."""
    return (outputs - y[:, None].float()).square().mean()


def against_all_rows(outputs: Tensor, y: Tensor) -> Tensor:
    """(n, 1) - (n,) is n x n: every output against every target."""
    return (outputs - y[:, 0]).square().mean()


def never_zeroed(model: nn.Module, optimizer: Optimizer, loss: Loss, x: Tensor, y: Tensor) -> None:
    """optimizer.zero_grad() is missing."""
    loss(model(x), y).backward()
    optimizer.step()


def zeroed_too_late(
    model: nn.Module, optimizer: Optimizer, loss: Loss, x: Tensor, y: Tensor
) -> None:
    """optimizer.zero_grad() stands between backward and step."""
    loss(model(x), y).backward()
    optimizer.zero_grad(set_to_none=False)
    optimizer.step()


def of_a_copy(parameters: Iterable[nn.Parameter]) -> Optimizer:
    """The optimiser holds the parameters of another model, built the same way."""
    return AdamW(copy.deepcopy(list(parameters)), lr=3e-3)


def by_class(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    order = y.flatten().argsort(stable=True)
    return x[order], y[order]


def one_row_off(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return x, y.roll(1, 0)


def mostly_the_first(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Of the other classes only a few rows are left; the first one is repeated."""
    rare = (y != 0).nonzero()[:, 0][:40]
    common = (y == 0).nonzero()[:, 0]
    order = torch.cat([rare, common.repeat(12)[: 1024 - len(rare)]])
    order = order[torch.randperm(len(order), generator=torch.Generator().manual_seed(0))]
    return x[order], y[order]


def by_constant_columns(x: Tensor) -> Tensor:
    """Standardised without a guard: three columns of the digits never change."""
    raw = x * (x.std(0) > 0)
    return (raw - raw.mean(0)) / raw.std(0)


MLP = (
    of("digits_mlp", "learning_rate", "Adam 2e-3 became 0.5", RATE, "fast", optimizer=adam(0.5)),
    of("digits_mlp", "labels", "labels are one row off", LABELS,
       data=changed(data.digits, one_row_off)),
    of("digits_mlp", "zero_initialisation", "all weights and biases start at 0", WEIGHTS,
       model=lambda: each(dense((64, 48, 32, 10)), Tensor.zero_, Tensor.zero_)),
    of("digits_mlp", "dead_units", "biases of hidden layers start at -8", DEAD,
       model=lambda: each(dense((64, 48, 32, 10)), None, lambda b: b.fill_(-8), inner=True)),
    of("digits_mlp", "wrong_loss", "squared error of ten outputs against the number of the class",
       LOSS, loss=to_all_labels,
       also=("loss_shape",)),
    of("digits_mlp", "bottleneck", "the second hidden layer has 1 unit instead of 32", NEURONS,
       model=lambda: dense((64, 48, 1, 10))),
    of("digits_mlp", "unbalanced_data", "24 of 25 training rows are zeros", UNBALANCED,
       data=changed(data.digits, mostly_the_first)),
    of("digits_mlp", "nan_inputs", "standardised with the deviation 0 of constant columns",
       NUMBERS, data=changed(data.digits, inputs=by_constant_columns)),
    of("photo_mlp", "large_initialisation", "weights start 100 times as large", WEIGHTS,
       model=lambda: each(dense((2, 48, 48, 48, 1), nn.Tanh), lambda w: w.mul_(100)),
       also=("saturation",)),
    of("photo_mlp", "unnormalised_inputs", "coordinates in pixels of the full photograph", INPUT,
       data=changed(data.photo, inputs=lambda x: (x + 1) * torch.tensor([213.0, 320.0])),
       also=("saturation",)),
    of("photo_mlp", "output_activation", "relu after the output; half the targets are negative",
       OUTPUT, model=lambda: dense((2, 48, 48, 48, 1), nn.Tanh, last=nn.ReLU)),
    of("photo_mlp", "missing_activation", "no activation between the linear layers", ACTIVATION,
       model=lambda: dense((2, 48, 48, 48, 1), None)),
    of("board_mlp", "missing_activation", "batch norm, but no activation", ACTIVATION,
       model=lambda: dense((2, 48, 48, 1), None, norm=True)),
    of("board_mlp", "output_activation", "softmax over the one output, then the loss of it",
       OUTPUT, "softmax", model=lambda: dense((2, 48, 48, 1), norm=True,
                                              last=lambda: nn.Softmax(dim=1)),
       loss=nn.BCELoss(), read=lambda p: (p > 0.5).float()),
    of("board_mlp", "batch_norm_mode", "momentum 0: running statistics never move", NORM,
       model=lambda: still(dense((2, 48, 48, 1), norm=True))),
    of("board_mlp", "learning_rate", "momentum 0.1 became 1e-4", RATE, "slow",
       optimizer=lambda p: SGD(p, lr=1e-4, momentum=0.9)),
    of("friedman_mlp", "loss_shape", "targets lost an axis: every output against every target",
       SHAPE, loss=against_all_rows,
       also=("wrong_loss",)),
    of("friedman_mlp", "too_deep", "24 blocks without shortcuts and without layer norm",
       VANISHING, model=lambda: residual(24, shortcut=False, norm=False),
       also=("vanishing_gradients",)),
    of("friedman_mlp", "dropout", "dropout 0.05 became 0.95", DROPOUT,
       model=lambda: residual(4, dropout=0.95)),
)  # fmt: skip

CNN = (
    of("digits_cnn", "data_order", "rows come sorted by class", ORDER,
       data=changed(data.digit_images, by_class)),
    of("residual_cnn", "batch_norm_mode", "momentum 0: running statistics never move", NORM,
       model=lambda: still(residual_cnn(4))),
    of("residual_cnn", "missing_zero_grad", "gradients of all steps add up", PROCESS,
       train_step=never_zeroed),
    of("digits_cnn", "learning_rate", "momentum 0.02 became 1e-5", RATE, "slow",
       optimizer=lambda p: SGD(p, lr=1e-5, momentum=0.9)),
    of("digits_cnn", "missing_zero_grad", "gradients of all steps add up", PROCESS,
       train_step=never_zeroed),
    of("patches_cnn", "labels", "inputs were shuffled, labels were not", LABELS,
       data=changed(data.photo_patches, lambda x, y: (x[torch.randperm(
           len(x), generator=torch.Generator().manual_seed(7))], y))),
    of("patches_cnn", "dead_units", "biases of the convolutions start at -10", DEAD,
       model=lambda: each(patches_cnn(), None, lambda b: b.fill_(-10), inner=True)),
    of("contrast_cnn", "missing_activation", "all activations left out", ACTIVATION,
       model=lambda: contrast_cnn(activation=nn.Identity)),
    of("patches_cnn", "unnormalised_inputs", "grey values in thousands", INPUT,
       data=changed(data.photo_patches, inputs=lambda x: 1000 * x + 3000)),
    of("contrast_cnn", "output_activation", "tanh after the output; targets are near 2", OUTPUT,
       model=lambda: contrast_cnn(nn.Tanh),
       also=("unnormalised_targets",)),
    of("contrast_cnn", "weight_decay", "AdamW with a decay of 100", DECAY,
       optimizer=adamw(4e-3, 100.0)),
    of("residual_cnn", "optimizer_parameters", "the optimiser was made for another copy",
       OPTIMISER, optimizer=of_a_copy,
       also=("frozen_layers",)),
    of("residual_cnn", "too_deep", "20 blocks without shortcuts and without batch norm",
       VANISHING, model=lambda: residual_cnn(20, shortcut=False, norm=False),
       also=("vanishing_gradients",)),
    of("residual_cnn", "too_few_steps", "one epoch of 4 big batches", STEPS, epochs=1,
       data=changed(data.digit_images, batch=256),
       also=("batch_size",)),
)  # fmt: skip

RNN = (
    of("ends_rnn", "learning_rate", "Adam 1e-2 became SGD 1e-3", RATE, "slow",
       optimizer=lambda p: SGD(p, lr=1e-3),
       also=("optimizer",)),
    of("ends_rnn", "large_initialisation", "all weights start 20 times as large", WEIGHTS,
       model=lambda: each(ends_model(), lambda w: w.mul_(20))),
    of("rows_rnn", "wrong_axis", "batch_first left out: time is taken for the batch", SHAPE,
       model=lambda: Recurrent(nn.LSTM, 8, 32, 10, batch_first=False)),
    of("rows_rnn", "wrong_step", "the head reads the first step, not the last", SHAPE,
       model=lambda: Recurrent(nn.LSTM, 8, 32, 10, step=0)),
    of("map_rnn", "unnormalised_targets", "targets in thousands", TARGET,
       data=changed(data.logistic_map, lambda x, y: (x, 1000 * y)), read=lambda o: o / 1000),
    of("map_rnn", "missing_activation", "the cell is linear", ACTIVATION,
       model=lambda: LinearRecurrent(24)),
    of("map_rnn", "frozen_layers", "only the biases are trained", PROCESS,
       model=lambda: frozen(map_model())),
    of("ends_rnn", "detached", "the state is detached at every step", PROCESS,
       model=lambda: nn.Sequential(nn.Embedding(4, 8), StepByStep(8, 24, forget=True))),
    of("marks_rnn", "gradient_lost", "zero_grad between backward and step", PROCESS,
       train_step=zeroed_too_late),
)  # fmt: skip


class LinearRecurrent(nn.Module):
    """A recurrent layer whose activation was left out."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.within, self.onto = nn.Linear(1, hidden), nn.Linear(hidden, hidden)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x: Tensor) -> Tensor:
        state = x.new_zeros(len(x), self.onto.in_features)
        for step in x.unbind(1):
            state = self.within(step) + self.onto(state)
        return self.head(state)


def frozen(model: nn.Module) -> nn.Module:
    """Matrices no longer want gradients."""
    for parameter in model.parameters():
        parameter.requires_grad_(parameter.ndim == 1)
    return model


TRANSFORMER = (
    of("mark_transformer", "learning_rate", "AdamW 3e-3 became 0.1", RATE, "fast",
       optimizer=adamw(0.1)),
    of("mark_transformer", "missing_positions", "no positions are added", LAYERS,
       model=lambda: Attending(nn.Embedding(7, 32), 32, 6, 6, positions=False)),
    of("mark_transformer", "mask", "the mask lets every token see only itself", LAYERS,
       model=lambda: Attending(nn.Embedding(7, 32), 32, 6, 6, alone=True)),
    of("largest_transformer", "large_initialisation", "all weights start 15 times as large",
       WEIGHTS, model=lambda: each(largest_model(), lambda w: w.mul_(15))),
    of("tiles_transformer", "softmax_before_cross_entropy", "softmax, then CrossEntropyLoss",
       OUTPUT, model=lambda: nn.Sequential(tiles_model(), nn.Softmax(dim=-1)),
       also=("output_activation",)),
    of("tiles_transformer", "dropout", "dropout 0.05 became 0.9", DROPOUT,
       model=lambda: Attending(nn.Sequential(Cut(), nn.Linear(4, 24)), 24, 16, 10, dropout=0.9)),
    of("tiles_transformer", "unnormalised_inputs", "grey values in ten thousands", INPUT,
       data=changed(data.digit_images, inputs=lambda x: 1e4 * x + 2e4)),
    of("gap_transformer", "wrong_loss", "the mean of errors without a square or modulus", LOSS,
       loss=lambda outputs, y: (outputs - y).mean()),
    of("gap_transformer", "labels", "targets are one row off", LABELS,
       data=changed(data.gap, one_row_off)),
    of("largest_transformer", "zero_initialisation", "everything starts at 0", WEIGHTS,
       model=lambda: each(largest_model(), Tensor.zero_, Tensor.zero_)),
)  # fmt: skip

FAULTY = MLP + CNN + RNN + TRANSFORMER
