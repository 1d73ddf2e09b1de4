"""The kind of task is guessed by shares: another sample of the same table, the same guess."""

import numpy as np
import pytest

from nonlin.tasks.task import infer

ROWS = 5190


def draws(name):
    """Targets of a population, (rows,)."""
    rng = np.random.default_rng(0)
    match name:
        case "visits":  # rare values at the end
            found = rng.poisson(rng.gamma(0.8, 2.0, ROWS))
            return found[found < 12]
        case "few visits":
            return rng.poisson(0.9, ROWS)
        case "digits":
            return rng.integers(0, 10, ROWS)
        case "marks":  # 3 to 9, the last one in five of them
            return rng.choice(
                np.arange(3, 10), ROWS, p=[0.004, 0.03, 0.32, 0.44, 0.17, 0.0355, 5e-4]
            )
        case "dollars":
            return np.where(rng.random(ROWS) < 0.2, 0, rng.lognormal(8, 1, ROWS).round())
        case "hundreds":
            return np.where(rng.random(ROWS) < 0.2, 0, 100 * rng.poisson(rng.gamma(2, 10, ROWS)))
        case "hires":
            return rng.poisson(rng.gamma(1.5, 60, ROWS))
    raise ValueError(name)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("visits", "counts"),
        ("few visits", "counts"),
        ("digits", "multiclass"),
        ("marks", "regression"),
        ("dollars", "positive"),
        ("hundreds", "positive"),
        ("hires", "counts"),
    ],
)
def test_another_sample_is_guessed_alike(name, kind):
    target = draws(name)
    found = {infer(target, "y").kind}
    for seed in range(10):
        sample = np.random.default_rng(seed).permutation(target)[:4000]
        found.add(infer(sample, "y").kind)
    assert found == {kind}


def test_a_far_number_among_few_costs_no_memory():
    target = np.repeat([0, 1, 2, 3, 4, 10**12], [300, 200, 100, 50, 20, 10])
    assert infer(target, "y").kind == "multiclass"
