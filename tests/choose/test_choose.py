"""The main job, end to end, with as little training as shows that it works."""

import inspect
import pydoc
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_diabetes, load_iris

import nonlin as nl
from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.choose import choose_file
from nonlin.choose.options import OPTIONS
from nonlin.choose.verdict import verdict
from nonlin.trials.scores import by_candidate
from nonlin.trials.statistics import half_width

TINY = {
    "hidden": (8,),
    "activations": ["relu", "tanh", "gelu"],
    "full": True,
    "seeds": 2,
}
IRIS = load_iris(return_X_y=True)


def numbers(result):
    """Everything that must not depend on threads or on the clock."""
    timed = ("ns_per_element", "seconds_per_network")
    return result.table.drop(timed).to_dicts(), result.network.parameters.tolist()


@pytest.fixture(scope="module")
def iris():
    return nl.choose(*IRIS, rates=[0.003, 0.01], **TINY)


def write_table(path, rows=120):
    """Numbers with gaps, text with gaps, a date, an id, a constant, and a target they decide."""
    random = np.random.default_rng(0)
    size = random.normal(size=rows)
    colour = random.choice(["red", "green", "blue"], rows)
    frame = pl.DataFrame(
        {
            "id": [f"customer {k}" for k in range(rows)],
            "size": [None if k % 10 == 0 else round(v, 4) for k, v in enumerate(size)],
            "colour": [None if k % 15 == 0 else c for k, c in enumerate(colour)],
            "since": pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 4, 29), eager=True)[:rows],
            "country": ["here"] * rows,
            "y": np.where((size > 0) ^ (colour == "red"), "buys", "leaves"),
        }
    )
    frame.write_csv(path)
    return frame


def test_iris(iris):
    assert iris.task.kind == "multiclass"
    assert set(iris.table["activation"]) == {"relu", "tanh", "gelu"}
    assert iris.table["score"].is_sorted(descending=True)
    assert iris.table["score"].min() > 0.8
    assert iris.recommendation.label in iris.tied
    assert iris.table.filter("recommended")["activation"].to_list() == [iris.recommendation.label]
    assert not iris.interrupted


def test_every_network_was_really_trained(iris):
    outcomes = iris.race.scores.outcomes
    assert len(outcomes) == 3 * 2 * 2 == iris.networks_planned == iris.networks_trained
    assert all(outcome.seconds > 0 for outcome in outcomes)
    losses = [outcome.loss for outcome in outcomes]
    assert len(set(losses)) == len(losses)  # no two alike
    assert max(losses) < np.log(3)  # better than guessing


def test_the_rate_is_chosen_on_validation_rows_only(iris):
    """Whatever the test scores say, the choice of the rate stays."""
    scores = iris.race.scores
    flipped = replace(
        scores,
        rounds=tuple(
            replace(
                each, outcomes={a: replace(o, claimed=-o.claimed) for a, o in each.outcomes.items()}
            )
            for each in scores.rounds
        ),
    )
    for arms in by_candidate(scores.arms).values():
        means = [np.mean([each.outcomes[arm].loss for each in iris.race.rounds]) for arm in arms]
        assert scores.best(arms) == flipped.best(arms) == arms[int(np.argmin(means))]
    rates = {row.label: row.rate for row in iris.standings}
    assert rates == {
        arms[0].candidate.activation.name: scores.best(arms).setting
        for arms in by_candidate(scores.arms).values()
    }


def test_the_network_that_comes_back_predicts(iris):
    X, y = IRIS
    assert iris.network.hidden[0].name == iris.recommendation.label
    assert np.mean(iris.predict(X) == y) > 0.9
    assert iris.predict(X[:2].tolist()).shape == (2,)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_same_seed_gives_the_same_result_for_any_number_of_threads(iris, threads):
    again = nl.choose(*IRIS, rates=[0.003, 0.01], threads=threads, **TINY)
    assert numbers(again) == numbers(iris)
    assert again.recommendation.label == iris.recommendation.label


