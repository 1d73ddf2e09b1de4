"""Healthy programs of the set "kept": what its faults are small edits of."""

from __future__ import annotations

from functools import partial

from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import SGD, Adam, AdamW, NAdam, RMSprop

from faulty import kept_data as data
from faulty.kept_networks import (
    Autoencoder,
    ColourNet,
    DiscNet,
    Former,
    GratingNet,
    LastState,
    OddNet,
    SpiralNet,
    Tagger,
    cancer_net,
    sound_net,
)
from faulty.program import Program


def each_step(outputs: Tensor, y: Tensor) -> Tensor:
    """Cross entropy of every step of every row."""
    return F.cross_entropy(outputs.flatten(0, 1), y.flatten())


def product_model() -> LastState:
    return LastState(nn.GRU(2, 32, batch_first=True), 1)


def bracket_model() -> LastState:
    return LastState(nn.LSTM(6, 20, batch_first=True), 1, nn.Embedding(2, 6))


def pulse_model() -> LastState:
    return LastState(nn.GRU(1, 24, num_layers=2, batch_first=True), 3)


def backwards_model(**changes: object) -> Former:
    return Former(nn.Embedding(6, 32), 5, 6, **changes)


def once_model(**changes: object) -> Former:
    return Former(nn.Embedding(8, 32), 6, 1, pooled=True, **changes)


def count_model(**changes: object) -> Former:
    return Former(nn.Embedding(9, 32), 7, 9, causal=True, **changes)


def places_model(**changes: object) -> Former:
    return Former(nn.Linear(16, 32), 9, 1, pooled=True, layers=1, **changes)


HEALTHY = tuple(
    Program(name, name.split("_")[-1], "kept", kind, rows, model, loss, optimizer, epochs)
    for name, kind, rows, model, loss, optimizer, epochs in (
        ("cancer_mlp", "yes_no", data.cancer, cancer_net, F.binary_cross_entropy_with_logits,
         partial(SGD, lr=0.03, momentum=0.9, nesterov=True), 10),
        ("spirals_mlp", "classes", data.spirals, SpiralNet, F.cross_entropy,
         partial(Adam, lr=1e-2), 12),
        ("codes_mlp", "numbers", data.codes, Autoencoder, F.mse_loss, partial(Adam, lr=4e-3), 12),
        ("colours_mlp", "numbers", data.colours, ColourNet, F.smooth_l1_loss,
         partial(AdamW, lr=3e-3, weight_decay=0.02), 12),
        ("gratings_cnn", "classes", data.gratings, GratingNet, nn.CrossEntropyLoss(),
         partial(AdamW, lr=5e-3), 3),
        ("sounds_cnn", "classes", data.sounds, sound_net, nn.CrossEntropyLoss(label_smoothing=0.05),
         partial(SGD, lr=0.05, momentum=0.9), 6),
        ("odd_cnn", "yes_no", data.odd_digits, OddNet, nn.BCEWithLogitsLoss(),
         partial(NAdam, lr=2e-3), 6),
        ("discs_cnn", "numbers", data.discs, DiscNet, nn.MSELoss(), partial(Adam, lr=2e-3), 5),
        ("product_rnn", "numbers", data.products, product_model, nn.MSELoss(),
         partial(Adam, lr=1e-2), 12),
        ("brackets_rnn", "yes_no", data.brackets, bracket_model, nn.BCEWithLogitsLoss(),
         partial(Adam, lr=1e-2), 10),
        ("pulses_rnn", "classes", data.pulses, pulse_model, nn.CrossEntropyLoss(),
         partial(AdamW, lr=1e-2), 5),
        ("repeats_rnn", "yes_no", data.repeats, Tagger, nn.BCEWithLogitsLoss(),
         partial(RMSprop, lr=5e-3), 8),
        ("backwards_transformer", "classes", data.backwards, backwards_model, each_step,
         partial(AdamW, lr=4e-3), 5),
        ("once_transformer", "yes_no", data.once_more, once_model, nn.BCEWithLogitsLoss(),
         partial(AdamW, lr=3e-3), 11),
        ("count_transformer", "classes", data.counting, count_model, each_step,
         partial(Adam, lr=4e-3), 6),
        ("places_transformer", "yes_no", data.places, places_model,
         nn.BCEWithLogitsLoss(), partial(AdamW, lr=3e-3, weight_decay=0.1), 8),
    )
)  # fmt: skip
BY_NAME = {program.name: program for program in HEALTHY}
