"""The rule: tied first, then stability, then cost."""

import re
from dataclasses import replace

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin._text import speaking, text
from nonlin.choose.candidates import Candidate
from nonlin.choose.recommend import Recommendation, Theory, recommend
from nonlin.choose.standing import described
from nonlin.measure import Measurement
from nonlin.tasks.task import infer
from nonlin.trials.contest import Arm, Outcome
from nonlin.trials.standings import Standing as Ran

TASK = infer(np.arange(90) % 3, "y")
RATES = (0.001, 0.01, 0.1)


def standing(name, score=0.9, dead=0.0, saturated=0.0, ratio=1.0, tied=True, **rest):
    """A row of five splits, or as many, with these numbers in each of them."""
    splits = rest.pop("splits", 5)
    measures = {
        "dead_before": 0.0,
        "dead": dead,
        "saturated": saturated,
        "gradient_ratio": ratio,
    }
    validated = rest.pop("validation_score", score)
    diverged = rest.pop("diverged", 0)
    outcomes = tuple(
        Outcome(0.1, validated, score, 0.1, k < diverged, measures) for k in range(splits)
    )
    ran = Ran(
        arm=Arm(Candidate(nl.get(name), (64, 64)), rest.pop("rate", 0.01)),
        seeds=tuple(range(splits)),
        outcomes=outcomes,
        stopped=rest.pop("stopped", False),
        leader=rest.pop("leader", False),
        tied=tied,
        p_value=1.0 if tied else 0.001,
        standard_error=0.01,
        half_width=0.02,
        difference=0.0,
        difference_half_width=None,
    )
    return replace(described(ran, name, TASK), **rest)


def leading(row):
    return replace(row, leader=True, ran=replace(row.ran, leader=True))


def chosen(*rows, rounds=5):
    if not any(row.leader for row in rows):
        rows = (leading(rows[0]), *rows[1:])
    return recommend(rows, TASK, RATES, rounds)


def test_a_winner_wins_whatever_it_costs():
    advice = chosen(standing("gelu", dead=0.5), standing("relu", tied=False))
    assert (advice.label, advice.tied) == ("gelu", ("gelu",))
    assert "gelu is significantly better than every other candidate" in str(advice)


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"diverged": 1}, {}),
        ({"dead": 0.06}, {}),
        ({"ratio": 0.05}, {}),
        ({"ratio": 20.0}, {}),
        ({"saturated": 0.3}, {}),
        ({"ratio": 0.01, "dead": 0.0}, {"saturated": 0.9}),  # gradients before saturation
        ({"dead": 0.1}, {"ratio": 0.001}),  # dead units before gradients
    ],
)
def test_in_a_tie_the_more_stable_one(worse, better):
    """tanh costs more and scores less, and still wins where relu is the less stable one."""
    advice = chosen(standing("relu", 0.95, **worse), standing("tanh", 0.90, **better))
    assert advice.label == "tanh"


def test_noise_in_stability_does_not_decide():
    near = (
        standing("gelu", 0.95, dead=0.0, saturated=0.01),
        standing("relu", 0.94, dead=0.04, saturated=0.2, ratio=0.2),
    )
    assert chosen(*near).label == "relu"  # as stable within the steps, and cheaper


def test_then_the_cheapest_formula_then_the_score():
    assert chosen(standing("gelu", 0.95), standing("relu", 0.94)).label == "relu"
    assert chosen(standing("leaky_relu", 0.95), standing("relu", 0.94)).label == "leaky_relu"


def test_the_clock_does_not_decide():
    where = text("measure.this_machine")
    slow, fast = (Measurement(ns, 0.01, "ns", text("measure.cost"), where) for ns in (9.0, 0.1))
    slow = standing("relu", cost=slow), standing("gelu", cost=fast)
    assert chosen(*slow).label == "relu"


