"""Groups are never torn apart, and nothing is learnt from the future."""

import numpy as np
import polars as pl
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.choose.journal import path_for
from nonlin.choose.prepared import rows_of
from nonlin.cli import run
from nonlin.data.roles import roles
from nonlin.data.split import split_groups, split_time
from nonlin.data.table import from_memory
from nonlin.tasks.task import infer

RNG = np.random.default_rng(0)
TINY = {"activations": ["relu", "tanh"], "rates": [3e-3], "seeds": 2, "hidden": (4,)}
ROWS = 120
PERSON = np.array([f"p{k}" for k in RNG.integers(0, 12, ROWS)])
X = RNG.standard_normal((ROWS, 3))
Y = X[:, 0] + RNG.standard_normal(ROWS)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("classes", [1, 3])
def test_groups_stay_together(seed, classes):
    strata = RNG.integers(0, classes, ROWS)
    groups = RNG.integers(0, 15, ROWS)
    parts = split_groups(strata, groups, seed)
    rows = [parts.train, parts.validation, parts.test]
    assert np.array_equal(np.sort(np.concatenate(rows)), np.arange(ROWS))
    members = [set(groups[part]) for part in rows]
    assert not members[0] & members[1] | members[0] & members[2] | members[1] & members[2]
    assert 0.35 * ROWS < len(parts.train) < 0.8 * ROWS
    again = split_groups(strata, groups, seed)
    assert np.array_equal(again.test, parts.test)


def dealt(kind, count, sizes=None, seeds=40):
    """Groups, and the split of each seed; classes are spread very unevenly over the groups."""
    random = np.random.default_rng(1)
    groups = np.repeat(np.arange(count), 20 if sizes is None else sizes)
    shares = random.random(count)[groups]
    strata = (random.random(len(groups)) < shares) * (kind == "classes")
    return strata, groups, [split_groups(strata, groups, seed) for seed in range(seeds)]


@pytest.mark.parametrize("kind", ["classes", "quantities"])
@pytest.mark.parametrize(("count", "distinct"), [(6, 6), (40, 40)])
def test_other_seeds_test_other_groups(kind, count, distinct):
    _, groups, found = dealt(kind, count)
    tests = [np.isin(np.arange(len(groups)), parts.test) for parts in found]
    assert len({tuple(test) for test in tests}) >= distinct
    pairs = [(a & b).sum() / a.sum() for k, a in enumerate(tests) for b in tests[:k]]
    assert np.mean(pairs) == pytest.approx(0.2, abs=0.04)  # as two random fifths


@pytest.mark.parametrize("kind", ["classes", "quantities"])
def test_a_large_group_is_tested_as_often_as_a_small_one(kind):
    sizes = np.tile([5, 45], 20)
    _, groups, found = dealt(kind, 40, sizes, seeds=100)
    tested = np.mean([np.isin(np.arange(40), groups[parts.test]) for parts in found], axis=0)
    assert tested[::2].mean() == pytest.approx(0.2, abs=0.03)
    assert tested[1::2].mean() == pytest.approx(0.2, abs=0.03)


def test_parts_keep_their_shares_as_groups_allow():
    strata, _, found = dealt("classes", 40)
    for parts in found:
        rows = (parts.train, parts.validation, parts.test)
        for part, share in zip(rows, (0.6, 0.2, 0.2), strict=True):
            assert len(part) / len(strata) == pytest.approx(share, abs=0.08)
        assert strata[parts.train].mean() == pytest.approx(strata.mean(), abs=0.06)


@pytest.mark.parametrize(
    ("sizes", "allowed"),
    [((44, *[8] * 7), {16, 24, 32, 40}), ((38, 38, 8, 8, 8), {16, 38})],
)
def test_parts_below_half_or_above_twice_their_share_are_put_back(sizes, allowed):
    """8 rows are too few to be tested, and 44 too many."""
    groups = np.repeat(np.arange(len(sizes)), sizes)
    for seed in range(30):
        parts = split_groups(np.zeros(100, int), groups, seed)
        assert {len(parts.validation), len(parts.test)} <= allowed


def test_groups_of_one_row_give_each_part_exactly_its_share():
    for seed in range(20):
        parts = split_groups(np.zeros(20, int), np.arange(20), seed)
        assert [len(rows) for rows in (parts.train, parts.validation, parts.test)] == [12, 4, 4]


def test_a_rare_class_is_spread_more_evenly_than_by_chance():
    """It is in ten of forty groups: their share in training would spread by 0.155."""
    groups = np.repeat(np.arange(40), 10)
    rare = (groups % 4 == 0) & (np.arange(400) % 10 < 3)
    found = [split_groups(rare.astype(int), groups, seed).train for seed in range(40)]
    shares = [rare[rows].sum() / rare.sum() for rows in found]
    assert np.mean(shares) == pytest.approx(0.6, abs=0.05)
    assert np.std(shares) < 0.13


