"""Faulty programs of the third set: each a small edit of a healthy one.

Kinds come about as often as in the taxonomies: learning rate, activation, loss, then inputs,
targets, labels, weights at the start, optimiser and steps, then layers and the loop.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn, optim

from faulty import third_data as data
from faulty import third_sequences as sequences
from faulty.categories import (
    ACTIVATION,
    DECAY,
    DROPOUT,
    INPUT,
    LABELS,
    LAYERS,
    LOSS,
    NORM,
    NUMBERS,
    OPTIMISER,
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
from faulty.third_healthy import BY_NAME, by
from faulty.third_networks import (
    ArmNet,
    Mender,
    RingNet,
    SpeckNet,
    beat_net,
    flag_net,
    impedance_net,
    shape_net,
)
from faulty.third_readers import (
    Averager,
    ChirpNet,
    Counter,
    Filter,
    NextToken,
    Pitch,
    Riser,
    Tide,
    Turn,
)


def of(base: str, cause: str, edit: str, source: str, form: str = "", **parts: object) -> Program:
    """A fault of the healthy program `base`."""
    return BY_NAME[base].broken(cause, edit, source, form, **parts)


def started(make: Callable[[], nn.Module], start: Callable[[Tensor], object]) -> nn.Module:
    """All matrices and vectors set by `start`."""
    model = make()
    with torch.no_grad():
        for parameter in model.parameters():
            start(parameter)
    return model


def drawn(seed: int, count: int) -> torch.Generator:
    """Of its own, so that what is planted does not hang on what was drawn before."""
    return torch.Generator().manual_seed(seed + count)


def three_of_four_guessed(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    guessed = torch.rand(len(y), generator=drawn(1, len(y))) < 0.75
    at_random = torch.randint(0, 3, y.shape, generator=drawn(2, len(y)))
    return x, torch.where(guessed, at_random, y)


def labels_shuffled(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return x, y[torch.randperm(len(y), generator=drawn(3, len(y)))]


def six_positives(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """All rows without an alarm, many of them twice, and six with one."""
    alarmed = y[:, 0] > 0
    silent = (~alarmed).nonzero()[:, 0].repeat(2)[: len(y) - 6]
    kept = torch.cat([silent, alarmed.nonzero()[:6, 0]])
    kept = kept[torch.randperm(len(kept), generator=drawn(4, len(y)))]
    return x[kept], y[kept]


def hinge(outputs: Tensor, y: Tensor) -> Tensor:
    """The hinge wants labels of -1 and 1, and gets 0 and 1."""
    return F.relu(1 - y * outputs).mean()


def of_logarithms(outputs: Tensor, y: Tensor) -> Tensor:
    """The squared logarithmic error, as other libraries have it, wants more than -1."""
    return (outputs.log1p() - y.log1p()).square().mean()


def of_the_means(outputs: Tensor, y: Tensor) -> Tensor:
    """Averaged over the batch before it is squared."""
    return (outputs.mean() - y.mean()).square()


def row_against_column(outputs: Tensor, y: Tensor) -> Tensor:
    """(n,) - (n, 1) is n x n."""
    return F.relu((outputs.squeeze(1) - y).abs() - 0.05).mean()


def steps_first(model: nn.Module, optimizer: optim.Optimizer, loss: Loss, x: Tensor,
                y: Tensor) -> None:  # fmt: skip
    """The step comes before there are gradients, which are then thrown away."""
    optimizer.zero_grad()
    found = loss(model(x), y)
    optimizer.step()
    found.backward()


def adds_up(model: nn.Module, optimizer: optim.Optimizer, loss: Loss, x: Tensor,
            y: Tensor) -> None:  # fmt: skip
    """Nothing sets gradients back."""
    outputs = model(x)
    loss(outputs, y).backward()
    optimizer.step()


MLP = (
    of("wine_mlp", "unnormalised_inputs", "as they come, in micrograms: from 130 to 1.7 million",
       INPUT, data=changed(data.wine_raw, inputs=lambda x: 1000 * x)),
    of("wine_mlp", "labels", "three labels of four were guessed", LABELS,
       data=changed(data.wine, three_of_four_guessed)),
    of("moons_mlp", "learning_rate", "SGD 0.5 became 1e-4", RATE, "slow",
       optimizer=by(optim.SGD, 1e-4)),
    of("rings_mlp", "missing_activation", "forward calls the linear layers only", ACTIVATION,
       model=lambda: RingNet(linear=True)),
    of("impedance_mlp", "large_initialisation", "weights are normal with a deviation of 10",
       WEIGHTS, model=lambda: impedance_net(10.0),
       also=("saturation",)),
    of("impedance_mlp", "wrong_loss", "binary cross entropy of standardised numbers", LOSS,
       loss=F.binary_cross_entropy_with_logits),
    of("impedance_mlp", "unnormalised_targets", "targets in ohm, 0 to 1700", TARGET,
       data=changed(data.impedance, lambda x, y: (x, 380 * y + 480)),
       read=lambda o: (o - 480) / 380),
    of("clock_mlp", "learning_rate", "NAdam 1e-2 became 3", RATE, "fast",
       optimizer=by(optim.NAdam, 3.0)),
    of("clock_mlp", "nan_loss", "squared logarithmic error, though many targets are below -1",
       NUMBERS, loss=of_logarithms),
    of("arm_mlp", "output_activation", "softmax over the two coordinates", OUTPUT,
       model=lambda: ArmNet(nn.Softmax(dim=-1))),
    of("arm_mlp", "too_few_steps", "1 epoch of batches of 192 instead of 10 of 32", STEPS,
       epochs=1, data=changed(data.arm, batch=192),
       also=("batch_size",)),
)  # fmt: skip

CNN = (
    of("shapes_cnn", "learning_rate", "SGD 0.05 became 40", RATE, "fast",
       optimizer=by(optim.SGD, 40.0, momentum=0.9, nesterov=True)),
    of("shapes_cnn", "batch_norm_mode", "momentum 0.999 as other libraries count it: 0.0005",
       NORM, model=lambda: shape_net(5e-4)),
    of("shapes_cnn", "weight_decay", "SGD with an L2 penalty of 1", DECAY,
       optimizer=by(optim.SGD, 0.05, momentum=0.9, weight_decay=1.0)),
    of("upside_cnn", "wrong_loss", "hinge loss of labels 0 and 1", LOSS, loss=hinge,
       also=("labels",)),
    of("upside_cnn", "labels", "labels were shuffled, images were not", LABELS,
       data=changed(data.upside, labels_shuffled)),
    of("beats_cnn", "missing_activation", "no activation between the convolutions", ACTIVATION,
       model=lambda: beat_net(nn.Identity)),
    of("beats_cnn", "unnormalised_inputs", "counts of a converter, around 20000", INPUT,
       data=changed(data.beats, inputs=lambda x: 800 * x + 20000)),
    of("specks_cnn", "vanishing_gradients", "12 layers of sigmoid instead of 2 of softplus",
       VANISHING, model=lambda: SpeckNet(12, nn.Sigmoid),
       also=("too_deep", "saturation")),
    of("mended_cnn", "output_activation", "sigmoid over pixels that are standardised", OUTPUT,
       model=lambda: Mender(nn.Sigmoid)),
    of("flags_cnn", "gradient_lost", "step before backward, then zero_grad", PROCESS,
       train_step=steps_first),
    of("flags_cnn", "zero_initialisation", "everything starts at 0", WEIGHTS,
       model=lambda: started(flag_net, nn.init.zeros_)),
    of("mended_cnn", "learning_rate", "Adam 5e-3 became 2e-6", RATE, "slow",
       optimizer=by(optim.Adam, 2e-6)),
)  # fmt: skip

RNN = (
    of("leaky_rnn", "wrong_axis", "batch_first left out: rows are taken for time", SHAPE,
       model=lambda: Filter(batch_first=False)),
    of("votes_rnn", "learning_rate", "Adam 1e-2 became 30", RATE, "fast",
       optimizer=by(optim.Adam, 30.0)),
    of("votes_rnn", "wrong_loss", "nll_loss of outputs without log_softmax", LOSS,
       loss=F.nll_loss),
    of("alarms_rnn", "unbalanced_data", "six rows with an alarm among 762 without", UNBALANCED,
       data=changed(sequences.alarms, six_positives)),
    of("alarms_rnn", "too_few_steps", "1 epoch instead of 15", STEPS, epochs=1),
    of("pitches_rnn", "unnormalised_inputs", "samples in microvolts, around 5000", INPUT,
       data=changed(sequences.pitches, inputs=lambda x: 900 * x + 5000),
       also=("saturation",)),
    of("pitches_rnn", "dropout", "dropout 0.1 became 0.98", DROPOUT,
       model=lambda: Pitch(0.98)),
    of("tides_rnn", "output_activation", "sigmoid at the end; half the targets are negative",
       OUTPUT, model=lambda: Tide(nn.Sigmoid())),
    of("tides_rnn", "loss_shape", "outputs lost an axis: every one against every target", SHAPE,
       loss=row_against_column,
       also=("wrong_loss",)),
    of("turns_rnn", "missing_activation", "the state is not squashed", ACTIVATION,
       model=lambda: Turn(linear=True)),
    of("turns_rnn", "learning_rate", "Adam 5e-3 became 1e-6", RATE, "slow",
       optimizer=by(optim.Adam, 1e-6)),
)  # fmt: skip

TRANSFORMER = (
    of("slices_transformer", "learning_rate", "AdamW 5e-3 became 0.5", RATE, "fast",
       optimizer=by(optim.AdamW, 0.5)),
    of("fibonacci_transformer", "wrong_axis", "attention is a softmax over the batch", SHAPE,
       model=lambda: NextToken(axis=0)),
    of("fibonacci_transformer", "optimizer", "SGD 5e-3 instead of Adam 5e-3", OPTIMISER,
       optimizer=by(optim.SGD, 5e-3),
       also=("learning_rate",)),
    of("averages_transformer", "wrong_loss", "means of the batch are compared", LOSS,
       loss=of_the_means),
    of("averages_transformer", "unnormalised_targets", "targets in millivolts", TARGET,
       data=changed(sequences.averages, lambda x, y: (x, 1000 * y + 3000)),
       read=lambda o: (o - 3000) / 1000),
    of("averages_transformer", "dropout", "dropout 0 became 0.9", DROPOUT,
       model=lambda: Averager(dropout=0.9)),
    of("distinct_transformer", "mask", "the padding mask is inverted", LAYERS,
       model=lambda: Counter(inverted=True)),
    of("rises_transformer", "missing_positions", "no places are added", LAYERS,
       model=lambda: Riser(places=False)),
    of("rises_transformer", "missing_zero_grad", "gradients of all steps add up", PROCESS,
       train_step=adds_up),
    of("chirps_transformer", "large_initialisation", "all parameters are normal times 3", WEIGHTS,
       model=lambda: started(ChirpNet, lambda p: nn.init.normal_(p, std=3.0))),
    of("chirps_transformer", "unnormalised_inputs", "samples in ten thousands, none negative",
       INPUT, data=changed(sequences.chirps, inputs=lambda x: 1e4 * x + 3e4)),
)  # fmt: skip

FAULTY = MLP + CNN + RNN + TRANSFORMER