def test_another_seed_gives_another_result(iris):
    assert numbers(nl.choose(*IRIS, rates=[0.003, 0.01], seed=1, **TINY)) != numbers(iris)


def test_regression_in_the_units_of_the_target():
    X, y = load_diabetes(return_X_y=True)
    result = nl.choose(X, y * 1000, rates=[0.01], **TINY)
    assert result.task.kind == "regression"
    assert result.table["score"].max() > 0.2
    spread = np.std(y * 1000)
    assert (result.table["rmse"] < spread).all()
    assert (result.table["rmse"] > spread / 4).all()
    assert np.corrcoef(result.predict(X), y)[0, 1] > 0.5
    assert abs(result.predict(X).mean() / (y * 1000).mean() - 1) < 0.2


def test_a_file_with_text_dates_and_gaps(tmp_path):
    path = tmp_path / "customers.csv"
    frame = write_table(path)
    result = choose_file(str(path), "y", rates=[0.01, 0.03], **TINY)
    assert result.task.kind == "binary"
    assert result.table["score"].max() > 0.7
    said = [str(note) for note in result.notes]
    assert "Left out, because the value never changes: country." in said
    assert "Left out, because nearly every row has a text of its own: id." in said
    assert "Missing values were filled by the training median: size (12)." in said
    assert "Missing values in text columns count as a value of their own: colour (8)." in said
    assert any(note.startswith("Dates and times count as numbers") for note in said)
    assert np.mean(result.predict(frame) == frame["y"].to_numpy()) > 0.8
    with speaking("zh"):
        assert "缺失值已用训练集的中位数填补：size（12）。" in [str(note) for note in result.notes]


def test_dates_may_ask_for_a_split_by_time(tmp_path):
    path = tmp_path / "customers.csv"
    write_table(path).rename({"since": "since when"}).write_csv(path)
    own = {"activations": ["relu"], "rates": [0.01], "seeds": 1, "hidden": (4,), "quick": True}
    result = choose_file(str(path), "y", **own)
    assert "choose.random_in_time" in [point.key for point in result.points.first]
    (said,) = [str(each) for each in result.notes if each.key == "choose.random_in_time"]
    assert "--time 'since when'" in said
    assert "time='since when'" in said
    in_time = choose_file(str(path), "y", time="since when", **own).notes
    assert "choose.random_in_time" not in [note.key for note in in_time]


def test_progress_is_told():
    told = []
    nl.choose(*IRIS, rates=[0.01], on_progress=lambda *a: told.append(a), **TINY)
    assert [done for done, _, _ in told] == [0, 1, 2, 3, 3, 4, 5, 6]
    assert {total for _, total, _ in told} == {6}
    assert [label for _, _, label in told][-1] == "split 2 of 2"


def interrupt_at(count):
    def on_progress(done, total, label):
        if done == count:
            raise KeyboardInterrupt

    return on_progress


def test_ctrl_c_keeps_the_finished_rounds():
    tiny = {**TINY, "seeds": 4}
    whole = nl.choose(*IRIS, rates=[0.01], **{**TINY, "seeds": 2})
    result = nl.choose(*IRIS, rates=[0.01], on_progress=interrupt_at(8), **tiny)
    assert result.interrupted
    assert len(result.race.rounds) == 2
    assert numbers(result) == numbers(whole)
    assert str(result.interruption[0]).startswith("Interrupted in or after split 2 of 4")
    assert str(result).startswith("Interrupted in or after split 2 of 4")
    assert result.network is not None


def test_ctrl_c_after_one_round_says_that_nothing_is_known():
    result = nl.choose(*IRIS, rates=[0.01], on_progress=interrupt_at(4), **TINY)
    assert len(result.race.rounds) == 1
    assert result.table["low"].is_null().all()
    assert len(result.tied) == 3
    (leader,) = result.table.filter("leader")["activation"]  # picked on validation rows
    assert result.recommendation.label == leader
    assert "With one split nothing can be said about chance" in "\n".join(map(str, result.notes))


