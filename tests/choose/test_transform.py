"""The plain transform gives what scikit-learn's own transformer gives, to the last bit."""

import numpy as np
import polars as pl
import pytest

from nonlin.choose import prepare
from nonlin.choose.transform import from_fitted


def frame(count, seed, texts=("u", "v", None, "w")):
    random = np.random.default_rng(seed)
    numbers = random.normal(size=(2, count)) * [[1e-3], [1e6]]
    return pl.DataFrame(
        {
            "a": [None if at % 5 == 0 else x for at, x in enumerate(numbers[0])],
            "b": numbers[1],
            "c": random.choice(np.array(texts, object), count).tolist(),
            "d": [f"rare{at}" if at < 5 else "often" for at in range(count)],
        },
        schema_overrides={"c": pl.String},
    )


@pytest.mark.parametrize("numeric", [[], ["a", "b"]])
@pytest.mark.parametrize("categorical", [[], ["c"], ["d", "c"]])
def test_the_same_as_scikit_learn(numeric, categorical):
    if not numeric and not categorical:
        return
    rows = prepare._filled(frame(300, 0).select(*numeric, *categorical))
    judge = prepare._transformer(numeric, categorical, 300)
    judge.fit(rows)
    found = from_fitted(judge)
    new = frame(50, 1, ("u", "never seen", None)).select(*numeric, *categorical)
    for given in (rows, prepare._filled(new)):
        assert np.array_equal(found.transform(given), judge.transform(given))
    assert found.width == len(judge.get_feature_names_out())
