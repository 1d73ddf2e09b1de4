"""Faulty programs of the set "kept": each a small edit of a healthy one.

Written by someone who had not read how the diagnosis decides, before it first ran on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop

from faulty import kept_data as data
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
)  # fmt: skip
from faulty.kept_healthy import (
    BY_NAME,
    backwards_model,
    count_model,
    once_model,
    product_model,
)
from faulty.kept_networks import (
    Autoencoder,
    ColourNet,
    DiscNet,
    GratingNet,
    LastState,
    OddNet,
    SpiralNet,
    Tagger,
    sound_net,
)
from faulty.program import Loss, Program, changed


def of(base: str, cause: str, edit: str, source: str, form: str = "", **parts: object) -> Program:
    """A fault of the healthy program `base`."""
    return BY_NAME[base].broken(cause, edit, source, form, **parts)


def drawn(model: nn.Module, spread: float) -> nn.Module:
    """All weights from a normal distribution, whatever the width."""
    for parameter in model.parameters():
        if parameter.ndim > 1:
            nn.init.normal_(parameter, std=spread)
    return model


def all_alike(model: nn.Module) -> nn.Module:
    """Every parameter the same number."""
    for parameter in model.parameters():
        nn.init.constant_(parameter, 0.1)
    return model


def dead_code() -> Autoencoder:
    """Nothing gets through the relu of the code."""
    model = Autoencoder()
    nn.init.constant_(model.encoder[2].bias, -6.0)
    return model


def as_pretrained(model: nn.Module, *trained: str) -> nn.Module:
    """Frozen as if it came trained, except for the parts named."""
    model.requires_grad_(False)
    for part in trained:
        model.get_submodule(part).requires_grad_(True)
    return model


def likelihood_of_no_logarithm(outputs: Tensor, y: Tensor) -> Tensor:
    """nll_loss wants logarithms; these are probabilities, over the rows of the batch."""
    return F.nll_loss(outputs.softmax(0), y)


def relative(outputs: Tensor, y: Tensor) -> Tensor:
    """The mean relative error; many targets are 0."""
    return ((outputs - y) / y).abs().mean()


def steps_and_classes_mixed(outputs: Tensor, y: Tensor) -> Tensor:
    """reshape where transpose was meant."""
    return F.cross_entropy(outputs.reshape(len(y), 6, 5), y)


def not_called(model: nn.Module, optimizer: Optimizer, loss: Loss, x: Tensor, y: Tensor) -> None:
    """optimizer.zero_grad without parentheses."""
    optimizer.zero_grad  # noqa: B018
    loss(model(x), y).backward()
    optimizer.step()


def clipped_away(model: nn.Module, optimizer: Optimizer, loss: Loss, x: Tensor, y: Tensor) -> None:
    """Gradients are clipped to a length of 0.0001."""
    optimizer.zero_grad()
    loss(model(x), y).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1e-4)
    optimizer.step()


def loss_rebuilt(model: nn.Module, optimizer: Optimizer, loss: Loss, x: Tensor, y: Tensor) -> None:
    """The loss is made a new tensor: backward ends there."""
    optimizer.zero_grad()
    torch.tensor(loss(model(x), y).item(), requires_grad=True).backward()
    optimizer.step()


def only_the_embedding(parameters: Iterable[nn.Parameter]) -> Optimizer:
    """model.embedding.parameters() instead of model.parameters()."""
    return RMSprop(list(parameters)[:1], lr=5e-3)


def sorted_labels(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return x, y.sort(0).values


def one_step_late(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return x, y.roll(1, 1)


def one_photo_then_the_other(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    order = y[:, 0].sort(stable=True).indices
    return x[order], y[order]


def few_odd(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Of the odd digits 12 are left."""
    even, odd = (y[:, 0] == 0).nonzero()[:, 0], (y[:, 0] == 1).nonzero()[:12, 0]
    order = torch.cat([even, odd]).sort().values
    return x[order], y[order]