def test_ctrl_c_before_the_first_round_ends():
    with pytest.raises(KeyboardInterrupt):
        nl.choose(*IRIS, rates=[0.01], on_progress=interrupt_at(2), **TINY)


def test_ctrl_c_in_the_final_training_keeps_the_race(monkeypatch, iris):
    def interrupted(jobs, threads):
        raise KeyboardInterrupt

    monkeypatch.setattr("nonlin.choose.answer.train_many", interrupted)
    result = nl.choose(*IRIS, rates=[0.003, 0.01], **TINY)
    assert result.interrupted
    assert not result.race.interrupted
    assert result.recommendation.label == iris.recommendation.label
    assert (result.network, result.preparation, result.record) == (None, None, None)
    assert result.held_out is None
    assert str(result).startswith("Interrupted before the final network was trained")
    with pytest.raises(nl.NonlinError, match="final network was interrupted: choose again"):
        result.predict(IRIS[0])


def test_a_candidate_without_a_gain_is_left_out():
    options = {**TINY, "activations": ["relu", nl.activation("pole", "1/x"), "binary_step"]}
    result = nl.choose(*IRIS, rates=[0.01], **options)
    assert set(result.table["activation"]) == {"relu", "binary_step"}
    (note,) = [str(note) for note in result.notes if "gain" in str(note)]
    assert note.startswith("Left out, because its gain is 0,")
    assert note.endswith(": pole.")


def test_a_candidate_that_overflows_does_not_end_the_race():
    random = np.random.default_rng(0)
    X, steep = random.standard_cauchy(size=(60, 3)) ** 5, nl.activation("steep", "x**9")
    options = {**TINY, "hidden": (8, 8, 8), "activations": ["tanh", steep]}
    result = nl.choose(X, random.normal(size=60), **options)
    assert result.table["activation"].to_list() == ["tanh"]
    assert "no finite numbers: steep." in "\n".join(map(str, result.notes))


def test_the_verdict_is_printed(iris):
    said = str(iris).splitlines()
    assert said[:3] == [str(line) for line in verdict(iris)]
    first = [f" - {point}" for point in iris.points.first]
    assert [line for line in said if line.startswith(" - ")] == first
    assert "points more: result.why" in said[-1]
    assert str(iris.recommendation).splitlines() == [
        str(each) for each in (iris.recommendation.headline, *iris.recommendation.reasons)
    ]
    row = iris.table.filter("recommended").row(0, named=True)
    assert repr(iris).startswith(f"<Result arrays: {row['activation']}, learning rate ")
    assert f"accuracy {row['score']:.4g}" in repr(iris)


def test_intervals_stay_inside_what_a_score_can_be(iris):
    assert (iris.table["high"] <= 1).all()
    assert (iris.table["low"] >= 0).all()
    wide = replace(iris.standings[0], half_width=3.0)
    assert wide.interval == (0.0, 1.0)
    assert replace(wide, error=wide.score).interval[0] < -1  # R^2


def test_whole_numbers_are_told_how_they_were_taken():
    result = nl.choose(*IRIS, rates=[0.01], **TINY)
    assert "3 different ones, and was taken as classes" in str(result.notes[0])
    assert 'task="regression"' in str(result.notes[0])
    told = nl.choose(*IRIS, rates=[0.01], task="multiclass", **TINY)
    assert "was taken as" not in "\n".join(map(str, told.notes))


def test_the_callable_module_is_documented():
    assert list(inspect.signature(nl.choose).parameters) == ["X", "y", "target", *OPTIONS]
    assert nl.choose.__doc__ == nl.choose.choose.__doc__
    said = pydoc.render_doc(nl.choose, renderer=pydoc.plaintext)
    assert "Train every candidate on X and y" in said.splitlines()[3]
    assert "choose(X, y=None, *, target: 'str | Sequence[str] | None' = None, quick" in said
    assert list(inspect.signature(nl.activation).parameters)[:2] == ["name", "formula"]


def test_divergence_is_told_and_does_not_win():
    result = nl.choose(*IRIS, rates=[0.01, 1e30], **TINY)
    assert "networks diverged" in "\n".join(map(str, result.notes))
    assert (result.table["learning_rate"] == 0.01).all()


