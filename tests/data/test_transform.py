"""The plain transform gives what scikit-learn's own transformer gives, to the last bit."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from nonlin.data import prepare
from nonlin.data.dates import Dated
from nonlin.data.transform import from_fitted


def frame(count, seed, texts=("u", "v", None, "w")):
    random = np.random.default_rng(seed)
    numbers = random.normal(size=(2, count)) * [[1e-3], [1e6]]
    return pl.DataFrame(
        {
            "a": [None if at % 5 == 0 else x for at, x in enumerate(numbers[0])],
            "b": numbers[1],
            "c": random.choice(np.array(texts, object), count).tolist(),
            "when": [datetime(2024, 1, 1) + timedelta(hours=5 * at) for at in range(count)],
            "d": [f"rare{at}" if at < 5 else "often" for at in range(count)],
        },
        schema_overrides={"c": pl.String},
    )


@pytest.mark.parametrize("numeric", [[], ["a", "b"]])
@pytest.mark.parametrize("categorical", [[], ["c"], ["d", "c"]])
def test_the_same_as_scikit_learn(numeric, categorical):
    new = frame(50, 1, ("u", "never seen", None))
    times = [Dated("when", "datetime", ("hour",))]
    rows, other = (
        prepare._arranged(each, numeric, times, categorical) for each in (frame(300, 0), new)
    )
    judge = prepare._fitted(rows, len(numeric) + 1, len(categorical))
    found = from_fitted(judge)
    for given in (rows, other):
        assert np.array_equal(found.transform(given), judge.transform(given))
    assert found.width == len(judge.get_feature_names_out())
