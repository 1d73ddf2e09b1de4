"""The points at which every target is held against mpmath."""

import numpy as np

from nonlin.activation import Activation

MAGNITUDES = (0.0, 1e-8, 1.0, 30.0, 1000.0, np.inf)


def points(activation: Activation, dtype: str) -> np.ndarray:
    """0, 1e-8, 1, 30, 1000, inf with both signs, NaN, and one ulp around every breakpoint."""
    kind = np.dtype(dtype).type
    values = [kind(sign * size) for size in MAGNITUDES for sign in (1, -1)]
    for kink in activation.properties.breakpoints:
        at = kind(kink)
        values += [at, np.nextafter(at, kind(-np.inf)), np.nextafter(at, kind(np.inf))]
    return np.array([*values, np.nan], dtype)


def ulps(got: np.ndarray, true: list, dtype: str) -> np.ndarray:
    """|got - true| in units of the last place of the true value; 0 where both are the same."""
    errors = []
    for value, exact in zip(got, true, strict=True):
        if value == exact or (np.isnan(value) and exact != exact):
            errors.append(0.0)
        elif not np.isfinite(value) or not np.isfinite(float(exact)):
            errors.append(np.inf)
        else:
            place = np.spacing(np.abs(np.dtype(dtype).type(float(exact))))
            errors.append(float(abs(float(value) - exact) / float(place)))
    return np.array(errors)
