"""The rule: the leader, unless stability moves it within a fraction of its standard error."""

from dataclasses import replace

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin._text import catalogue, speaking, text
from nonlin.choose.candidates import Candidate, plan
from nonlin.choose.criteria import CRITERIA
from nonlin.choose.reasons import Theory
from nonlin.choose.recommend import Recommendation, recommend
from nonlin.choose.standing import described
from nonlin.measure import Measurement
from nonlin.tasks.task import infer
from nonlin.trials.contest import Arm, Outcome
from nonlin.trials.standings import Standing as Ran

TASK = infer(np.arange(90) % 3, "y")
PLAN = plan(rates=[0.001, 0.01, 0.1])
NOISE = (-0.02, 0.01, 0.0, -0.01, 0.02)  # of the loss, by split: a standard error of 0.00707


def standing(name, loss=0.1, score=0.9, tied=True, equal=0.0, **rest):
    """A row of five splits, or as many, with these numbers in each of them."""
    splits = rest.pop("splits", 5)
    measures = {"dead_before": 0.0, "dead": rest.pop("dead", 0.0)}
    measures |= {"saturated": 0.0, "gradient_ratio": 1.0}
    diverged = rest.pop("diverged", 0)
    outcomes = tuple(
        Outcome(loss + NOISE[k], score, score, 0.1, k < diverged, measures) for k in range(splits)
    )
    ran = Ran(
        arm=Arm(Candidate(nl.get(name), rest.pop("hidden", (64, 64))), rest.pop("rate", 0.01)),
        seeds=tuple(range(splits)),
        outcomes=outcomes,
        stopped=rest.pop("stopped", False),
        leader=False,
        tied=tied,
        p_value=1.0 if tied else 0.001,
        equal=equal,
        standard_error=0.01,
        half_width=0.02,
        difference=rest.pop("difference", 0.0),
        difference_half_width=0.006,
        loss_difference=0.0,
    )
    return replace(described(ran, name, TASK), **rest)


def leading(row):
    ran = replace(row.ran, leader=True)
    return replace(row, leader=True, verdict=ran.verdict, ran=ran)


def chosen(*rows, rounds=5, rules=PLAN):
    """The first row leads."""
    tried = {row.ran.arm.candidate: rules.rates for row in rows}
    return recommend((leading(rows[0]), *rows[1:]), TASK, rules, rounds, tried)


def test_the_leader_is_recommended_whatever_it_costs():
    advice = chosen(standing("gelu"), standing("relu", 0.103))
    assert advice.label == "gelu"
    assert advice.tied == ("gelu", "relu")


@pytest.mark.parametrize(
    ("leader", "other", "moves"),
    [
        ({"diverged": 1}, {}, True),
        ({"dead": 0.06}, {}, True),
        ({"dead": 0.04}, {}, False),  # within a step
        ({"dead": 0.1}, {"diverged": 1}, False),  # divergence counts more
        ({"dead": 0.2}, {"loss": 0.1017}, True),
        ({"dead": 0.2}, {"loss": 0.1019}, False),  # a quarter of its standard error is 0.00177
        ({"dead": 0.2}, {"tied": False}, False),
        ({"dead": 0.2}, {"stopped": True, "tied": False}, False),
        ({}, {"hidden": (8,)}, True),  # the smaller network
    ],
)
def test_stability_moves_it_a_quarter_of_a_standard_error(leader, other, moves):
    advice = chosen(standing("relu", **leader), standing("tanh", **other))
    assert advice.label == ("tanh" if moves else "relu")
    assert ("preferred for" in str(advice)) is moves


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ({"diverged": 3}, "for fewer networks that diverged: 0 against 3"),
        ({"dead": 0.06}, "for fewer dead units: 0.0 % against 6.0 %"),
        ({"hidden": (64, 65)}, "for a smaller network: 64-64 against 64-65"),
    ],
)
def test_why_it_moved_is_said(rest, said):
    advice = chosen(standing("relu", **rest), standing("tanh"))
    (reason,) = [str(each) for each in advice.reasons if "preferred" in str(each)]
    assert reason.startswith("relu has a slightly lower loss on validation rows")
    assert said in reason


def test_every_criterion_can_be_said():
    assert {f"recommend.by.{each.name}" for each in CRITERIA} <= set(catalogue("en"))