@pytest.mark.parametrize("seed", range(20))
def test_every_class_is_in_training_and_no_part_is_empty(seed):
    groups = np.repeat(np.arange(5), 10)
    strata = np.where(groups < 2, groups, 2)  # two classes are in one group each
    parts = split_groups(strata, groups, seed)
    assert set(strata[parts.train]) == {0, 1, 2}
    lopsided = split_groups(np.zeros(100, int), np.repeat([0, 1, 2], [90, 5, 5]), seed)
    assert len(lopsided.test) > 0 < len(lopsided.validation)
    final = split_groups(strata, groups, seed, (0.8, 0.2, 0.0))
    assert len(final.test) == 0 < len(final.validation)


def test_groups_that_are_the_classes_cannot_be_split():
    groups = np.repeat(np.arange(4), 10)
    with pytest.raises(InputError, match="classes need to occur in several groups"):
        split_groups(groups, groups, 0)


@pytest.mark.parametrize("seed", range(5))
def test_time_goes_on(seed):
    times = RNG.permutation(ROWS) // 3  # three rows at each time, in no order
    parts = split_time(times, seed)
    train, validation, test = (times[rows] for rows in (parts.train, parts.validation, parts.test))
    assert train.max() < validation.min() <= validation.max() < test.min()
    assert len(parts.train) > len(parts.test) > 0
    assert train.min() == 0


def test_rounds_forecast_from_several_origins():
    times = np.arange(200)
    ends = [int(split_time(times, seed).test.max()) for seed in range(60)]
    assert len(set(ends[:8])) > 5
    assert 139 <= min(ends) < 150  # in the last 30 % of the rows
    assert 190 < max(ends) <= 199
    whole = split_time(times, 0, (0.8, 0.2, 0.0))
    assert len(whole.train) + len(whole.validation) == 200
    assert len(whole.test) == 0


def test_a_column_of_a_frame_is_no_feature():
    frame = pl.DataFrame(X, schema=["a", "b", "c"]).with_columns(person=pl.Series(PERSON))
    result = nl.choose(frame, Y, group="person", **TINY)
    assert result.columns == 3
    assert any("12 groups" in str(note) for note in result.notes)
    table = from_memory(frame, Y, {"group": "person"})
    assert table.roles.group.max() == 11
    assert "person" not in table.features.columns


def test_values_beside_the_rows():
    result = nl.choose(X, Y, time=np.arange(ROWS) * 0.5, **TINY)
    assert any("another origin" in str(note) for note in result.notes)
    table = from_memory(X, Y, {"time": np.arange(ROWS)})
    data = rows_of(table, infer(table.target, "y"), 3)
    assert len(data.test[0]) > 10


@pytest.mark.parametrize(
    "times",
    [
        [f"2024-{k // 28 + 1:02d}-{k % 28 + 1:02d}" for k in range(ROWS)],
        pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 4, 29), eager=True),
        *(np.arange(ROWS).astype(f"datetime64[{unit}]") for unit in ("D", "h", "s", "ns")),
        np.arange(ROWS).astype("timedelta64[s]"),
    ],
    ids=["text", "dates", "days", "hours", "seconds", "nanoseconds", "durations"],
)
def test_times_as_people_have_them(times):
    table = from_memory(X, Y, {"time": times})
    assert np.array_equal(table.roles.time, np.arange(ROWS))


def test_rows_without_target_take_their_role_along():
    y = Y.copy()
    y[::4] = np.nan
    table = from_memory(X, y, {"group": PERSON})
    names = np.unique(PERSON)
    kept = PERSON[np.isfinite(y)]
    found = np.array(sorted(names))[table.roles.group]
    assert np.array_equal(found, kept)


def test_a_run_with_other_groups_has_another_journal(tmp_path):
    task = infer(Y, "y")
    rules = nl.choose(X, Y, **TINY).plan
    paths = {
        path_for(tmp_path, from_memory(X, Y, special), task, rules)
        for special in ({}, {"group": PERSON}, {"group": PERSON[::-1]}, {"time": np.arange(ROWS)})
    }
    assert len(paths) == 4


