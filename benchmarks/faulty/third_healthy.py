"""Healthy programs of the third set: what its faults are small edits of, and others like them."""

from __future__ import annotations

from functools import partial

import torch.nn.functional as F
from torch import Tensor, nn, optim

from faulty import third_data as data
from faulty import third_sequences as sequences
from faulty.program import Program
from faulty.third_networks import (
    ArmNet,
    ClockNet,
    Mender,
    MoonNet,
    RingNet,
    SpeckNet,
    UpsideNet,
    beat_net,
    flag_net,
    impedance_net,
    shape_net,
    wine_net,
)
from faulty.third_readers import (
    Alarm,
    Averager,
    Ballot,
    ChirpNet,
    Counter,
    Filter,
    NextToken,
    Pitch,
    Riser,
    SliceNet,
    Tide,
    Turn,
)


def by(kind: type[optim.Optimizer], rate: float, **settings: float):
    """An optimiser that still wants parameters."""
    return partial(kind, lr=rate, **settings)


def each_step(outputs: Tensor, y: Tensor) -> Tensor:
    """Cross entropy of all steps of all rows."""
    return F.cross_entropy(outputs.flatten(0, 1), y.flatten())


YES_NO, SMOOTHED = F.binary_cross_entropy_with_logits, nn.CrossEntropyLoss(label_smoothing=0.05)


def _of(architecture: str, *rows: tuple) -> tuple[Program, ...]:
    return tuple(
        Program(f"{name}_{architecture}", architecture, "third", *rest) for name, *rest in rows
    )


MLP = _of(
    "mlp",
    ("wine", "classes", data.wine, wine_net, F.cross_entropy, by(optim.Adam, 1e-2), 12),
    ("moons", "yes_no", data.moons, MoonNet, YES_NO, by(optim.SGD, 0.5), 25),
    ("impedance", "numbers", data.impedance, impedance_net, F.mse_loss, by(optim.Adam, 5e-3), 12),
    ("rings", "classes", data.rings, RingNet, SMOOTHED, by(optim.AdamW, 5e-3), 10),
    ("clock", "numbers", data.clock, ClockNet, F.smooth_l1_loss, by(optim.NAdam, 1e-2), 12),
    ("arm", "numbers", data.arm, ArmNet, F.mse_loss, by(optim.Adam, 5e-3), 10),
)

CNN = _of(
    "cnn",
    ("shapes", "classes", data.shapes, shape_net, F.cross_entropy,
     by(optim.SGD, 0.05, momentum=0.9, nesterov=True), 10),
    ("upside", "yes_no", data.upside, UpsideNet, YES_NO, by(optim.Adam, 4e-3), 10),
    ("beats", "classes", data.beats, beat_net, F.cross_entropy, by(optim.AdamW, 1e-2), 10),
    ("specks", "numbers", data.specks, SpeckNet, F.mse_loss, by(optim.Adam, 1e-2), 10),
    ("mended", "numbers", data.spotted, Mender, F.l1_loss, by(optim.Adam, 5e-3), 8),
    ("flags", "classes", data.flags, flag_net, F.cross_entropy, by(optim.RMSprop, 3e-3), 8),
)  # fmt: skip

RNN = _of(
    "rnn",
    ("leaky", "numbers", sequences.leaky, Filter, F.mse_loss, by(optim.Adam, 1e-2), 10),
    ("votes", "classes", sequences.votes, Ballot, F.cross_entropy, by(optim.Adam, 1e-2), 10),
    ("alarms", "yes_no", sequences.alarms, Alarm, YES_NO, by(optim.Adam, 1e-2), 15),
    ("pitches", "classes", sequences.pitches, Pitch, F.cross_entropy, by(optim.RMSprop, 5e-3), 10),
    ("tides", "numbers", sequences.tides, Tide, F.huber_loss, by(optim.AdamW, 5e-3), 12),
    ("turns", "yes_no", sequences.turns, Turn, YES_NO, by(optim.Adam, 5e-3), 12),
)

TRANSFORMER = _of(
    "transformer",
    ("slices", "classes", sequences.slices, SliceNet, F.cross_entropy, by(optim.AdamW, 5e-3), 10),
    ("fibonacci", "classes", sequences.fibonacci, NextToken, each_step, by(optim.Adam, 5e-3), 15),
    ("averages", "numbers", sequences.averages, Averager, F.mse_loss, by(optim.Adam, 3e-3), 15),
    ("distinct", "numbers", sequences.distinct, Counter, F.mse_loss, by(optim.RAdam, 1e-2), 15),
    ("rises", "yes_no", sequences.rises, Riser, YES_NO, by(optim.AdamW, 4e-3), 12),
    ("chirps", "classes", sequences.chirps, ChirpNet, F.cross_entropy, by(optim.NAdam, 4e-3), 10),
)

HEALTHY = (*MLP, *CNN, *RNN, *TRANSFORMER)
BY_NAME = {program.name: program for program in HEALTHY}