def test_three_values_are_told_apart():
    rows = (
        standing("gelu"),
        standing("relu", difference=-0.02, tied=False),
        standing("tanh", difference=-0.001, equal=0.96),
        standing("elu", difference=-0.004, equal=0.9),
        standing("sine", stopped=True, tied=False),
    )
    said = str(chosen(*rows))
    assert "gelu is better on test rows than: relu (-0.0200 ± 0.0060) (" in said
    assert "less than 0.01 apart with a probability of 95 % or more: tanh (-0.0010" in said
    assert "does not decide between gelu and: elu (-0.0040 ± 0.0060)" in said
    assert "nothing is claimed of them: sine." in said
    with speaking("zh"):
        said = str(chosen(*rows))
    for part in (
        "显著不如 gelu 的候选：relu（-0.0200 ± 0.0060）",
        "无实质差异（相差小于 0.01",
        "孰优孰劣：elu",
        "不作任何结论：sine。",
    ):
        assert part in said


def test_the_margin_stands_in_the_sentence():
    rows = standing("gelu"), standing("relu", equal=0.99)
    assert "less than 0.05 apart" in str(chosen(*rows, rules=plan(margin=0.05)))


def test_what_is_cheaper_is_told_if_it_is_as_good():
    """The cheapest of those that are practically equal, not what may be worse."""
    where = text("measure.this_machine")
    slow, fast, half, near = (
        Measurement(ns, 0.01, "ns", text("measure.cost"), where) for ns in (2.3, 0.5, 1.0, 1.9)
    )
    undecided = standing("relu", cost=fast, difference=-0.034)
    rows = standing("gelu", cost=slow), undecided, standing("elu", cost=near, equal=0.99)
    assert "per element" not in str(chosen(*rows))
    rows = *rows, standing("softplus", cost=half, equal=0.99)
    advice = chosen(*rows)
    assert advice.label == "gelu"  # the user decides
    (said,) = [str(each) for each in advice.reasons if "per element" in str(each)]
    assert said == (
        "softplus is practically as good as gelu and takes about 43 % of its time per element "
        "(measured now)."
    )
    with speaking("zh"):
        assert "耗时约为 gelu 的 43%" in str(chosen(*rows))


def test_after_one_round_the_leader_provisionally():
    rows = [replace(standing(n, splits=1), half_width=None) for n in ("gelu", "relu")]
    advice = chosen(*rows, rounds=1)
    assert advice.label == "gelu"
    assert "provisional" in str(advice)
    assert "better" not in str(advice)


def test_test_rows_decide_nothing():
    rows = [standing("gelu", score=0.5), standing("elu", 0.2, score=0.9)]
    assert chosen(*rows).label == "gelu"


def test_the_only_candidate_beats_nobody():
    for rounds in (1, 5):
        said = str(chosen(standing("relu"), rounds=rounds))
        assert "It was the only candidate" in said
        assert "lowest loss" not in said


def test_reasons_name_what_to_build():
    said = str(chosen(standing("relu", rate=0.001)))
    assert "hidden layers (64-64), learning rate 0.001 (AdamW), output softmax" in said
    assert "loss cross-entropy" in said
    assert "at the edge of what was tried" in said
    assert "standard deviation 1.414/sqrt(fan-in)" in said
    assert "softmax gives probabilities that sum to 1" in said
    assert "edge" not in str(chosen(standing("relu", rate=0.01)))


def test_an_output_without_an_activation_is_called_so():
    advice = replace(chosen(standing("relu")), output="identity")
    assert "output identity, loss" in str(advice.headline)
    with speaking("zh"):
        assert "输出层用恒等函数，损失函数" in str(advice.headline)


def test_a_race_that_may_go_beyond_its_rates_says_why_it_did_not():
    named = "A race looks beyond an edge only at its beginning"
    said = str(chosen(standing("relu", rate=0.01), rules=plan()))
    assert named in said
    assert "at the edge of what was tried: 0.03 was not tried, and may be better" in said
    assert "0.01, 0.03 tries it" in said
    assert "0.0001 was not tried" in str(chosen(standing("relu", rate=0.0003), rules=plan()))
    assert "edge" not in str(chosen(standing("relu", rate=0.001), rules=plan()))
    full = str(chosen(standing("relu", rate=0.01), rules=plan(full=True)))
    assert "a wider search" in full
    assert named not in full


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
