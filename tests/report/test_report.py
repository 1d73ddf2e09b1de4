import io
import json
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console
from sklearn.datasets import load_diabetes

import nonlin as nl
from nonlin._text import speaking
from nonlin.choose import choose_file
from nonlin.choose.verdict import verdict
from nonlin.report import as_json
from nonlin.report.terminal import render

TINY = {"hidden": (8, 8), "activations": ["leaky_relu", "tanh"], "seeds": 2}
TINY |= {"quick": True}


@pytest.fixture(scope="module")
def wine():
    return choose_file("wine", rates=[0.003, 0.01], **TINY)


@pytest.fixture(scope="module")
def diabetes():
    return nl.choose(*load_diabetes(return_X_y=True), rates=[0.01], **TINY)


def rendered(result, width, why=True):
    out = io.StringIO()
    render(result, Console(file=out, width=width), why)
    return out.getvalue()


def test_the_report_says_everything(wine):
    said = " ".join(rendered(wine, 100).split())
    row = wine.table.row(0, named=True)
    for part in (
        "Data: wine (rows: 178, columns: 13, target: target)",
        "3 classes: softmax gives probabilities that sum to 1",
        f"Networks: hidden layers 8-8, {wine.networks_trained} trained, "
        f"{round(100 * wine.networks_trained / 8)} % of all 8 (activations: 2, "
        "learning rates: 2, splits: 2)",
        "lowest validation loss",
        "106 rows for training, 36 for validation, 36 for the test",
        f"{row['score']:.3f} [{row['low']:.3f}, {row['high']:.3f}]",
        f"What to build: {wine.recommendation.label} in the hidden layers",
        *(str(reason) for reason in wine.recommendation.reasons),
        *(str(note) for note in wine.notes),
    ):
        assert " ".join(part.split()) in said
    assert said.count(str(wine.task.reason).removesuffix(".")) == 1


def test_a_rate_that_the_race_added_counts_among_all(wine):
    """What is said can be checked: activations x rates x splits."""
    fewer = replace(wine, plan=replace(wine.plan, rates=wine.plan.rates[:1]))
    assert fewer.rates == wine.rates
    assert fewer.networks_planned == 2 * 2 * 2
    assert "% of all 8 (activations: 2, learning rates: 2" in " ".join(rendered(fewer, 100).split())


@pytest.mark.parametrize("width", [50, 80, 100])
def test_a_long_name_costs_columns_but_no_digits(diabetes, width):
    advice = replace(diabetes.recommendation, label="x*sigmoid(1.702*x)")
    row = replace(diabetes.standings[0], label=advice.label, half_width=0.4321)
    row = replace(row, seconds=replace(row.seconds, value=77.777))
    said = rendered(replace(diabetes, standings=(row,), recommendation=advice), width)
    low, high = row.interval
    assert f"x*sigmoid(1.702*x) {row.score.value:.3f}" in " ".join(said.split())
    assert f"[{low:.3f}, {high:.3f}]" in said
    assert "…" not in said
    assert (f"{row.seconds.value:.3f}" in said) == (width == 100)


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("why", [True, False])
def test_it_fits_and_nothing_is_cut_off(wine, diabetes, width, language, why):
    with speaking(language):
        for result in (wine, diabetes):
            lines = rendered(result, width, why).splitlines()
            assert max(cell_len(line) for line in lines) <= width
            assert "…" not in "".join(lines)
            assert f"{result.recommendation.learning_rate:g}" in "".join(lines)


def test_in_chinese_there_is_no_english_sentence(wine):
    with speaking("zh"):
        said = rendered(wine, 100)
    assert said.startswith("建议使用")
    assert "隐藏层为 8-8" in said
    for word in (" the ", "rows", "Learning", "network", "recommended"):
        assert word not in said


def test_a_regression_shows_its_error(diabetes):
    said = rendered(diabetes, 100)
    assert "RMSE" in said
    assert "R²" in said
    assert f"{diabetes.table['rmse'][0]:.4g}" in said
    row = diabetes.chosen
    wanted = f"RMSE {row.error.value:.4g}, MAE {row.beside.value:.4g}, R² {row.score.value:.3f}"
    assert wanted in said.splitlines()[1]