def test_what_is_not_tied_is_out():
    rows = standing("tanh", 0.95), standing("gelu", 0.94), standing("relu", 0.5, tied=False)
    advice = chosen(*rows)
    assert advice.label == "gelu"  # relu would be cheaper still
    assert advice.tied == ("tanh", "gelu")
    assert "No significant difference between: tanh, gelu (" in str(advice)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((("relu", {}), ("tanh", {"diverged": 3})), "relu .* tanh, .* diverged: 0 against 3"),
        ((("tanh", {}), ("relu", {"dead": 0.06})), "dead units: 0.0 % against 6.0 %"),
        ((("tanh", {}), ("relu", {"ratio": 0.05})), "gradient ratio nearer to 1: 1 against 0.05"),
        ((("tanh", {}), ("relu", {"saturated": 0.3})), "saturated share: 0.0 % against 30.0 %"),
        ((("relu", {}), ("tanh", {})), "relu is .* fewer exponentials per element: 0 against 1"),
        ((("sigmoid", {}), ("softsign", {"dead": 0.06})), "sigmoid is preferred .* dead units"),
        (
            (("relu", {"score": 0.91}), ("leaky_relu", {})),
            "higher score on validation rows, .*: 0.9100 against 0.9000",
        ),
        ((("relu", {"dead": 0.01}), ("leaky_relu", {})), "higher score"),  # 1 % is noise
    ],
)
def test_the_criterion_that_decided_is_named(rows, said):
    advice = chosen(*(standing(name, **rest) for name, rest in rows))
    (reason,) = [str(each) for each in advice.reasons if "preferred" in str(each)]
    assert advice.label == rows[0][0]
    assert re.search(said, reason)


def test_the_leader_is_answered_too():
    rows = [standing("tanh", 0.95), standing("elu", 0.93, dead=0.2), standing("relu", 0.9)]
    rows.insert(1, standing("leaky_relu", 0.92, saturated=0.3))
    said = str(chosen(*rows))
    assert "relu is preferred to tanh, the next in line, for fewer exponentials" in said
    assert "which has the highest score" not in said  # tanh is both
    rows[0] = standing("tanh", 0.95, dead=0.5)
    said = str(chosen(*rows))
    assert "relu is preferred to leaky_relu, the next in line, for a smaller saturated" in said
    assert "preferred to tanh, which has the highest score, for fewer dead units" in said
    with speaking("zh"):
        said = str(chosen(*rows))
    assert "其中优先选择 relu 而不是次选的 leaky_relu,因为饱和比例更小:0.0 % 对 30.0 %。" in said


def test_all_tied_is_said():
    advice = chosen(standing("gelu"), standing("relu"))
    assert "No significant difference between any of the candidates: gelu, relu" in str(advice)
    with speaking("zh"):
        assert "所有候选之间没有显著差异:gelu, relu" in str(advice)


def test_after_one_round_the_leader_provisionally():
    pairs = ("gelu", 0.9), ("relu", 0.8)
    rows = [replace(standing(n, s, splits=1), half_width=None) for n, s in pairs]
    advice = chosen(*rows, rounds=1)
    assert advice.label == "gelu"
    assert "provisional" in str(advice)
    assert "significant" not in str(advice)


def test_test_rows_decide_nothing():
    """Not after one split, and not between what is alike in everything else."""
    rows = [standing("gelu", 0.9, splits=1), standing("elu", 0.8, splits=1, leader=True)]
    assert chosen(*rows, rounds=1).label == "elu"
    rows = [standing("relu", 0.9, validation_score=0.7), standing("leaky_relu", 0.8)]
    advice = chosen(*rows)
    assert advice.label == "leaky_relu"
    assert "validation rows, stability and cost being alike: 0.8000 against 0.7000" in str(advice)


def test_the_only_candidate_beats_nobody():
    for rounds in (1, 5):
        said = str(chosen(standing("relu"), rounds=rounds))
        assert "It was the only candidate" in said
        assert "highest score" not in said


def test_reasons_name_what_to_build():
    said = str(chosen(standing("relu", rate=0.001)))
    assert "hidden layers (64-64), learning rate 0.001 (AdamW), output softmax" in said
    assert "loss cross-entropy" in said
    assert "at the edge of what was tried" in said
    assert "standard deviation 1.414/sqrt(fan_in)" in said
    assert "softmax gives probabilities that sum to 1" in said
    assert "edge" not in str(chosen(standing("relu", rate=0.01)))


def test_evidence_is_measured_or_derived():
    advice = chosen(standing("relu"))
    assert {type(each) for each in advice.evidence} == {Measurement, Theory}
    assert advice.gain == pytest.approx(np.sqrt(2))


@pytest.mark.parametrize("missing", ["evidence", "reasons"])
def test_no_recommendation_without_evidence(missing):
    advice = chosen(standing("relu"))
    with pytest.raises(InputError, match="relu cannot be recommended without evidence"):
        replace(advice, **{missing: ()})
    with pytest.raises(InputError):
        replace(advice, evidence=("trust me",))
    with pytest.raises(TypeError, match="evidence"):
        Recommendation(activation=nl.relu)