MLP = (
    of("cancer_mlp", "unnormalised_inputs", "measurements from 0.001 to 4000 as they come", INPUT,
       data=data.cancer_raw),
    of("cancer_mlp", "learning_rate", "SGD 0.03 became 50", RATE, "fast",
       optimizer=partial(SGD, lr=50.0, momentum=0.9)),
    of("cancer_mlp", "labels", "labels were sorted, measurements were not", LABELS,
       data=changed(data.cancer, sorted_labels)),
    of("spirals_mlp", "vanishing_gradients", "8 layers of sigmoid instead of 2 of SiLU",
       VANISHING, model=lambda: SpiralNet(torch.sigmoid, 8),
       also=("too_deep", "saturation")),
    of("spirals_mlp", "missing_activation", "the activation does nothing", ACTIVATION,
       model=lambda: SpiralNet(nn.Identity())),
    of("spirals_mlp", "symmetric_initialisation", "all parameters start at 0.1", WEIGHTS,
       model=lambda: all_alike(SpiralNet())),
    of("spirals_mlp", "wrong_loss", "nll_loss of probabilities over the wrong axis", LOSS,
       loss=likelihood_of_no_logarithm),
    of("codes_mlp", "unnormalised_targets", "0 to 16, where the sigmoid ends at 1", TARGET,
       data=changed(data.codes, lambda x, y: (x, 16 * y), inputs=lambda x: 16 * x),
       read=lambda o: o / 16,
       also=("output_activation",)),
    of("codes_mlp", "dead_units", "biases of the code start at -6", DEAD, model=dead_code),
    of("codes_mlp", "bottleneck", "a code of 1 number instead of 12", NEURONS,
       model=lambda: Autoencoder(code=1), also=("dead_units",)),
    of("codes_mlp", "nan_loss", "relative error of targets of which many are 0", NUMBERS,
       loss=relative,
       also=("wrong_loss",)),
    of("codes_mlp", "frozen_layers", "only the last layer is trained", PROCESS,
       model=lambda: as_pretrained(Autoencoder(), "decoder.2")),
    of("spirals_mlp", "unregistered_layers", "hidden layers in a plain list: never trained",
       OPTIMISER, model=lambda: SpiralNet(listed=True),
       also=("frozen_layers", "optimizer_parameters")),
    of("colours_mlp", "weight_decay", "Adam with an L2 penalty of 3", DECAY,
       optimizer=partial(Adam, lr=3e-3, weight_decay=3.0)),
    of("colours_mlp", "large_initialisation", "weights are standard normal times 5", WEIGHTS,
       model=lambda: drawn(ColourNet(), 5.0)),
    of("colours_mlp", "batch_size", "the whole table is one batch: 12 steps in all", STEPS,
       data=changed(data.colours, batch=1120),
       also=("too_few_steps",)),
)  # fmt: skip

CNN = (
    of("gratings_cnn", "missing_activation", "batch norm, but no activation", ACTIVATION,
       model=lambda: GratingNet(nn.Identity())),
    of("gratings_cnn", "learning_rate", "AdamW 5e-3 became 1e-6", RATE, "slow",
       optimizer=partial(AdamW, lr=1e-6)),
    of("sounds_cnn", "batch_norm_mode", "eval() before training, raw 16 bit samples", NORM,
       model=lambda: sound_net().eval(), data=changed(data.sounds, inputs=lambda x: 3000 * x),
       also=("unnormalised_inputs",)),
    of("sounds_cnn", "dropout", "dropout 0.1 became 0.95", DROPOUT,
       model=lambda: sound_net(dropout=0.95)),
    of("sounds_cnn", "missing_zero_grad", "zero_grad is named, not called", PROCESS,
       train_step=not_called),
    of("sounds_cnn", "gradient_clipping", "gradients are clipped to a length of 1e-4", PROCESS,
       train_step=clipped_away),
    of("odd_cnn", "detached", "features are detached before the head", PROCESS,
       model=lambda: OddNet(features_only=True),
       also=("frozen_layers",)),
    of("odd_cnn", "wrong_loss", "cross entropy of one logit, which is always 0", LOSS,
       loss=F.cross_entropy,
       also=("output_activation",)),
    of("odd_cnn", "class_weight", "positives weigh 1000 times as much", LOSS,
       loss=nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1000.0])),
       also=("wrong_loss",)),
    of("odd_cnn", "unbalanced_data", "12 odd digits among the even ones", UNBALANCED,
       data=changed(data.odd_digits, few_odd)),
    of("odd_cnn", "frozen_layers", "all but the first convolution is frozen", PROCESS,
       model=lambda: as_pretrained(OddNet(), "features.0")),
    of("discs_cnn", "too_deep", "24 tanh convolutions without shortcuts and norms", VANISHING,
       model=lambda: DiscNet(24, plain=True),
       also=("vanishing_gradients",)),
    of("discs_cnn", "output_activation", "sigmoid after the output; half the targets are negative",
       OUTPUT, model=lambda: DiscNet(final=nn.Sigmoid())),
    of("discs_cnn", "unnormalised_targets", "radius in nanometres", TARGET,
       data=changed(data.discs, lambda x, y: (x, 1e4 * y + 3e4)), read=lambda o: o / 1e4 - 3),
    of("discs_cnn", "unnormalised_inputs", "divided by 255 three times", INPUT,
       data=changed(data.discs, inputs=lambda x: x / 255**3)),
)  # fmt: skip

