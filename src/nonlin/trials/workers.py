"""Training on an executor: processes of this machine, or Dask workers on many.

The parent prepares the rows of a round; workers get them once, and names of networks after that.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

import nonlin
from nonlin._errors import InputError, NonlinError
from nonlin.choose.candidates import Plan
from nonlin.choose.trial import Arm, Data, Outcome, train_arms
from nonlin.tasks.task import Task

CHUNK = 2  # networks: what is lost with a worker, and enough to drown what sending them costs
ATTEMPTS = 3  # at a round's networks, each time at those that did not come back

Chunk = tuple[Arm, ...]
Trained = list[tuple[Arm, Outcome]]


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """What is the same for all chunks of a round."""

    version: str
    data: Data
    task: Task
    plan: Plan
    seed: int


@dataclass(frozen=True, slots=True)
class Stored:
    """An order whose arrays lie as .npy files in a folder, for processes of this machine."""

    folder: Path
    rest: Order = field(compare=False)


def checked(executor: Any) -> Executor:
    """The executor itself, or the one of a Dask client. Raises InputError for anything else."""
    if hasattr(executor, "get_executor"):  # dask.distributed.Client
        return executor.get_executor(pure=False)
    if hasattr(executor, "submit"):
        return executor
    raise InputError("executor", given=executor)


def train_on(
    executor: Executor,
    data: Data,
    task: Task,
    plan: Plan,
    seed: int,
    arms: Sequence[Arm],
    finished: Callable[[Arm, Outcome], None],
) -> None:
    """`trial.train_arms` by the workers of an executor, with the same outcomes to the last bit.

    What a lost worker had begun is given to another, where the executor has others: Dask replaces
    workers, a pool of processes ends with the first that is lost. Raises NonlinError then.
    """
    order = Order(nonlin.__version__, data, task, replace(plan, threads=1), seed)
    left = {tuple(arms[k : k + CHUNK]) for k in range(0, len(arms), CHUNK)}
    failure: Exception | None = None
    for _ in range(ATTEMPTS):
        try:
            with (
                _delivered(executor, order) as sent,
                closing(_results(executor, order, sent, sorted(left))) as results,
            ):
                for chunk, trained in results:
                    left.remove(chunk)
                    for arm, outcome in trained:
                        finished(arm, outcome)
            return
        except NonlinError:
            raise
        except BrokenExecutor as error:  # takes no more work
            raise NonlinError("pool_broken", reason=f"{type(error).__name__}: {error}") from error
        except Exception as error:  # whatever a worker or the way to it can raise
            failure = error
    reason = f"{type(failure).__name__}: {failure}"
    raise NonlinError("workers_lost", reason=reason) from failure


@contextmanager
def _delivered(executor: Executor, order: Order) -> Iterator[Any]:
    """What stands for the order in every chunk, as long as the `with` block lasts."""
    client: Any = getattr(executor, "_client", None)  # of Dask's executor: it knows all workers
    if hasattr(client, "scatter"):
        yield client.scatter(order, broadcast=True, hash=False)
        return
    with tempfile.TemporaryDirectory(prefix="nonlin-") as folder:
        yield _stored(order, Path(folder))


def _results(
    executor: Executor, order: Order, sent: Any, chunks: Sequence[Chunk]
) -> Generator[tuple[Chunk, Trained], None, None]:
    waiting: dict[Future[Trained | None], Chunk] = {}
    try:
        for chunk in chunks:
            waiting[executor.submit(train_chunk, sent, chunk)] = chunk
        while waiting:  # a wait without end can miss a Ctrl-C that comes as it begins
            for future in wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED).done:
                chunk, trained = waiting.pop(future), future.result()
                if trained is None:  # a machine that does not see the files
                    waiting[executor.submit(train_chunk, order, chunk)] = chunk
                else:
                    yield chunk, trained
    finally:
        for future in waiting:
            future.cancel()


def train_chunk(sent: Order | Stored, chunk: Chunk) -> Trained | None:
    """In the worker: train these networks, one at a time; None if the rows are out of reach.

    Raises InputError if the worker has another version of nonlin.
    """
    needed = (sent.rest if isinstance(sent, Stored) else sent).version
    if needed != nonlin.__version__:
        raise InputError("worker_version", given=nonlin.__version__, needed=needed)
    try:
        order = _restored(sent) if isinstance(sent, Stored) else sent
    except FileNotFoundError:
        return None
    trained: Trained = []
    train_arms(
        order.data,
        order.task,
        order.plan,
        order.seed,
        chunk,
        lambda arm, outcome: trained.append((arm, outcome)),
    )
    return trained


def _stored(order: Order, folder: Path) -> Stored:
    """Every tuple of arrays goes to disk, whatever else there is travels with each chunk."""
    data, rest = order.data, dict[str, Any]()
    for part in fields(data):
        arrays = getattr(data, part.name)
        if isinstance(arrays, tuple) and all(isinstance(each, np.ndarray) for each in arrays):
            for number, array in enumerate(arrays):
                np.save(folder / f"{part.name}.{number}.npy", array, allow_pickle=False)
            rest[part.name] = (None,) * len(arrays)
    return Stored(folder, replace(order, data=replace(data, **rest)))


@lru_cache(maxsize=1)  # the next chunk of a round needs the same
def _restored(stored: Stored) -> Order:
    data, found = stored.rest.data, dict[str, Any]()
    for part in fields(data):
        arrays = getattr(data, part.name)
        if isinstance(arrays, tuple) and all(each is None for each in arrays):
            paths = [stored.folder / f"{part.name}.{n}.npy" for n in range(len(arrays))]
            # mapped, so that all processes share the memory; "c", because compiled code tells
            # arrays that may be written to from others
            found[part.name] = tuple(np.asarray(np.load(path, mmap_mode="c")) for path in paths)
    return replace(stored.rest, data=replace(data, **found))
