"""How right the activations of other libraries are on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nonlin._callable import make_callable

if TYPE_CHECKING:
    from nonlin.audit.results import Audit

LEAST = 0.5  # ULP: no rounding is better

__all__ = ["audit"]


def audit(
    *libraries: str,
    names: str | Sequence[str] | None = None,
    exhaustive: bool = False,
    ulp: float | None = None,
    on_progress: Callable[[int, int, str], None] | None = None,
) -> Audit:
    """How right the activations of these libraries are on this machine: f, and f' by autograd.

    libraries: of torch, jax, keras, onnxruntime and nonlin. names: ours or theirs; all that the
    catalogue knows if not given. Inputs are all numbers of float16 and bfloat16, and 2.6 million
    of float32; exhaustive: all of these, which takes minutes for each function. A fault is an
    error above `ulp` units in the last place (16 in float32 and 4 in the formats of 16 bits, if
    not given), a NaN or infinity that should not be there, a limit at an infinity that is not
    kept, or a NaN that gets lost. What is a convention is none: slopes at a kink and at NaN, the
    sign of a zero, numbers below the smallest normal one (in float16 these count), an error that
    is small beside 1 around a zero of f'. Each fault is run again at one x and
    confirmed by mpmath, and has three lines that show it. on_progress is called with (blocks
    done, blocks in all, name). Ctrl-C ends it with the functions that are done. Raises InputError
    for a library that is not known or not installed, and for a name that it has not.
    """
    from nonlin import checks
    from nonlin._errors import InputError
    from nonlin._public import needs
    from nonlin.audit.libraries import LIBRARIES, library

    if not libraries:
        from nonlin._text import listed

        raise InputError("audit_nothing", allowed=listed(LIBRARIES))
    found = dict.fromkeys(map(library, libraries))
    wanted = [(each, each.wanted(names)) for each in found]
    needs("mpmath")
    from nonlin.audit.audited import ALLOWED, Run

    allowed = dict(ALLOWED)
    if ulp is not None:
        allowed = dict.fromkeys(ALLOWED, checks.number("ulp", ulp, LEAST))
    return Run(wanted, allowed, exhaustive, on_progress or (lambda *_: None)).audit()


make_callable(__name__)
