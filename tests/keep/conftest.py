"""Finished choices to save: classes of a table with text and gaps, and a quantity."""

import numpy as np
import polars as pl
import pytest

import nonlin as nl

OPTIONS = {"quick": True, "rates": [0.01], "seeds": 2}


def rows(count=240):
    """Sizes with gaps, shops, and codes that are numbers as well as text."""
    random = np.random.default_rng(0)
    size = random.normal(size=count)
    shop = random.choice(["north", "south", "east"], count)
    frame = pl.DataFrame(
        {
            "size": [None if at % 9 == 0 else value for at, value in enumerate(size)],
            "shop": [None if at % 11 == 0 else value for at, value in enumerate(shop)],
            "code": [str(at % 3) if at % 7 else "x" for at in range(count)],
        }
    )
    return frame, size + (shop == "north")


@pytest.fixture(scope="session")
def table():
    frame, amount = rows()
    return frame, amount, np.where(amount > 0.3, "large", "small")


@pytest.fixture(scope="session")
def classes(table):
    frame, _, kind = table
    return nl.choose(frame, kind, activations=["mish"], hidden=(64, 64), **OPTIONS)


@pytest.fixture(scope="session")
def numbers(table):
    frame, amount, _ = table
    own = nl.activation("own", "x * sigmoid(beta * x)", beta=1.5)
    return nl.choose(frame, amount, activations=[own], hidden=(64,), **OPTIONS)


@pytest.fixture(params=["classes", "numbers"])
def result(request):
    return request.getfixturevalue(request.param)
