"""Arms on an executor: processes of this machine, or Dask workers on many.

The parent prepares a split; workers get it once, and the names of arms after that.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

import nonlin
from nonlin._errors import InputError, NonlinError
from nonlin.trials.contest import Arm, Outcome, Split

CHUNK = 2  # arms: what is lost with a worker, and enough to drown what sending them costs
ATTEMPTS = 3  # at the arms of a split, each time at those that did not come back

Chunk = tuple[Arm, ...]
Ended = list[tuple[Arm, Outcome]]


class Shared(Split, Protocol):
    """A split that can be taken to other processes."""

    @property
    def arrays(self) -> Sequence[np.ndarray]:
        """What is large in it."""

    def having(self, arrays: Sequence[np.ndarray]) -> Shared:
        """The same with these in their place, or without any."""


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """What is the same for all chunks of a split."""

    version: str
    split: Shared


@dataclass(frozen=True, slots=True)
class Stored:
    """An order whose arrays lie as .npy files in a folder, for processes of this machine."""

    folder: Path
    arrays: int
    order: Order = field(compare=False)


def checked(executor: Any) -> Any:
    """The executor itself, or the one of a Dask client. Raises InputError for anything else.

    Dask's own hashes all that is sent, unless it is told not to: seconds for every round.
    """
    client: Any = getattr(executor, "_client", executor)  # of Dask's executor, or a client itself
    if hasattr(client, "get_executor"):
        return client.get_executor(**getattr(executor, "_kwargs", {}) | {"pure": False})
    if hasattr(executor, "submit"):
        return executor
    raise InputError("executor", given=executor)


def run_on(executor: Executor, split: Shared, arms: Sequence[Arm]) -> Iterator[tuple[Arm, Outcome]]:
    """`split.run` by the workers of an executor, with the same outcomes to the last bit.

    What a lost worker had begun is given to another, where the executor has others: Dask replaces
    workers, a pool of processes ends with the first that is lost. Raises NonlinError then.
    """
    order = Order(nonlin.__version__, split)
    left = [tuple(arms[k : k + CHUNK]) for k in range(0, len(arms), CHUNK)]
    failure: Exception | None = None
    for _ in range(ATTEMPTS):
        try:
            with (
                _delivered(executor, order) as sent,
                closing(_results(executor, order, sent, left)) as results,
            ):
                for chunk, ended in results:
                    left = [each for each in left if each != chunk]
                    yield from ended
            return
        except (GeneratorExit, NonlinError):
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
        # to one worker, from which the others take it: a broadcast never ends if one is lost
        yield client.scatter(order, hash=False)
        return
    with tempfile.TemporaryDirectory(prefix="nonlin-") as folder:
        yield _stored(order, Path(folder))


def _results(
    executor: Executor, order: Order, sent: Any, chunks: Sequence[Chunk]
) -> Generator[tuple[Chunk, Ended], None, None]:
    waiting: dict[Future[Ended | None], Chunk] = {}
    try:
        for chunk in chunks:
            waiting[executor.submit(run_chunk, sent, chunk)] = chunk
        while waiting:  # a wait without end can miss a Ctrl-C that comes as it begins
            for future in wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED).done:
                chunk, ended = waiting.pop(future), future.result()
                if ended is None:  # a machine that does not see the files
                    waiting[executor.submit(run_chunk, order, chunk)] = chunk
                else:
                    yield chunk, ended
    finally:
        for future in waiting:
            future.cancel()


def run_chunk(sent: Order | Stored, chunk: Chunk) -> Ended | None:
    """In the worker: run these arms, one at a time; None if the rows are out of reach.

    Raises InputError if the worker has another version of nonlin.
    """
    needed = (sent.order if isinstance(sent, Stored) else sent).version
    if needed != nonlin.__version__:
        raise InputError("worker_version", given=nonlin.__version__, needed=needed)
    try:
        split = _restored(sent) if isinstance(sent, Stored) else sent.split
    except FileNotFoundError:
        return None
    return list(split.run(chunk, 1))


def _stored(order: Order, folder: Path) -> Stored:
    """The arrays go to disk, whatever else there is travels with each chunk."""
    arrays = order.split.arrays
    for number, array in enumerate(arrays):
        np.save(folder / f"{number}.npy", array, allow_pickle=False)
    return Stored(folder, len(arrays), replace(order, split=order.split.having(())))


@lru_cache(maxsize=1)  # the next chunk of a split needs the same
def _restored(stored: Stored) -> Shared:
    paths = [stored.folder / f"{number}.npy" for number in range(stored.arrays)]
    # mapped, so that all processes share the memory; "c", because compiled code tells
    # arrays that may be written to from others
    arrays = [np.asarray(np.load(path, mmap_mode="c")) for path in paths]
    return stored.order.split.having(arrays)
