"""The demonstrations of nonlin.torch, at a size that is quick."""

import importlib.util
import sys
from pathlib import Path

import pytest
import torch

EXAMPLES = Path(__file__).parents[2] / "examples" / "torch"


def load(name):
    spec = importlib.util.spec_from_file_location(f"torch_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.slow
def test_why_not(tmp_path, monkeypatch):
    """Two of the four; the causes, and what helps."""
    monkeypatch.setattr("nonlin.torch.training_badly.SECONDS", 1.0)
    why = load("why_not")
    found = why.measure(("softmax", "zero_grad"), rows=320, epochs=6)
    assert {name: report.causes[0] for name, (report, *_) in found.items()} == {
        "softmax": "twice",
        "zero_grad": "zero_grad",
    }
    assert all(after[-1] > before[-1] + 0.2 for _, before, after in found.values())
    why.draw(found, str(tmp_path / "why.png"))
    assert (tmp_path / "why.png").stat().st_size > 10_000


@pytest.mark.slow
def test_swap(tmp_path):
    swap = load("swap")
    found = swap.measure(depth=10, steps=16)
    seen, accuracy = zip(*found.values(), strict=True)
    last = [each.layers[-1].measured for each in seen]
    assert last[2] > 10 * max(last[:2])
    assert accuracy[2] > max(accuracy[:2]) + 0.2
    assert [each.counts for each in seen] == [{"relu": 10}, {"gelu": 10}, {"gelu": 10}]
    swap.draw(found, str(tmp_path / "swap.png"))
    assert (tmp_path / "swap.png").stat().st_size > 10_000


def test_choose_cnn(tmp_path):
    found = load("choose_cnn").chosen(candidates=["gelu"], rates=[0.01], seeds=2, steps=12)
    assert {row.label for row in found.standings} == {"relu", "gelu", "identity"}
    assert found.chosen.score.value > 0.4, "0.1 is what chance gives"
    found.plot().savefig(tmp_path / "cnn.png")
    assert (tmp_path / "cnn.png").stat().st_size > 10_000


def test_choose_transformer():
    given = {"candidates": ["relu"], "rates": [0.003], "seeds": 2, "steps": 60}
    found = load("choose_transformer").chosen(**given)
    scores = {row.label: row.score.value for row in found.standings}
    assert found.recommendation.label != "identity"
    assert scores[found.recommendation.label] > 0.85
    assert scores["identity"] < 9 / 13 + 0.05, "which no weights exceed, but for chance"
    assert found.race.scores.outcomes
