"""Fit the polynomials that the kernels use and write them to the package.

    python tools/fit_coefficients.py

Every polynomial is a Chebyshev interpolation in mpmath at 60 digits, cut at the degree that
the precision needs. The normal tail for libraries, which have no fused multiply-add, is a ratio
instead, of fewer terms, all above 0.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import wrap

import numpy as np
from mpmath import chebyfit, erfc, expm1, mp, mpf, pi, sqrt

mp.dps = 60
TARGET = Path(__file__).parents[1] / "src/nonlin/expr/coefficients.py"
INDENTED = {"initial_indent": " " * 8, "subsequent_indent": " " * 8}
RATIO_INDENTED = {"initial_indent": " " * 4, "subsequent_indent": " " * 5}
RATIO_UP_TO = 15.0  # beyond, the tail is below the least subnormal of float32
PRECISIONS = {"single": 27, "middle": 40, "double": 57, "pair": 78}
TAIL_CENTRE = {
    "single": 0.75,
    "middle": 0.3125,
    "double": 0.3125,
    "pair": 0.3125,
}  # exact in every format


def exponential(r: mpf) -> mpf:
    """(exp(r) - 1 - r) / r^2"""
    if abs(r) < mpf("1e-15"):
        return mpf(1) / 2 + r / 6
    with mp.workdps(100):
        return +((expm1(r) - r) / r**2)


def logarithm(w: mpf) -> mpf:
    """(atanh(s)/s - 1) / s^2 with w = s^2: log(1 + f) = 2 atanh(f / (2 + f))"""
    return sum((w**k / (2 * k + 3) for k in range(90)), mpf(0))


def log1p(u: mpf) -> mpf:
    """log(1 + u) / u"""
    return mp.log1p(u) / u if u else mpf(1)


def arctangent(w: mpf) -> mpf:
    """(atan(v)/v - 1) / v^2 with w = v^2"""
    return sum(((-1) ** (k + 1) * w**k / (2 * k + 3) for k in range(160)), mpf(0))


def sine(w: mpf) -> mpf:
    """(sin(r)/r - 1) / r^2 with w = r^2"""
    return sum(((-1) ** (k + 1) * w**k / mp.factorial(2 * k + 3) for k in range(30)), mpf(0))


def cosine(w: mpf) -> mpf:
    """(cos(r) - 1 + r^2/2) / r^4 with w = r^2"""
    return sum(((-1) ** k * w**k / mp.factorial(2 * k + 4) for k in range(30)), mpf(0))


def error_function(w: mpf) -> mpf:
    """erf(u)/u with w = u^2"""
    if w < mpf("1e-30"):
        return 2 / sqrt(pi) * (1 - w / 3)
    return mp.erf(sqrt(w)) / sqrt(w)


def tail(c: mpf) -> Callable[[mpf], mpf]:
    """erfcx(a / sqrt 2) / (2 t) in s = 2 t - 1, with t = 1/(1 + c a)"""

    def ratio(s: mpf) -> mpf:
        t = (s + 1) / 2
        a = (1 / t - 1) / c
        if a > 60:  # asymptotic series
            terms = [mpf(1)]
            for k in range(1, 40):
                terms.append(-terms[-1] * (2 * k - 1) / a**2)
            return sum(terms, mpf(0)) / (a * sqrt(2 * pi) * t)
        return erfc(a / sqrt(2)) * mp.exp(a * a / 2) / (2 * t)

    return ratio


def tail_ratio(terms: int, farthest: float) -> tuple[list[float], list[float]]:
    """Numerator and denominator, constant first, of P(z > a) exp(a^2 / 2), for a up to `farthest`.

    Linear least squares again and again, heavier where the relative error was large.
    """
    t = 1 / (1 + 0.75 * farthest)
    a = (2 / ((1 + t) + (1 - t) * np.cos(np.linspace(0, np.pi, 400))) - 1) / 0.75
    true = np.array([float(erfc(mpf(x) / sqrt(2)) * mp.exp(mpf(x) ** 2 / 2) / 2) for x in a])
    powers, below, weight = (
        np.vander(a, terms + 1, increasing=True),
        np.ones_like(a),
        np.ones_like(a),
    )
    found: list[tuple[float, np.ndarray]] = []
    for _ in range(400):
        scale = np.sqrt(weight) / (true * below)
        columns = np.hstack([powers[:, :terms], -true[:, None] * powers[:, 1:]]) * scale[:, None]
        length = np.linalg.norm(columns, axis=0)
        solved = np.linalg.lstsq(columns / length, true * scale)[0] / length
        below = 1 + powers[:, 1:] @ solved[terms:]
        error = np.abs(powers[:, :terms] @ solved[:terms] / below / true - 1)
        found.append((float(error.max()), solved))
        weight = weight * np.sqrt(error / error.mean() + 1e-3)
        weight /= weight.mean()
    error, solved = min(found, key=lambda each: each[0])
    print("single normal tail as a ratio", error)
    return solved[:terms].tolist(), [1.0, *solved[terms:].tolist()]


def fit(function: Callable[[mpf], mpf], low: object, high: object, bits: int) -> list[mpf]:
    """Coefficients, constant first, of the shortest polynomial within 2^-bits of the function."""
    low, high = mpf(low), mpf(high)
    scale = max(abs(function(low)), abs(function(high)))
    for terms in range(2, 60):
        coefficients, error = chebyfit(function, [low, high], terms, error=True)
        if error < scale * mpf(2) ** -bits:
            return list(reversed(coefficients))
    raise ValueError(f"{function.__name__} needs more than 60 terms")


def spelled(coefficients: list[mpf], precision: str, reach: mpf) -> str:
    """As Python literals: floats, or pairs of floats whose sum is the coefficient.

    A term that is small against the first needs no second word, anywhere up to `reach`.
    """
    least = abs(coefficients[0]) * mpf(2) ** -24
    large = [k for k, c in enumerate(coefficients) if abs(c) * reach**k >= least]
    leading = max(large) + 1 if precision == "pair" else 0
    words = [f"({float(c)!r}, {float(c - mpf(float(c)))!r})" for c in coefficients[:leading]]
    return ", ".join([*words, *(repr(float(c)) for c in coefficients[leading:])])


def table(bits: int, precision: str) -> dict[str, tuple[list[mpf], mpf]]:
    """All polynomials for one precision, each with the largest argument it meets."""
    half_ln2 = mp.log(2) / 2 * mpf("1.001")
    s = (sqrt(2) - 1) / (sqrt(2) + 1)
    quarter = (pi / 4) ** 2 * mpf("1.001")
    v = mp.tan(pi / 8) ** 2 * mpf("1.001")
    c = mpf(TAIL_CENTRE[precision])
    farthest = {"single": 15, "middle": 15, "double": 39, "pair": 39}[precision]
    ranges = {
        # leading parts are exact, so these need fewer bits than the result
        "exponential": (exponential, -half_ln2, half_ln2, bits - 5),
        "log1p": (log1p, 0, 1, bits),
        "logarithm": (logarithm, 0, s**2 * mpf("1.001"), bits - 5),
        "arctangent": (arctangent, 0, v, bits - 2),
        "sine": (sine, 0, quarter, bits - 2),
        "cosine": (cosine, 0, quarter, bits - 4),
        "error_function": (error_function, 0, 1, bits),
        "normal_tail": (tail(c), 2 / (1 + c * farthest) - 1, 1, bits - 1),
    }
    if precision == "pair":  # too long: a logarithm with reduction is as quick
        del ranges["log1p"]
    return {name: (fit(*arguments), mpf(arguments[2])) for name, arguments in ranges.items()}


def main() -> None:
    """Fit everything and write the module."""
    lines = [
        '"""Polynomial coefficients, constant first. Written by tools/fit_coefficients.py."""',
        "",
        "from typing import Any",
        "",
        "# fmt: off",
        f"TAIL_CENTRE = {TAIL_CENTRE}",
        "",
    ]
    for precision, bits in PRECISIONS.items():
        lines.append(f"{precision.upper()} = {{")
        for name, (coefficients, reach) in table(bits, precision).items():
            print(precision, name, len(coefficients))
            lines.append(f'    "{name}": (')
            lines += wrap(spelled(coefficients, precision, reach) + ",", 98, **INDENTED)
            lines.append("    ),")
        lines.append("}")
    lines.append(f"TAIL_RATIO_UP_TO = {RATIO_UP_TO}")
    lines.append("TAIL_RATIO = (  # of single precision: above, below")
    for part in tail_ratio(5, RATIO_UP_TO):
        lines += wrap(f"({', '.join(map(repr, part))}),", 98, **RATIO_INDENTED)
    lines.append(")")
    tables = ", ".join(f'"{precision}": {precision.upper()}' for precision in PRECISIONS)
    lines += ["TABLES: dict[str, dict[str, Any]] = {", f"    {tables}", "}", "# fmt: on"]
    TARGET.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
