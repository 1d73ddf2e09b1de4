"""Predictions beside what is true, in numbers that are known otherwise; and hardly any rows."""

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest
from sklearn import metrics

import nonlin as nl
from nonlin.report.page import html
from nonlin.report.page.columns import columns
from nonlin.report.page.content import content
from nonlin.report.page.fit import fit
from nonlin.report.page.fit_quantities import interval
from nonlin.report.page.race import losses

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(240, 2))
SIGNAL = X[:, 0] + 0.3 * X[:, 1]
NAMES = np.array(["a", "b", "c"])
TINY = {"hidden": (6,), "activations": ["tanh", "gelu"], "rates": [0.01], "seeds": 2}
TINY |= {"quick": True}


@pytest.fixture(scope="module")
def classes():
    noisy = SIGNAL + 0.3 * RANDOM.normal(size=240)
    return nl.choose(X, NAMES[np.digitize(noisy, [-0.5, 0.5])], **TINY)


@pytest.fixture(scope="module")
def quantity():
    return nl.choose(X, 1e5 * SIGNAL, task="regression", **TINY)


def numbers(cell):
    return [float(each.replace(",", "")) for each in re.findall(r"-?[\d,]+\.?\d*", cell)]


def test_classes_are_counted(classes):
    held = classes.held_out
    true, taken = held.actual, held.task.read(held.logits)
    shares = held.predicted(held.logits)
    found = fit(classes)
    for k, row in enumerate(found.rows):
        assert row[0] == NAMES[k]
        assert int(row[1]) == np.sum(true == k)
        assert row[2] == f"{100 * metrics.recall_score(true == k, taken == k):.1f} %"
        assert row[3] == f"{100 * metrics.precision_score(true == k, taken == k):.1f} %"
        assert row[4] == f"{metrics.roc_auc_score(true == k, shares[:, k]):.3f}"
    matrix = found.small[0]
    counts = {
        tuple(names): int(count)
        for *names, count in re.findall(r"<title>(\w) → (\w): (\d+)</title>", matrix)
    }
    wanted = metrics.confusion_matrix(true, taken)
    assert counts == {(NAMES[i], NAMES[j]): wanted[i, j] for i, j in np.ndindex(3, 3)}


def test_every_test_row_is_a_point(quantity):
    held, found = quantity.held_out, fit(quantity)
    beside, errors = found.small
    assert beside.count('class="speck"') == errors.count('class="speck"') == len(held.target)
    assert sum(int(row[1]) for row in found.rows) == len(held.target)
    squares = [int(row[1]) * numbers(row[4])[0] ** 2 for row in found.rows]
    _, error = held.task.judge(held.logits, held.target)
    wanted = error * held.preparation.scale
    assert np.sqrt(sum(squares) / len(held.target)) == pytest.approx(wanted, rel=1e-3)


def test_quantiles_hold_as_often_as_they_say():
    result = nl.choose(X, 1e5 * SIGNAL, task="quantiles:0.1,0.5,0.9", **TINY)
    held, found = result.held_out, fit(result)
    below = np.mean(held.actual[:, None] <= held.predicted(held.logits), axis=0)
    assert [numbers(row[1])[0] for row in found.rows] == pytest.approx(100 * below, abs=0.05)
    assert "whisker" in found.small[0]


def test_one_row_and_predictions_that_are_all_the_same(classes, quantity):
    """Nothing is divided by nothing, and what cannot be said is not said."""
    for result in (classes, quantity):
        held = result.held_out
        flat = held.network.copy()
        for weights in flat.weights:
            weights[:] = 0
        for changed in (held.part(1), replace(held, network=flat)):
            page = html(replace(result, held_out=changed))
            assert "nan" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)


def test_few_rows_are_said_to_be_few(classes):
    few = replace(classes, held_out=classes.held_out.part(12))
    assert any("these pictures are coarse" in sentence for sentence in fit(few).text)
    assert not any("these pictures are coarse" in sentence for sentence in fit(classes).text)


def test_networks_that_diverged_and_runs_that_were_interrupted(classes):
    broken = classes.held_out.network.copy()
    broken.weights[0][:] = np.nan
    diverged = replace(classes, held_out=replace(classes.held_out, network=broken))
    assert "diverged" in fit(diverged).text[0]
    assert columns(diverged).chart is None
    stopped = replace(classes, held_out=None, final=None)
    assert "interrupted" in fit(stopped).text[0]
    assert "interrupted" in losses(stopped).text[0]
    page = html(stopped)
    assert 'id="steps"' not in page
    assert 'href="#steps"' not in page


def test_a_share_of_few_rows_has_a_wide_interval():
    """Wilson's interval, against the textbook (Agresti and Coull, 1998): 0 of 10 is 0 to 0.278."""
    assert interval(0.0, 10) == pytest.approx((0.0, 0.278), abs=1e-3)
    low, high = interval(0.5, 100)
    assert (low + high) / 2 == pytest.approx(0.5)
    assert high - low == pytest.approx(0.192, abs=1e-3)


def test_what_stopped_shows_the_validation_score_only(classes):
    first, last = classes.standings[0], classes.standings[-1]
    last = replace(last, stopped=True, verdict="stopped", rounds=1, leader=False)
    found = content(replace(classes, standings=(first, last)), None)["sections"][0]
    row = found.rows[-1]
    assert f"{last.score.value:.4f}" not in row
    assert f"{last.validation_score:.4f}" in row
    assert f"{last.ran.loss_difference:+.4f}" in row
    assert "1 of 2 splits" in row
    assert found.chart.count('class="dot stopped"') == 2  # for wide and for narrow pages
    assert not found.notes
    assert "Nadeau-Bengio" in content(classes, None)["sections"][0].notes[0]


def test_the_loss_of_the_network_that_is_taken_away(quantity):
    record, found = quantity.record, losses(quantity)
    assert f"epoch {record.best_epoch + 1} of {record.epochs}" in found.text[1]
    assert found.chart.count("<polyline") == 4  # two lines, two widths


def test_what_to_do_next(classes):
    page = unescape(html(classes, "nonlin choose flats.csv -t price"))
    for line in (
        "nonlin choose flats.csv -t price --resume --save model",
        "nonlin predict model new.csv",
        "nonlin code model --to torch",
    ):
        assert line in page
    assert 'result.save("model")' in unescape(html(classes))