def test_the_recommended_row_is_marked(wine):
    marked = [line for line in rendered(wine, 100).splitlines() if line.startswith((" →", "→"))]
    assert wine.recommendation.label in marked[0]


def test_json_is_plain_and_complete(wine):
    plain = as_json(wine)
    again = json.loads(json.dumps(plain, allow_nan=False))
    assert again == plain
    assert plain["recommendation"]["activation"] == wine.recommendation.label
    assert plain["tied"] == list(wine.tied)
    assert [row["activation"] for row in plain["ranking"]] == wine.table["activation"].to_list()
    assert plain["task"]["classes"] == ["class_0", "class_1", "class_2"]
    assert plain["plan"]["splits_finished"] == 2
    kinds = {each["kind"] for each in plain["recommendation"]["evidence"]}
    assert kinds == {"measurement", "theory"}


def test_json_of_a_regression(diabetes):
    plain = json.loads(json.dumps(as_json(diabetes), allow_nan=False))
    assert plain["task"]["classes"] == []
    assert plain["score"] == "r2"
    assert plain["ranking"][0]["rmse"] > 0


def test_json_speaks_the_language(wine):
    with speaking("zh"):
        assert as_json(wine)["task"]["reason"].startswith("目标有 3 个类别")


def test_an_interrupted_race_is_reported(wine):
    first = wine.race.scores.of([wine.plan.seeds[0]])
    one = replace(wine, race=replace(wine.race, scores=first, ended="interrupted"))
    assert as_json(one)["interrupted"] is True
    assert "One split only: no statement about differences." in rendered(one, 100)
    said = "Interrupted in or after split 1 of 2: only what was finished is counted."
    assert rendered(one, 100).startswith(said)
    assert as_json(one)["notes"][0] == said


def test_without_a_final_network_the_report_still_stands(wine):
    none = replace(wine, final=None)
    assert rendered(none, 100).startswith("Interrupted before the final network was trained")
    assert as_json(none)["recommendation"]["activation"] == wine.recommendation.label


def test_enormous_scores_leave_the_table_whole(diabetes):
    score = replace(diabetes.chosen.score, value=-2.3e27)
    rows = (replace(diabetes.chosen, score=score, half_width=1e28),)
    assert "-2.3e+27 [-1.23e+28, 1.000]" in rendered(replace(diabetes, standings=rows), 100)


def test_the_verdict_comes_first_and_the_rest_waits(wine):
    """Three lines, the table, at most four points, and where the others are."""
    said = rendered(wine, 80, why=False)
    assert said.splitlines()[:3] == [str(line) for line in verdict(wine)]
    known = wine.points
    assert said.count("\n - ") == len(known.first) + 1
    more = rendered(wine, 80).count("\n - ") - len(known.first)
    assert more == len(known.rest) + 3  # data, networks, split; the task is among the points
    assert f"- {more} points more" in " ".join(said.split())
    assert "Dead:" not in said
    assert "Dead:" in rendered(wine, 100)


def test_what_stopped_stands_apart(wine):
    """Grey, behind an empty line, with its splits; the others without."""
    last = replace(wine.standings[-1], stopped=True, verdict="stopped", rounds=1)
    lines = rendered(replace(wine, standings=(wine.standings[0], last)), 80, False).splitlines()
    (place,) = [k for k, line in enumerate(lines) if "(1 of 2 splits)" in line]
    assert last.label in lines[place]
    assert not lines[place - 1].strip()
    out = io.StringIO()
    coloured = Console(file=out, width=80, force_terminal=True, color_system="standard")
    render(replace(wine, standings=(wine.standings[0], last)), coloured)
    (row,) = [line for line in out.getvalue().splitlines() if "(1 of 2 splits)" in line]
    assert "– (1 of 2 splits)" in row
    assert f"{last.validation_score:.3f}" not in row  # which looks comparable, and is not
    assert f"loss {last.ran.loss_difference:+.3f}" in row
    assert "\x1b[2m" in row