RNN = (
    of("product_rnn", "learning_rate", "Adam 1e-2 became SGD 20", RATE, "fast",
       optimizer=partial(SGD, lr=20.0)),
    of("product_rnn", "output_activation", "relu after the output; half the targets are negative",
       OUTPUT, model=lambda: nn.Sequential(product_model(), nn.ReLU()),
       also=("dead_units",)),
    of("product_rnn", "gradient_lost", "the loss is made a new tensor before backward", PROCESS,
       train_step=loss_rebuilt),
    of("product_rnn", "weight_decay", "AdamW with a decay of 40", DECAY,
       optimizer=partial(AdamW, lr=1e-2, weight_decay=40.0)),
    of("brackets_rnn", "wrong_step", "the head reads the second step, not the last", SHAPE,
       model=lambda: LastState(nn.LSTM(6, 20, batch_first=True), 1, nn.Embedding(2, 6), 1)),
    of("brackets_rnn", "labels", "labels were shuffled, sequences were not", LABELS,
       data=changed(data.brackets, lambda x, y: (x, y.flip(0)))),
    of("pulses_rnn", "bottleneck", "1 hidden unit instead of 24", NEURONS,
       model=lambda: LastState(nn.GRU(1, 1, num_layers=2, batch_first=True), 3)),
    of("pulses_rnn", "wrong_axis", "reshape where transpose was meant: rows are mixed", SHAPE,
       data=changed(data.pulses, inputs=lambda x: x.reshape(10, -1, 1).transpose(0, 1))),
    of("pulses_rnn", "dropout", "dropout 0.98 between the two layers", DROPOUT,
       model=lambda: LastState(
           nn.GRU(1, 24, num_layers=2, batch_first=True, dropout=0.98), 3)),
    of("repeats_rnn", "labels", "targets are one step late", LABELS,
       data=changed(data.repeats, one_step_late)),
    of("repeats_rnn", "optimizer_parameters", "only the embedding is handed to the optimiser",
       OPTIMISER, optimizer=only_the_embedding,
       also=("frozen_layers",)),
    of("repeats_rnn", "large_initialisation", "weights are standard normal times 20", WEIGHTS,
       model=lambda: drawn(Tagger(), 20.0)),
    of("repeats_rnn", "learning_rate", "RMSprop 5e-3 became 1e-6", RATE, "slow",
       optimizer=partial(RMSprop, lr=1e-6)),
)  # fmt: skip

TRANSFORMER = (
    of("backwards_transformer", "wrong_axis", "positions are added along rows of the batch",
       SHAPE, model=lambda: backwards_model(along_rows=True)),
    of("backwards_transformer", "mask", "a causal mask, though later tokens are asked for",
       LAYERS, model=lambda: backwards_model(causal=True)),
    of("backwards_transformer", "loss_shape", "reshape where transpose was meant", SHAPE,
       loss=steps_and_classes_mixed,
       also=("wrong_loss",)),
    of("once_transformer", "learning_rate", "AdamW 3e-3 became 0.3", RATE, "fast",
       optimizer=partial(AdamW, lr=0.3)),
    of("once_transformer", "frozen_layers", "only the head is trained", PROCESS,
       model=lambda: as_pretrained(once_model(), "head")),
    of("once_transformer", "weight_decay", "Adam with an L2 penalty of 1", DECAY,
       optimizer=partial(Adam, lr=3e-3, weight_decay=1.0)),
    of("count_transformer", "labels", "targets are the tokens, not the next ones", LABELS,
       data=changed(data.counting, lambda x, y: (x, x))),
    of("count_transformer", "too_deep", "8 layers without shortcuts and norms", VANISHING,
       model=lambda: count_model(layers=8, shortcut=False, norm=False),
       also=("vanishing_gradients",)),
    of("count_transformer", "dropout", "dropout 0 became 0.97", DROPOUT,
       model=lambda: count_model(dropout=0.97)),
    of("count_transformer", "large_initialisation", "weights are standard normal times 4",
       WEIGHTS, model=lambda: drawn(count_model(), 4.0)),
    of("places_transformer", "unnormalised_inputs", "grey values in hundred thousands", INPUT,
       data=changed(data.places, inputs=lambda x: 1e5 * x + 3e5)),
    of("places_transformer", "data_order", "first all of one photograph, then the other", ORDER,
       data=changed(data.places, one_photo_then_the_other)),
)  # fmt: skip

FAULTY = MLP + CNN + RNN + TRANSFORMER
