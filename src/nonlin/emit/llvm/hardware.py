"""What of a machine the code depends on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hardware:
    """The bytes of a vector, and what the machine can do.

    avx512: its instructions may be used. fused: multiply and add round once; where they do not,
    only float32 kernels are as accurate as they are said to be. masks: it loads and stores some
    lanes of a vector as quickly as all. count_bits: of the integer that says how long arrays are.
    at_once: vectors of float32 numbers in a block: one is worked on while another has to wait.
    """

    vector_bytes: int
    avx512: bool = False
    fused: bool = True
    masks: bool = True
    count_bits: int = 64
    at_once: int = 1
