"""Which activation, for a PyTorch model? Answered by training it with each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from os import PathLike
from typing import Any

from torch import nn

from nonlin.activation import Activation
from nonlin.choose.options import MARGIN
from nonlin.torch.choosing.answer import answer
from nonlin.torch.choosing.plan import SEEDS
from nonlin.torch.choosing.result import Result


def choose(
    make_model: Callable[..., nn.Module],
    train: Any = None,
    valid: Any = None,
    test: Any = None,
    loss: Any = None,
    *,
    candidates: Sequence[str | Activation] | None = None,
    rates: Sequence[float] | None = None,
    budget: str | float | None = None,
    replace: str | Activation | None = None,
    where: str = "*",
    seeds: int = SEEDS,
    epochs: int | None = None,
    steps: int | None = None,
    batch_size: int | None = None,
    optimizer: Callable[..., Any] | None = None,
    score: Callable[[Any, Any], float] | None = None,
    train_fn: Callable[[nn.Module, float, int], Any] | None = None,
    example: Any = None,
    margin: float = MARGIN,
    journal: str | PathLike[str] | None = None,
    resume: bool = False,
    threads: int | None = None,
    executor: Executor | None = None,
    seed: int = 0,
    on_progress: Callable[[int, int, str], None] | None = None,
) -> Result:
    """Train a model with each activation, and say which one to use, and why.

    make_model: gives a new model, of a `seed` if it asks for one. train, valid, test: batches as
    for `diagnose`, all rows up to 100,000; training, choosing and claiming each have their own.
    loss: of (output, targets), or its name. candidates: names or Activations; the model's own
    and "identity" take part always. replace: the activation that goes, if it is not the most
    frequent one; where: in modules of such names. Each network is drawn anew by `init_`. rates:
    where the search for each one's learning rate begins. seeds: repetitions; a seed draws
    weights and the order of batches, rows stay where they are. epochs, steps: of a training,
    about 1000 steps if neither is given; the weights with the lowest loss on `valid` are
    judged. optimizer: a class or a function of (parameters, rate); AdamW if not given. score:
    of (outputs, targets), higher is better; if not given, the share of right classes or R².
    budget: seconds or "10 min": what does not fit is not begun. train_fn: a loop of your own,
    of (model, rate, seed), that gives {"valid": score, "test": score}, and "loss" if it is not
    minus the first; then `example` is an input of the model, and train, valid and test may stay
    away. journal, resume: a folder where every network is written down, and whether to go on
    from there. executor: of processes or Dask. on_progress: of (done, total, label); the first
    call says how long it will take. Raises InputError for what cannot be used, and where model,
    loss or loop fail.
    """
    return answer(dict(locals()))
