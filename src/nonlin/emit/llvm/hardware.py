"""What of a CPU the code depends on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hardware:
    """The bytes of a vector, and whether AVX-512 instructions may be used."""

    vector_bytes: int
    avx512: bool = False
