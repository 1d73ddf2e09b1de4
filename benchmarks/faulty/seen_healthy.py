"""Healthy programs of the set "seen": what its faults are small edits of."""

from __future__ import annotations

from functools import partial

from torch import nn
from torch.optim import SGD, Adam, AdamW, RMSprop

from faulty import seen_data as data
from faulty.program import Program
from faulty.seen_networks import (
    Attending,
    Cut,
    Recurrent,
    StepByStep,
    contrast_cnn,
    dense,
    digits_cnn,
    patches_cnn,
    residual,
    residual_cnn,
)

CROSS, BINARY, SQUARED = nn.CrossEntropyLoss(), nn.BCEWithLogitsLoss(), nn.MSELoss()


def _program(name: str, kind: str, rows, model, loss, optimizer, epochs: int) -> Program:
    architecture = name.split("_")[-1]
    return Program(name, architecture, "seen", kind, rows, model, loss, optimizer, epochs)


def adam(rate: float):
    return partial(Adam, lr=rate)


def momentum(rate: float):
    return partial(SGD, lr=rate, momentum=0.9)


def adamw(rate: float, decay: float = 0.01):
    return partial(AdamW, lr=rate, weight_decay=decay)


def ends_model() -> Recurrent:
    return Recurrent(nn.GRU, 8, 24, 1, tokens=4)


def rows_model() -> Recurrent:
    return Recurrent(nn.LSTM, 8, 32, 10)


def map_model() -> Recurrent:
    return Recurrent(nn.RNN, 1, 24, 1)


def mark_model() -> Attending:
    return Attending(nn.Embedding(7, 32), 32, 6, 6)


def largest_model() -> Attending:
    return Attending(nn.Embedding(10, 24), 24, 6, 10, layers=1, before=False)


def tiles_model() -> Attending:
    return Attending(nn.Sequential(Cut(), nn.Linear(4, 24)), 24, 16, 10, dropout=0.05)


def gap_model() -> Attending:
    return Attending(nn.Linear(2, 32), 32, 6, 1)


HEALTHY = (
    _program("digits_mlp", "classes", data.digits,
             lambda: dense((64, 48, 32, 10)), CROSS, adam(2e-3), 8),
    _program("photo_mlp", "numbers", data.photo,
             lambda: dense((2, 48, 48, 48, 1), nn.Tanh), SQUARED, adam(3e-3), 12),
    _program("board_mlp", "yes_no", data.board,
             lambda: dense((2, 48, 48, 1), norm=True), BINARY, momentum(0.1), 20),
    _program("friedman_mlp", "numbers", data.friedman,
             lambda: residual(4), SQUARED, adamw(2e-3), 8),
    _program("digits_cnn", "classes", data.digit_images, digits_cnn, CROSS, momentum(0.02), 4),
    _program("patches_cnn", "yes_no", data.photo_patches, patches_cnn, BINARY, adam(1e-2), 10),
    _program("contrast_cnn", "numbers", data.contrast, contrast_cnn, SQUARED, adam(4e-3), 8),
    _program("residual_cnn", "classes", data.digit_images,
             lambda: residual_cnn(4), CROSS, adamw(3e-3), 4),
    _program("ends_rnn", "yes_no", data.same_ends, ends_model, BINARY, adam(1e-2), 12),
    _program("rows_rnn", "classes", data.digit_rows, rows_model, CROSS, adam(5e-3), 8),
    _program("map_rnn", "numbers", data.logistic_map, map_model, SQUARED,
             partial(RMSprop, lr=3e-3), 8),
    _program("marks_rnn", "yes_no", data.two_marks,
             lambda: StepByStep(2, 24), BINARY, adam(1e-2), 12),
    _program("mark_transformer", "classes", data.after_mark, mark_model, CROSS, adamw(4e-3), 10),
    _program("largest_transformer", "classes", data.largest, largest_model, CROSS, adam(3e-3), 8),
    _program("tiles_transformer", "classes", data.digit_images, tiles_model, CROSS,
             adamw(4e-3), 5),
    _program("gap_transformer", "numbers", data.gap, gap_model, SQUARED, adam(3e-3), 8),
)  # fmt: skip
BY_NAME = {program.name: program for program in HEALTHY}
