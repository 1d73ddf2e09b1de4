"""Several architectures race together, each with every activation."""

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.choose.candidates import plan
from nonlin.cli import run

RNG = np.random.default_rng(0)
X = RNG.standard_normal((150, 3))
Y = X[:, 0] * X[:, 1] + 0.1 * RNG.standard_normal(150)
TINY = {"activations": ["relu", "tanh"], "rates": [1e-2], "seeds": 2, "full": True}
TWO = [(4,), (24, 12)]


def test_every_activation_with_every_architecture():
    rules = plan(hidden=TWO, activations=["relu", "tanh"])
    assert rules.architectures == ((4,), (24, 12))
    assert rules.labels == ("relu 4", "tanh 4", "relu 24-12", "tanh 24-12")
    assert rules.per_split == 4 * len(rules.rates)
    assert plan(hidden=[(8, 8)]).hidden == (8, 8)
    assert rules.hidden == ((4,), (24, 12))
    assert plan(hidden=[(8,), (8,)]).hidden == (8,)
    assert plan(hidden=(8, 8)).labels[0] == "relu"


def test_the_recommended_network_has_its_shape():
    result = nl.choose(X, Y, hidden=TWO, **TINY)
    assert len(result.standings) == 4
    assert result.network.sizes[1:-1] == result.recommendation.hidden == result.chosen.hidden
    assert result.recommendation.hidden in TWO
    assert result.predict(X).shape == (150,)
    alone = nl.choose(X, Y, hidden=(24, 12), **TINY)
    pair = [row for row in result.standings if row.label == "tanh 24-12"]
    same = [row for row in alone.standings if row.label == "tanh"]
    assert pair[0].score.value == same[0].score.value
    assert "4, 24-12" in str(result.untried[0])


def test_of_equals_the_smaller_network():
    """If its loss is within a quarter of a standard error of the leader's."""
    noise = np.random.default_rng(3).standard_normal(150)
    options = TINY | {"activations": ["tanh"], "rates": [1e-5], "seeds": 4}  # nothing is learnt
    result = nl.choose(X, noise, hidden=[(32, 32), (4,)], **options)
    losses = {row.hidden: np.mean(row.ran.losses) for row in result.standings}
    leads = min(losses, key=losses.get)
    error = np.std([r.ran.losses for r in result.standings if r.leader], ddof=1) / 2
    near = abs(losses[(4,)] - losses[(32, 32)]) <= 0.25 * error
    expected = (4,) if near or leads == (4,) else (32, 32)
    assert result.recommendation.hidden == expected
    assert ("smaller network" in str(result)) is (expected != leads)


def test_the_journal_tells_them_apart(tmp_path):
    options = TINY | {"hidden": TWO, "journal": tmp_path}
    first = nl.choose(X, Y, **options)
    again = nl.choose(X, Y, resume=True, **options)
    scores = [[row.score.value for row in each.standings] for each in (first, again)]
    assert scores[0] == scores[1]
    assert len(set(scores[0])) == 4


def test_on_the_command_line(capsys, monkeypatch):
    monkeypatch.setenv("NONLIN_LANG", "en")
    line = ["choose", "iris", "--hidden", "4", "--hidden", "8,8", "-a", "relu", "--seeds", "2"]
    assert run([*line, "--rates", "0.01", "-q"]) == 0
    out = capsys.readouterr().out
    assert "relu 4" in out
    assert "relu 8-8" in out
    assert run([*line, "--hidden", "8,x", "-q"]) == 2


@pytest.mark.parametrize("hidden", [[(4,), ()], [(4,), (0,)], [(4,), "8"], [(4,), 8]])
def test_refusals(hidden):
    with pytest.raises(InputError):
        plan(hidden=hidden)
