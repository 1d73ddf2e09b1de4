"""At which numbers functions are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from nonlin.audit.tally import BFLOAT16, FLOAT16, FLOAT32, Array, Format

BLOCK = 1 << 16  # numbers at a time: what they need fits in a second-level cache
BLOCKS = (1 << 32) // BLOCK
COARSE, FINE = 4099, 127  # the sample: every 4099th bit pattern; every 127th in 1/16 <= |x| < 128


def halves(kind: Format) -> Array:
    """All numbers of a format of 16 bits, as float32."""
    patterns = np.arange(BLOCK, dtype=np.uint16)
    if kind is FLOAT16:
        return patterns.view(np.float16).astype(np.float32)
    return (patterns.astype(np.uint32) << 16).view(np.float32)


def narrowed(x: Array, kind: str) -> Array:
    """Float32 numbers in a format that has room for them."""
    if kind == "bfloat16":
        import ml_dtypes

        return x.astype(ml_dtypes.bfloat16)
    return x.astype(kind, copy=False)


@cache
def sample() -> Array:
    """Float32 numbers of all sizes, more where functions bend, and all of 16 bits."""
    start, stop = np.array([1 / 16, 128], np.float32).view(np.uint32).tolist()
    patterns = [np.arange(0, 1 << 32, COARSE)]
    patterns += [np.arange(start, stop, FINE) + sign for sign in (0, 1 << 31)]
    single = np.concatenate(patterns).astype(np.uint32).view(np.float32)
    return np.concatenate([single, *map(halves, (FLOAT16, BFLOAT16))])


def blocks(kind: Format, exhaustive: bool) -> Iterator[Array]:
    """Float32 arrays of one length: all numbers of 16 bits; of float32 the sample, or all.

    Where 1.2e-38 is the smallest normal number, 0 stands for what is smaller: processors and
    libraries take such inputs for 0 on purpose.
    """
    if kind is not FLOAT32:
        yield _without_subnormals(halves(kind)) if kind is BFLOAT16 else halves(kind)
        return
    if not exhaustive:
        known = sample()
        padded = np.resize(known, -(-len(known) // BLOCK) * BLOCK)
        yield from _without_subnormals(padded).reshape(-1, BLOCK)
        return
    yield from map(block, range(BLOCKS))


def block(number: int) -> Array:
    """The bit patterns of float32 from that multiple of BLOCK on."""
    patterns = np.arange(BLOCK, dtype=np.uint32) + np.uint32(number * BLOCK)
    return _without_subnormals(patterns.view(np.float32))


def _without_subnormals(x: Array) -> Array:
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(x) < FLOAT32.least, np.copysign(np.float32(0), x), x)