def test_columns_without_information_are_said_to_say_little():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(80, 3)), random.normal(size=80)
    result = nl.choose(X, y, rates=[0.01], **TINY)
    assert "No network predicts better than the mean" in "\n".join(map(str, result.notes))


def test_many_rows_are_sampled(monkeypatch):
    monkeypatch.setattr("nonlin.choose.answer.MOST_ROWS", 60)
    result = nl.choose(*IRIS, rates=[0.01], **TINY)
    assert sum(getattr(result.race.rounds[0].sizes, part) for part in PARTS) == 60
    assert "Of 150 rows, a random sample of 60 was used." in [str(note) for note in result.notes]
    assert (result.rows, result.of_rows) == (60, 150)


PARTS = ("train", "validation", "test")


@pytest.mark.parametrize(
    ("X", "y", "options", "english", "chinese"),
    [
        (IRIS[0], np.ones(150), {}, "only one value, 1.0", "只有一个值 1.0"),
        (IRIS[0], np.full(150, np.nan), {}, "NaN or infinite in every row", "每一行都缺失"),
        (IRIS[0][:9], IRIS[1][:9], {}, "too few rows (9): at least 10", "数据只有 9 行"),
        (IRIS[0], IRIS[1][:9], {}, "X has 150, y has 9", "现有 150 行和 9 个值"),
        (
            IRIS[0][:52],
            IRIS[1][:52],
            {"task": "binary"},
            "class 1 has too few rows (2)",
            "类别 1 只有 2 行",
        ),
        ([["a"]] * 20, [0, 1] * 10, {}, "only real numbers", "只能使用实数"),
        (IRIS[0] * 1j, IRIS[1], {}, "only real numbers", "只能使用实数"),
        (IRIS[0], IRIS[1], {"task": "binry"}, "Did you mean binary", "是否要用 binary"),
        (IRIS[0], IRIS[1], {"hidden": (0,)}, "a layer size is an integer", "第 1 层的大小应为"),
        (
            IRIS[0],
            IRIS[1],
            {"activations": ["rulu"]},
            "no activation 'rulu'",
            "找不到激活函数 'rulu'",
        ),
        (
            IRIS[0],
            IRIS[1],
            {"activations": [nl.activation("pole", "1/x")]},
            "No candidate is left",
            "没有剩下任何候选",
        ),
        (IRIS[0], IRIS[1], {"rates": ["0.1"]}, "rates is '0.1'", "而不是 '0.1'"),
        (IRIS[0], IRIS[1], {"rates": "0.1"}, "rates is '0.1': give a list", "应为列表"),
        (IRIS[0], IRIS[1], {"rates": None, "seeds": "2"}, "seeds is '2'", "而不是 '2'"),
        (IRIS[0], IRIS[1], {"threads": "2"}, "threads is '2'", "而不是 '2'"),
        (IRIS[0], IRIS[1], {"seed": "0"}, "seed is '0'", "而不是 '0'"),
        (IRIS[0], IRIS[1], {"quick": "no"}, "quick is 'no'", "而不是 'no'"),
        (IRIS[0], IRIS[1], {"hidden": "64"}, "'64' is not a list", "各层大小应为列表"),
        (IRIS[0], IRIS[1], {"hidden": ("64",)}, "'64'", "'64'"),
        (IRIS[0], IRIS[1], {"activations": 5}, "activations is 5: give a list", "应为列表"),
        (np.ones((20, 2)), [0, 1] * 10, {}, "no column to learn from", "没有可用于学习的列"),
    ],
)
def test_bad_input_is_one_sentence_in_both_languages(X, y, options, english, chinese):
    with pytest.raises(InputError) as caught:
        nl.choose(X, y, **{**TINY, **options})
    assert english in str(caught.value)
    with speaking("zh"):
        assert chinese in str(caught.value)
        assert "\n" not in str(caught.value)