@pytest.mark.parametrize(
    ("special", "said"),
    [
        ({"group": PERSON, "time": np.arange(ROWS)}, "not both"),
        ({"group": PERSON[:5]}, "5 values"),
        ({"group": ["a", None] * (ROWS // 2)}, "gaps"),
        ({"group": ["a", "b"] * (ROWS // 2)}, "2 groups"),
        ({"group": "b"}, "no column 'b'"),
        ({"group": np.zeros((ROWS, 2))}, "shape"),
        ({"time": ["soon"] * ROWS}, "'soon'"),
        ({"time": np.zeros(ROWS)}, "1 different times"),
        ({"time": np.full(ROWS, np.nan)}, "gaps"),
    ],
)
def test_refusals(special, said):
    with pytest.raises(InputError, match=said):
        nl.choose(X, Y, **special, **TINY)


def test_groups_that_are_too_large():
    with pytest.raises(InputError, match="no rows"):
        split_time(np.array([0] * 50 + [1, 2]), 0)


def test_on_the_command_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("NONLIN_LANG", "en")
    path = tmp_path / "sales.csv"
    frame = pl.DataFrame(X, schema=["a", "b", "c"])
    frame = frame.with_columns(person=pl.Series(PERSON), price=pl.Series(Y)).with_columns(
        day=pl.Series([f"2024-{k // 28 + 1:02d}-{k % 28 + 1:02d}" for k in range(ROWS)])
    )
    frame.write_csv(path)
    tiny = ["-t", "price", "-a", "relu,tanh", "--seeds", "2", "--hidden", "4", "-q", "--why"]
    assert run(["choose", str(path), "--group", "person", *tiny]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "never in two parts" in out
    assert "columns: 4" in out
    assert run(["choose", str(path), "--time", "day", *tiny]) == 0
    assert "test rows" in capsys.readouterr().out
    assert run(["choose", str(path), "--weights", "c", *tiny]) == 2
    assert "positive" in capsys.readouterr().err
    for wrong in (["--group", "persn"], ["--time", "person"], ["--group", "price"]):
        assert run(["choose", str(path), *wrong, *tiny]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


KINDS = ["regression", "robust", "positive", "counts", "proportion:0,1", "quantiles", "ordinal"]


@pytest.mark.parametrize("kind", [*KINDS, "binary", "multiclass", "multilabel"])
def test_a_row_of_weight_three_is_three_rows(kind):
    random = np.random.default_rng(1)
    rows = 61  # odd, also with the repeated ones: a median is a value
    weights = random.integers(1, 4, rows)
    weights[0] += (weights.sum() + 1) % 2
    target = {
        "proportion:0,1": random.random(rows),
        "positive": random.random(rows),
        "counts": random.poisson(2, rows),
        "ordinal": random.integers(0, 4, rows),
        "binary": random.integers(0, 2, rows),
        "multiclass": random.integers(0, 3, rows),
        "multilabel": random.integers(0, 2, (rows, 2)),
    }.get(kind, random.standard_normal(rows))
    task = infer(target, "y", None if kind == "multilabel" else kind)
    encoded = task.encode(target)
    logits = random.standard_normal((rows, task.outputs))
    often = np.repeat(np.arange(rows), weights)
    found = task.judge(logits, encoded, weights.astype(float))
    expected = task.judge(logits[often], encoded[often])
    close = {"rel": 0.02} if kind == "quantiles" else {"rel": 1e-9}  # between two values
    assert found[0] == pytest.approx(expected[0], **close)
    if expected[1] is not None:
        assert found[1] == pytest.approx(expected[1])


def test_weights_decide_what_is_learnt():
    x = np.linspace(-1, 1, 200)[:, None]
    y = np.where(np.arange(200) % 2, 1.0, 3.0) + 0.01 * RNG.standard_normal(200)
    heavy = np.where(y > 2, 50.0, 1.0)
    options = TINY | {"rates": [1e-2]}
    plain, weighted = nl.choose(x, y, **options), nl.choose(x, y, weights=heavy, **options)
    assert plain.predict(x).mean() == pytest.approx(2.0, abs=0.15)
    assert weighted.predict(x).mean() == pytest.approx(2.96, abs=0.15)
    assert any("weights" in str(note) for note in weighted.notes)
    assert weighted.baseline.constant.value == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (np.zeros(ROWS), "positive"),
        (np.full(ROWS, np.inf), "positive"),
        (["much"] * ROWS, "much"),
        (-np.ones(ROWS), "holds -1"),
    ],
)
def test_weights_that_are_none(weights, said):
    with pytest.raises(InputError, match=said):
        nl.choose(X, Y, weights=weights, **TINY)


@pytest.mark.parametrize("role", ["group", "time"])
def test_three_groups_or_times_are_enough(role):
    assert getattr(roles({role: (role, [5, 7, 9, 9])}, 4), role).tolist() == [0, 1, 2, 2]
    for count, given in ((2, [1, 1, 2]), (1, [1, 1, 1]), (0, [])):
        with pytest.raises(InputError, match=f"has {count} .* at least 3 are needed"):
            roles({role: (role, np.array(given))}, len(given))


def test_the_first_value_that_will_not_do_is_named():
    for role, given, said in (
        ("weights", [1.0, -2.0, 3.0, -4.0], "-2"),
        ("time", ["2024-01-01", "soon", "2024-01-02", "later"], "'soon'"),
        ("time", [False, True, True, True], "False"),
    ):
        with pytest.raises(InputError, match=said):
            roles({role: (role, given)}, 4)
