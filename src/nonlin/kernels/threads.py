"""How many threads nonlin uses."""

from __future__ import annotations

import operator
import os
from functools import cache

from nonlin._errors import InputError
from nonlin.kernels.pool import MOST, Team


@cache
def own() -> Team:
    """The threads that share our arrays: as many as CPUs that this process may use, at first."""
    if hasattr(os, "sched_getaffinity"):
        return Team(min(len(os.sched_getaffinity(0)), MOST))
    return Team(min(os.cpu_count() or 1, MOST))


def get_threads() -> int:
    """How many threads nonlin uses at most: see `set_threads`."""
    return own().limit


def set_threads(count: int) -> None:
    """Use at most so many threads, for long arrays and for networks trained side by side.

    At first there are as many as CPUs that the process may use. No result depends on it. Tensors
    of PyTorch go by `torch.set_num_threads` instead. Raises InputError for anything but a whole
    number from 1 to 512.
    """
    try:
        value = operator.index(count)
    except TypeError:
        value = 0
    if isinstance(count, bool) or not 1 <= value <= MOST:
        raise InputError("threads", given=repr(count), most=MOST)
    own().limit = value
