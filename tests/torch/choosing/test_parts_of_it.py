"""Rates, steps, scores and times of nt.choose, by themselves."""

import pytest
import torch
from rich.cells import cell_len
from torch import nn

from nonlin._text import speaking, text
from nonlin.torch.choosing.estimate import lasting
from nonlin.torch.choosing.parts import parts
from nonlin.torch.choosing.plan import beyond, steps_of
from nonlin.torch.choosing.scoring import Scorer
from nonlin.torch.choosing.training import Loop


def test_rates_go_on_as_they_begin():
    assert beyond((0.001, 0.01)) == (1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0)
    assert beyond((0.01,)) == (0.01,)


@pytest.mark.parametrize(
    ("given", "steps"),
    [((320, 32, None, None), 1000), ((320, 32, 3, None), 30), ((320, 32, 3, 7), 7),
     ((64, 64, None, None), 100), ((64_000, 64, None, None), 5000)],
)  # fmt: skip
def test_steps(given, steps):
    assert steps_of(*given) == steps


def test_times_as_people_say_them():
    assert [str(lasting(each)) for each in (0.5, 80, 95, 7200)] == [
        "0.5 s",
        "80 s",
        "1.6 min",
        "2 h",
    ]
    with speaking("zh"):
        assert str(lasting(600)) == "10 分钟"


def test_a_loader_that_shuffles_gives_the_same_rows_and_takes_no_random_numbers():
    rows = torch.utils.data.TensorDataset(torch.arange(20.0).view(-1, 1), torch.arange(20))
    loader = torch.utils.data.DataLoader(rows, 5, shuffle=True)
    before = torch.random.get_rng_state()
    once, again = (parts(*[loader] * 3, size=None, device=torch.device("cpu")) for _ in range(2))
    assert torch.equal(before, torch.random.get_rng_state())
    assert once.digest == again.digest
    assert once.batch == 5
    assert sorted(once.train.targets.tolist()) == list(range(20))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("answer", ["yes", "no", "open", "behind", "unknown"])
def test_the_longest_line_fits_on_any_terminal(language, answer):
    answer = text(f"verdict.answer.{answer}")
    said = text("torch_choose.verdict.linear", score="97.3 %", answer=answer)
    line = text("torch_choose.verdict.both", linear=said, old="leaky_relu", answer=answer)
    with speaking(language):
        assert 50 < cell_len(str(line)) <= 80


class Fixed(nn.Module):
    """Gives what it is given."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, x):
        return self.scale * x


def test_the_share_that_is_right():
    outputs = torch.eye(4)[[0, 1, 2, 2, 3]]
    targets = torch.tensor([0, 1, 2, 3, 3])
    given = parts(*[(outputs, targets)] * 3, size=None, device=torch.device("cpu"))
    scorer = Scorer.of(given, nn.CrossEntropyLoss(), None)
    assert scorer(Fixed(), given.test) == pytest.approx(0.8)
    assert scorer.score.least == pytest.approx(0.4)
    assert scorer.score.step == 1.0


def test_tokens_that_the_loss_ignores_do_not_count():
    outputs = torch.zeros(2, 3, 2)
    outputs[..., 1] = 1
    targets = torch.tensor([[1, 0, -100], [1, 1, -100]])
    given = parts(*[(outputs, targets)] * 3, size=None, device=torch.device("cpu"))
    scorer = Scorer.of(given, lambda out, y: nn.functional.cross_entropy(out.mT, y), None)
    assert scorer(Fixed(), given.test) == pytest.approx(0.75)
    assert scorer.score.step == pytest.approx(1 / 3)


def test_the_weights_with_the_lowest_loss_are_judged():
    x = torch.ones(8, 1)
    given = parts((x, 3 * x), (x, x), (x, x), size=4, device=torch.device("cpu"))
    scorer = Scorer.of(given, nn.MSELoss(), lambda outputs, targets: float(outputs.mean()))
    loop = Loop(given, scorer, torch.optim.SGD, 20)
    found = loop.outcome(Fixed(), 0.05, 0)
    assert found.claimed < 1.5, "later steps are further from the validation rows"
    assert not found.diverged
    broken = loop.outcome(Fixed(), 1e30, 0)
    assert broken.diverged


def test_rows_that_are_left_out_are_told(monkeypatch):
    monkeypatch.setattr("nonlin.torch.choosing.parts.MOST_ROWS", 8)
    x = torch.ones(9, 1)
    given = parts((x[:7], x[:7]), (x, x), (x, x), size=4, device=torch.device("cpu"))
    assert [str(note) for note in given.notes] == [
        "Not more than the first 8 rows were used of: valid, test."
    ]