def test_choosing_is_imported_late():
    assert nl.choose.Result.__name__ == "Result"
    assert nl.choose.Recommendation.__name__ == "Recommendation"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        nl.choose.nothing  # noqa: B018


@pytest.mark.parametrize(("budget", "said"), [(1e-3, "0.001 s"), ("2-networks", "2 networks")])
def test_a_budget_that_the_first_split_exceeds_is_said(budget, said):
    few = {"hidden": [4], "activations": ["relu", "tanh"], "rates": [0.01, 0.1], "quick": True}
    result = nl.choose(*IRIS, budget=budget, **few)
    assert result.ended == "budget"
    assert f"The budget of {said} was not kept" in "\n".join(map(str, result.notes))
    assert "going on" not in "\n".join(map(str, result.notes))


def test_a_budget_of_networks_is_kept():
    options = {**TINY, "seeds": 6}
    result = nl.choose(*IRIS, rates=[0.01], budget="10-networks", **options)
    assert result.race.networks == 9
    assert result.ended == "budget"
    assert "going on would exceed the budget" in "\n".join(map(str, result.notes))
    assert not result.interrupted


def test_a_race_stops_what_has_the_higher_loss():
    options = {"hidden": (16,), "activations": ["relu", "tanh", "binary_step"], "seeds": 6}
    X, y = load_iris(return_X_y=True)
    raced = nl.choose(X, y, rates=[1e-5, 0.01], **options)
    full = nl.choose(X, y, rates=[1e-5, 0.01], full=True, **options)
    assert raced.race.networks < full.race.networks == full.plan.networks == full.networks_planned
    assert not full.table["stopped"].any()
    assert set(raced.tied) <= set(full.table["activation"])
    assert raced.table.filter("stopped")["activation"].to_list() == ["binary_step"]
    assert raced.table.filter("tied")["rounds"].min() == len(raced.race.rounds)


def test_nothing_is_claimed_where_there_is_nothing():
    """Permuted targets: at most one of twelve runs claims a difference, none names a winner."""
    X, y = load_iris(return_X_y=True)
    options = {"hidden": (8,), "activations": ["relu", "tanh", "sine", "sigmoid"], "quick": True}
    found = []
    for seed in range(12):
        shuffled = np.random.default_rng(seed).permutation(y)
        rows = nl.choose(X, shuffled, rates=[1e-3, 1e-2], seed=seed, **options).standings
        found.append([row.verdict for row in rows].count("worse"))
    assert sum(count > 0 for count in found) <= 1
    assert max(found) < 2


def test_of_noise_that_is_learnt_no_difference_is_claimed():
    """Counts that no column explains: who learns the noise faster is worse, and nobody is good."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((120, 8)), rng.poisson(3.0, 120)
    options = {
        "activations": ["relu", "sigmoid"],
        "hidden": (64,),
        "rates": [1e-2],
        "task": "counts",
    }
    result = nl.choose(X, y, full=True, **options)
    assert max(row.score.value for row in result.standings) < 0
    assert {row.verdict for row in result.standings} <= {"leader", "open", "equal"}


def claimed(row):
    return [each.claimed for each in row.ran.outcomes]


def test_differences_are_those_of_the_same_splits(iris):
    leader = next(row for row in iris.standings if row.leader)
    own = dict(zip(leader.seeds, claimed(leader), strict=True))
    rows = {row["activation"]: row for row in iris.table.to_dicts()}
    for standing in iris.standings:
        row = rows[standing.label]
        scores = claimed(standing)
        shared = [
            score - own[seed]
            for seed, score in zip(standing.seeds, scores, strict=True)
            if seed in own
        ]
        assert row["difference"] == pytest.approx(np.mean(shared))
        if standing.leader or len(shared) < 2:
            assert row["difference_low"] is None
        else:
            assert row["difference_low"] < row["difference"] < row["difference_high"]
            sizes = iris.race.rounds[0].sizes
            half = half_width(shared, sizes.test / sizes.train, resolution=1 / sizes.test)
            assert row["difference_high"] - row["difference"] == pytest.approx(half)
    assert iris.table["leader"].sum() == 1
