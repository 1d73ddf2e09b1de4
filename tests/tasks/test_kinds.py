"""Every kind of task, from the target to the report: trained, judged, read back."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import nonlin as nl
from nonlin._text import LANGUAGES, say, speaking
from nonlin.report import as_json
from nonlin.report.terminal import render
from nonlin.tasks.kinds import KINDS
from nonlin.tasks.task import infer

ROOT = Path(__file__).parents[2]
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(200, 2))
SIGNAL = X[:, 0] + 0.3 * X[:, 1]
SHARE = 1 / (1 + np.exp(-2 * SIGNAL - 0.2 * RANDOM.normal(size=200)))
TARGETS = {
    "regression": SIGNAL * 1000,
    "robust": SIGNAL * 1000 + RANDOM.standard_t(1, 200),
    "positive": 1000 * np.exp(SIGNAL) * RANDOM.gamma(9, 1 / 9, 200),
    "counts": RANDOM.poisson(6 * np.exp(SIGNAL)),
    "proportion": SHARE,
    "quantiles": SIGNAL * 1000,
    "binary": SIGNAL > 0,
    "multiclass": np.array(["a", "b", "c"])[np.digitize(SIGNAL, [-0.5, 0.5])],
    "multilabel": np.stack([X[:, 0] > 0, X[:, 1] > 0.5], axis=1),
    "ordinal": np.digitize(SIGNAL, [-1, -0.3, 0.3, 1]) * 10,
}
INFERRED = [kind for kind in KINDS if kind not in ("robust", "quantiles", "ordinal")]
TINY = {"hidden": (8,), "activations": ["tanh", "gelu"], "rates": [0.01], "seeds": 2}
TINY |= {"quick": True}


@pytest.fixture(scope="module", params=KINDS)
def result(request):
    return nl.choose(X, TARGETS[request.param], task=request.param, **TINY)


@pytest.mark.parametrize("kind", INFERRED)
def test_the_target_shows_the_kind(kind):
    assert infer(TARGETS[kind], "y").kind == kind


def test_it_learns_something(result):
    assert result.table["score"].max() > 0.3
    assert result.table["score"].max() <= 1


def test_predictions_are_in_the_units_of_the_target(result):
    y, predicted = TARGETS[result.task.kind], result.predict(X)
    if result.task.kind == "quantiles":
        assert predicted.shape == (200, 3)
        assert (np.diff(predicted, axis=1) >= 0).all()
        covered = np.mean((y > predicted[:, 0]) & (y < predicted[:, 2]))
        assert covered > 0.5
        predicted = predicted[:, 1]
    assert predicted.shape == y.shape
    if result.task.kind in ("binary", "multiclass", "multilabel", "ordinal"):
        assert set(np.unique(predicted)) <= set(np.unique(y))
        assert np.mean(predicted == y) > 0.5
    else:
        assert np.corrcoef(np.argsort(np.argsort(predicted)), np.argsort(np.argsort(y)))[0, 1] > 0.7
        assert abs(np.median(predicted) - np.median(y)) < 0.5 * np.std(y)


@pytest.mark.parametrize("kind", ["positive", "counts", "proportion"])
def test_no_prediction_is_impossible(kind):
    logits = np.array([[-1e4], [-50.0], [0.0], [50.0], [1e4]], np.float32)
    found = infer(TARGETS[kind], "y", kind).read(logits)
    assert (np.diff(found) >= 0).all()
    assert found.min() >= 0
    assert np.isfinite(found).all()
    assert kind != "proportion" or found.max() <= 1


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in ("binary", "multiclass")])
def test_a_constant_scores_nothing(kind):
    """What the loss likes best among the constants has the score 0."""
    target = TARGETS[kind]
    task = infer(target, "y", kind)
    y = task.encode(target)
    mean, scale = task.location(y)
    y = y if task.classes else (y - mean) / scale
    best = {
        "regression": np.mean,
        "robust": np.median,
        "positive": lambda y: np.log(np.expm1(y.mean())),
        "counts": lambda y: np.log(y.mean()),
        "proportion": _log_odds,
        "quantiles": lambda y: np.quantile(y, [0.1, 0.5, 0.9]),
        "multilabel": _log_odds,
        "ordinal": lambda y: [9.0, 9.0, -9.0, -9.0],
    }
    logits = np.broadcast_to(best[kind](y), (200, task.outputs))
    assert task.judge(logits, y)[0] == pytest.approx(0.0, abs=1e-9)


def _log_odds(y):
    return np.log(y.mean(0) / (1 - y.mean(0)))


def test_the_error_is_in_the_units_of_the_target(result):
    kind, error = result.task.kind, result.task.error
    if error is None:
        assert result.table["rmse"].is_null().all()
        return
    y = TARGETS[kind]
    spread = {"wrong": 1.0, "steps": 4.0}.get(error, np.std(y))
    assert 0 < result.table[error].min() < spread
    if error == "rmse":
        assert result.table[error].min() > np.std(y) / 100


def test_the_ranks_are_those_of_the_most_likely_half():
    """P(beyond 0) = 0.9, P(beyond 1) = 0.9 * 0.9, then 0.9 * 0.9 * 0.5: the median class is 2."""
    z = np.log([9.0, 9.0, 1.0, 9.0])[None]
    assert infer(TARGETS["ordinal"], "y", "ordinal").read(z).tolist() == [2]


def test_the_report_in_both_languages(result):
    for language in ("en", "zh"):
        with speaking(language):
            out = io.StringIO()
            render(result, Console(file=out, width=100), why=True)
            said = "".join(out.getvalue().split())
            assert "".join(str(result.task.reason).split()) in said
            assert "".join(result.task.source.split()) in said
    plain = as_json(result)
    assert plain["task"]["kind"] == result.task.kind
    assert plain["score"] == result.task.score
    assert plain["error"] is None or plain["ranking"][0][plain["error"]] > 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_is_one_of_its_output(kind):
    task = infer(TARGETS[kind], "y", kind)
    assert task.objective().name == task.loss
    assert task.objective().output == task.output


@pytest.mark.parametrize(
    ("kind", "location"),
    [
        *((kind, (7.0, 1.0)) for kind in ("regression", "robust", "quantiles")),
        *((kind, (0.0, 7.0)) for kind in ("positive", "counts")),  # 0 stays, the mean becomes 1
    ],
)
def test_a_part_without_spread_keeps_its_units(kind, location):
    task = infer(TARGETS[kind], "y", kind)
    assert task.location(np.full(9, 7.0)) == location
    assert task.location(np.zeros(9)) == (0.0, 1.0)


def test_every_kind_has_its_reason():
    for kind, target in TARGETS.items():
        task = infer(target, "y", kind)
        assert task.reason.key == f"task.{kind}"
        assert str(task.reason).endswith(".")
    assert "the probability of True" in str(infer(TARGETS["binary"], "y").reason)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_and_the_tour_list_every_kind(language):
    with speaking(language):
        assert set(KINDS) <= set(re.findall("[a-z]+", say("cli.options.task")))
    page = ROOT / "docs" / {"en": "tour.md", "zh": "tour.zh-CN.md"}[language]
    assert set(KINDS) <= set(re.findall("`([a-z]+)`", page.read_text(encoding="utf-8")))
