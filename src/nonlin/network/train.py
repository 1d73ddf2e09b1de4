"""Training: one network, or many at once on a thread pool.

The compiled loop (`loop.py`) releases the GIL, and BLAS is held to one thread, so that
every network has a processor core to itself and its result does not depend on the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import numpy as np

from nonlin import checks
from nonlin._errors import InputError
from nonlin.kernels.threads import get_threads
from nonlin.network import divergence
from nonlin.network.blas import single_threaded_blas
from nonlin.network.codes import Memory
from nonlin.network.divergence import Divergence
from nonlin.network.feedforward import Feedforward
from nonlin.network.goal import Shared, data_of, layout_of
from nonlin.network.loss import Loss, loss_for
from nonlin.network.settings import OPTIMIZERS, Job, Record, Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Gradient:
    """Loss of a batch and its derivative by every weight and bias, shaped like them."""

    loss: float
    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]


def train(job: Job) -> Record:
    """Train the network of `job` in place; the same as `train_many` of this one job."""
    return next(record for _, record in train_many([job], threads=1))


def train_many(jobs: Iterable[Job], threads: int | None = None) -> Iterator[tuple[int, Record]]:
    """Train the network of every job in place; gives (index of the job, Record) as they finish.

    threads: networks trained at the same time, one per processor core if not given; results
    do not depend on it. KeyboardInterrupt, or leaving the iteration early, cancels the jobs
    not begun and stops the running ones at their next batch; what was given is complete.
    To leave on an exception of your own, iterate inside `contextlib.closing`.
    Raises InputError before any training if a job cannot be used.
    """
    jobs = list(jobs)
    if len({id(job.network) for job in jobs}) < len(jobs):
        raise InputError("network_twice")
    workers = checks.integer("threads", get_threads() if threads is None else threads, 1)
    shared: Shared = {}
    return in_parallel([run_of(job, shared) for job in jobs], workers)


def gradient(
    network: Feedforward, X: Any, y: Any, weights: Any = None, loss: str | Loss | None = None
) -> Gradient:
    """Loss of the whole batch (X, y) and its gradient, by the back-propagation used in training.

    weights: how much each row counts; loss: its name or itself; both as in `Network.fit`. Raises
    InputError for unusable X or y.
    """
    from nonlin.network import loop

    chosen = loss_for(network.output.name, loss)
    layout, kernels = layout_of(network, chosen)
    result = network.copy()
    function = getattr(loop, f"gradient_{network.dtype.name}")
    data = data_of(network, chosen, X, y, weights)
    with single_threaded_blas:
        value = function(network.parameters, layout, data, result.parameters)
    del kernels  # their addresses were in use until here
    return Gradient(float(value), result.weights, result.biases)


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """A job as the compiled loop takes it; `kernels` keeps the code at its addresses alive."""

    network: Feedforward
    layout: Any
    data: Any
    held_out: Any
    rule: Any
    memory: Memory
    kernels: list[Any]

    def __call__(self, stop: np.ndarray) -> Record:
        from nonlin.network import loop

        curves = np.full((2, self.rule.epochs), np.nan)
        trail = loop.Trail(
            np.full(loop.LOSSES_KEPT, np.nan),
            np.full(self.rule.batch, -1),
            np.empty_like(self.network.parameters),
        )
        before = divergence.sizes(self.network)
        function = getattr(loop, f"run_{self.network.dtype.name}")
        begin = time.perf_counter()
        told = self.layout, self.data, self.held_out, self.rule, self.memory
        found = function(self.network.parameters, *told, curves, trail, stop)
        epochs, steps, best, diverged = found
        seconds = time.perf_counter() - begin
        why = self._why(trail, before, epochs, diverged) if diverged else None
        train_loss, validation_loss = curves[:, :epochs]
        spent = epochs, steps, seconds
        return Record(train_loss, validation_loss, best, *spent, diverged or None, why)

    def _why(self, trail: Any, before: np.ndarray, epoch: int, step: int) -> Divergence:
        """What the network looked like when it diverged."""
        broken = self.network.copy()
        broken.parameters[:] = trail.other
        rows = self.data.inputs[trail.rows[trail.rows >= 0]]
        kept = len(trail.losses)
        losses = [float(trail.losses[k % kept]) for k in range(max(step - kept, 0), step)]
        rate = self.rule.learning_rate
        return divergence.explain(broken, rows, before, (epoch, step), losses, rate)


def in_parallel(
    tasks: Sequence[Callable[[np.ndarray], T]], workers: int
) -> Iterator[tuple[int, T]]:
    """(index, result) of each task as it ends, so many at once, each with a BLAS of one thread.

    A task is called with an array of one integer, which becomes 1 when it is to stop; see
    `train_many` for how that comes.
    """
    stop = np.zeros(1, np.int64)  # the loops look at it before every batch
    ended: SimpleQueue[tuple[int, Future[T]]] = SimpleQueue()
    with single_threaded_blas, ThreadPoolExecutor(workers, "nonlin-train") as pool:
        try:
            for index, task in enumerate(tasks):
                future = pool.submit(task, stop)
                future.add_done_callback(partial(_put, ended, index))
            for _ in tasks:
                index, future = _next(ended)
                yield index, future.result()
        finally:
            stop[0] = 1
            pool.shutdown(wait=True, cancel_futures=True)


def _put(ended: SimpleQueue[tuple[int, Future[T]]], index: int, done: Future[T]) -> None:
    ended.put((index, done))


def _next(ended: SimpleQueue[tuple[int, Future[T]]]) -> tuple[int, Future[T]]:
    while True:  # a wait without end can miss a Ctrl-C that comes as it begins
        with suppress(Empty):
            return ended.get(timeout=0.1)


def run_of(job: Job, shared: Shared) -> _Run:
    """The job, checked, as a task of `in_parallel`; shared: data that other jobs use, too."""
    loss = loss_for(job.network.output.name, job.loss)
    layout, kernels = layout_of(job.network, loss)
    data = data_of(job.network, loss, job.X, job.y, job.weights, shared)
    held_out = type(data)(*(column[:0] for column in data))  # nothing
    if job.validation is not None:
        held_out = data_of(job.network, loss, *checks.validation(job.validation), shared)
    job.network.begin(data.inputs)
    rule = _rule(job.settings, data.inputs.shape[0])
    memory = job.memory or Memory.of(job.network)
    return _Run(job.network, layout, data, held_out, rule, memory, kernels)


def _rule(settings: Settings, rows: int) -> Any:
    from nonlin.network.optimise import LearningRule

    return LearningRule(
        OPTIMIZERS.index(settings.optimizer),
        float(settings.learning_rate),
        float(settings.weight_decay),
        float(settings.momentum),
        int(settings.epochs),
        min(int(settings.batch_size), rows),
        int(settings.patience or 0),
        int(settings.seed),
    )
