"""nt.choose on models that train in milliseconds."""

import pickle
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import torch
import torch.nn.functional as F
from rich.cells import cell_len
from torch import nn

import nonlin as nl
import nonlin.torch as nt
from nonlin._errors import InputError
from nonlin._text import speaking

torch.manual_seed(0)
X = torch.randn(240, 6)
Y = (X[:, 0] * X[:, 1] > 0).long()
PARTS = [(X[:120], Y[:120]), (X[120:160], Y[120:160]), (X[160:], Y[160:])]
LOSS = nn.CrossEntropyLoss()
QUICK = {"candidates": ["tanh"], "rates": [0.01], "seeds": 2, "steps": 4}


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def net():
    return nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 2))


def of(model):
    """The activation that is in `net` now."""
    return model[1].activation.name


@dataclass
class Pretended:
    """A train_fn without training: a score for each activation, less where the rate is not best."""

    scores: dict
    best: float = 0.003
    calls: int = field(default=0, repr=False)
    fails_at: int = field(default=0, repr=False)
    broken: str = ""

    def __call__(self, model, rate, seed):
        self.calls += 1
        if self.calls == self.fails_at:
            raise KeyboardInterrupt
        score = self.scores[of(model)] - 0.05 * abs(torch.tensor(rate / self.best).log10().item())
        noise = 1e-3 * (seed % 7 + len(of(model)) * (seed % 3))
        if of(model) == self.broken:
            return {"valid": float("nan"), "test": float("nan")}
        return {"valid": score + noise, "test": score + noise}


def pretended(scores, **options):
    train = Pretended(scores, **options.pop("how", {}))
    given = {"candidates": list(scores), "seeds": 4, "example": X[:8]} | options
    return nt.choose(net, train_fn=train, **given), train


@pytest.fixture(scope="module")
def result():
    torch.set_num_threads(1)
    before = torch.random.get_rng_state()
    found = nt.choose(
        net, *PARTS, LOSS, candidates=["tanh"], rates=[0.003, 0.03], seeds=3, steps=60
    )
    assert torch.equal(before, torch.random.get_rng_state())
    return found


def test_three_lines_a_table_and_points(result):
    for language, words in (("en", "Better than no activation"), ("zh", "是否优于不用激活函数")):
        with speaking(language):
            lines = str(result).splitlines()
            assert [str(line) for line in result.verdict] == lines[:3]
            assert all(cell_len(line) <= 80 for line in lines[:3])
            assert lines[2].startswith(words)
            rows = [
                line for line in lines if line[:2] in ("→ ", "< ", "? ", "= ", "· ", "* ", "> ")
            ]
            assert len(rows) >= 3
            assert any("identity" in row for row in rows)
            repeated = [key.key for key in result.points.first]
            assert "torch_choose.repeated" in repeated


def test_the_non_linear_ones_are_better(result):
    assert result.recommendation.label in ("relu", "tanh")
    (linear,) = [row for row in result.standings if row.label == "identity"]
    assert linear.rounds == 3, "it runs with every seed"
    assert linear.score.value < result.chosen.score.value - 0.1
    assert not linear.tied
    assert str(result.verdict[2]).endswith("yes.") or "activation" in str(result.verdict[2])


def test_what_it_gives_beside_the_sentences(result):
    frame = result.table
    assert frame["activation"].to_list() == [row.label for row in result.standings]
    assert frame["recommended"].sum() == 1
    assert result.networks_trained == len(result.race.scores.outcomes) > 9
    assert result.recommendation.label in repr(result)
    assert result.ended == "splits"
    card = result._repr_html_()
    assert "<table" in card
    assert "result.plot()" in card
    assert not any(f"result.{name}" in card for name in ("report", "save")), "it has neither"
    with pytest.raises(InputError, match=r"no page: .* result\.plot"):
        nl.report.write(result, "page.html")
    assert str(result.verdict[0]) in nl.plot(result).get_suptitle()
    one, other = result.model(), result.model()
    assert of(one) == result.recommendation.activation.name
    assert torch.equal(one[0].weight, other[0].weight)
    assert not torch.equal(one[0].weight, result.model(seed=1)[0].weight)
    own = net()
    result.apply(own)
    assert torch.equal(own[2].weight, one[2].weight)


def test_any_number_of_threads_gives_the_same():
    found = [nt.choose(net, *PARTS, LOSS, **QUICK, threads=n) for n in (1, 2)]
    losses = [[row.ran.losses for row in each.standings] for each in found]
    assert losses[0] == losses[1]
    assert torch.get_num_threads() == 1


def test_the_grid_extends_itself():
    found, _ = pretended({"relu": 0.8, "tanh": 0.7, "identity": 0.3}, how={"best": 0.1})
    assert max(found.rates) >= 0.1
    assert found.recommendation.learning_rate == 0.1
    given = {"rates": [0.001, 0.002], "how": {"best": 0.01}}
    found, _ = pretended({"relu": 0.8, "tanh": 0.7, "identity": 0.3}, **given)
    assert found.recommendation.learning_rate in (0.008, 0.016)
    alone, _ = pretended({"relu": 0.8, "identity": 0.3}, rates=[0.001])
    assert alone.rates == (0.001,)


def test_an_edge_that_only_later_seeds_show_is_told():
    seeds = []

    def train(model, rate, seed):
        seeds.append(seed)
        best = 0.0063 if seed == seeds[0] else 0.01
        score = 0.8 - 0.1 * (of(model) == "identity") - abs(rate - best)
        return {"valid": score, "test": score}

    found = nt.choose(net, train_fn=train, candidates=["relu"], seeds=4, example=X[:8])
    assert found.recommendation.learning_rate == 0.01
    assert "0.03 was not tried, and may be better" in "\n".join(map(str, found.why))


def test_an_identity_that_is_as_good_is_said():
    found, _ = pretended({"relu": 0.8, "tanh": 0.7, "identity": 0.8}, margin=0.1)
    said = [str(each) for each in found.points.first]
    if found.recommendation.label == "identity":
        assert str(found.verdict[0]).startswith("No activation is needed")
    else:
        assert said[0].startswith(
            "With identity in place of relu, no non-linearity there, the model"
        )
    best, _ = pretended({"relu": 0.6, "identity": 0.9})
    assert str(best.verdict[0]).startswith("No activation is needed")
    with speaking("zh"):
        assert str(best.verdict[0]).startswith("不需要激活函数")


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_where_the_identity_did_better_the_answer_is_no(noise):
    """relu leads on validation rows; on test rows it is behind, clearly or not."""

    def train(model, rate, seed):
        linear = of(model) == "identity"
        chance = noise * (seed % 5 - 2) / 2
        test = 0.7 + (0.1 + chance) * linear + seed % 3 * len(of(model)) / 1e4
        return {"valid": 0.7 - 0.1 * linear, "test": test}

    options = {"candidates": ["relu"], "rates": [0.01], "seeds": 4, "example": X[:8]}
    found = nt.choose(net, train_fn=train, **options)
    (linear,) = [row for row in found.standings if row.label == "identity"]
    assert found.chosen.label == "relu"
    assert linear.difference > 0
    assert linear.verdict == ("open" if noise else "better")
    said = {"en": "no, not here." if noise else "no.", "zh": "未见优势。" if noise else "否。"}
    for language, words in said.items():
        with speaking(language):
            assert str(found.verdict[2]).endswith(words)
    assert "torch_choose.linear_as_good" in [each.key for each in found.points.first]


def test_what_diverges_is_left_out_and_told():
    found, _ = pretended({"relu": 0.8, "tanh": 0.9, "identity": 0.1}, how={"broken": "tanh"})
    assert [row.label for row in found.standings] == ["relu", "identity"]
    said = "\n".join(map(str, found.why))
    assert "gave no finite numbers: tanh" in said
    assert "networks diverged" in said


def test_one_seed_is_provisional():
    found, _ = pretended({"relu": 0.8, "identity": 0.1}, seeds=1, rates=[0.01])
    assert "one seed, so no interval" in str(found.verdict[1])
    assert "provisional" in "\n".join(map(str, found.points.first))


def test_a_run_is_resumed(tmp_path):
    scores = {"relu": 0.8, "tanh": 0.7, "identity": 0.3}
    first, train = pretended(scores, journal=tmp_path)
    assert train.calls == first.networks_trained
    again, train = pretended(scores, journal=tmp_path, resume=True)
    assert train.calls == 0
    tables = [each.table.drop("ns_per_element") for each in (again, first)]
    assert tables[0].equals(tables[1])
    broken, train = pretended(scores, journal=tmp_path, how={"fails_at": 12})
    assert broken.interrupted
    assert "Interrupted" in str(broken)
    rest, train = pretended(scores, journal=tmp_path, resume=True)
    assert 0 < train.calls < first.networks_trained
    assert rest.table["score"].to_list() == first.table["score"].to_list()


def test_other_training_has_another_journal(tmp_path):
    for steps in (4, 4, 5):
        nt.choose(net, *PARTS, LOSS, **QUICK | {"steps": steps, "seeds": 1}, journal=tmp_path)
    assert len(list(tmp_path.glob("*.sqlite"))) == 2


def test_the_budget_comes_first():
    told = []
    scores = {"relu": 0.8, "identity": 0.3}
    options = {"on_progress": lambda *each: told.append(each), "rates": [0.01]}
    found, _ = pretended(scores, budget="4-networks", **options)
    assert told[0][:2] == (0, found.estimate.fitting)
    assert "A full answer takes about" in told[0][2]
    assert f"In the budget {found.estimate.fits} of 4 seeds fit" in told[0][2]
    assert len(found.race.rounds) == found.estimate.fits < 4
    with pytest.raises(InputError, match="The budget holds no answer: the first seed alone"):
        pretended(scores, budget=1e-6, **options)
    with speaking("zh"), pytest.raises(InputError, match="预算不足以得出任何结论"):
        pretended(scores, budget="1-network", **options)


class InTurn:
    """An executor that sends everything through pickle."""

    def submit(self, function, *arguments):
        future = Future()
        sent = pickle.loads(pickle.dumps(arguments))  # noqa: S301 - our own
        future.set_result(function(*sent))
        return future


def test_what_cannot_be_sent_is_said_before_anything_is_trained():
    with ThreadPoolExecutor(1) as pool, pytest.raises(InputError, match="Threads of one process"):
        nt.choose(net, *PARTS, LOSS, **QUICK, executor=pool)
    with (
        ProcessPoolExecutor(1) as pool,
        pytest.raises(InputError, match="For processes make_model"),
    ):
        nt.choose(lambda: net(), *PARTS, LOSS, **QUICK, executor=pool)


def test_it_runs_on_an_executor():
    here = nt.choose(net, *PARTS, LOSS, **QUICK)
    there = nt.choose(net, *PARTS, LOSS, **QUICK, executor=InTurn())
    assert there.table["score"].to_list() == here.table["score"].to_list()


class Functional(nn.Module):
    """Calls its activation; has two of them; takes names, gives an object."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.third = nn.Linear(6, 8), nn.Linear(8, 8), nn.Linear(8, 8)
        self.last = nn.Linear(8, 2)

    def forward(self, features, scale=None):
        hidden = F.relu(self.second(F.relu(self.first(features))))
        return Output(self.last(torch.sigmoid(self.third(hidden))))


@dataclass
class Output:
    logits: torch.Tensor


torch.utils._pytree.register_dataclass(Output)


def named(part):
    return {"features": part[0]}, part[1]


def test_calls_names_and_objects():
    found = nt.choose(
        lambda seed: Functional(), *map(named, PARTS), lambda out, y: LOSS(out.logits, y), **QUICK
    )
    assert found.recommendation.replaced == "relu"
    notes = [str(note) for note in found.notes]
    assert "Replaced in the model: relu ×2." in notes
    assert any("these stayed: sigmoid" in note for note in notes)
    found = nt.choose(
        Functional, *map(named, PARTS), lambda out, y: LOSS(out.logits, y), **QUICK,
        replace="sigmoid",
    )  # fmt: skip
    assert found.recommendation.replaced == "sigmoid"


def test_quantities_optimizers_and_scores():
    values = [(x, x[:, :1].sin()) for x, _ in PARTS]

    def quantity():
        return nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 1))

    found = nt.choose(quantity, *values, nn.MSELoss(), **QUICK, optimizer=torch.optim.SGD)
    assert found.score.name == "r2"
    assert "R²" in str(found.verdict[1])

    def minus_error(outputs, targets):
        return -float((outputs - targets).abs().mean())

    found = nt.choose(
        quantity, *values, nn.MSELoss(), **QUICK, score=minus_error,
        optimizer=lambda parameters, rate: torch.optim.Adam(parameters, rate),
    )  # fmt: skip
    assert found.score.name == "minus_error"
    assert "minus_error -" in str(found.verdict[1])
    assert (
        pretended({"relu": 0.8, "identity": 0.1}, seeds=1, rates=[0.01])[0]
        .measures[0]
        .key.endswith("any_score")
    )


def fails(*given):
    raise RuntimeError("no more memory\nand more")


ONE = net()
WRONG = {
    "a model": ({"make_model": net()}, "must be a function that gives a new model"),
    "asks for more": ({"make_model": lambda width: net()}, "asks for width"),
    "a class that asks": ({"make_model": nn.Linear}, "asks for in_features, out_features"),
    "it fails": ({"make_model": fails}, "fails: RuntimeError: no more memory$"),
    "the same again": ({"make_model": lambda: ONE}, "gives the same model again"),
    "no module": ({"make_model": lambda: 3}, "int"),
    "no activation": ({"make_model": lambda: nn.Linear(6, 2)}, "In Linear no activation inside"),
    "other activation": ({"replace": "gelu"}, "no gelu to swap .* the model are relu"),
    "replace": ({"replace": 3}, "replace must be the name"),
    "no data": ({"valid": None, "test": None}, "are missing: valid, test"),
    "no batches": ({"train": 3}, "must be pairs of inputs and targets"),
    "no loss": ({"loss": None}, "needs a loss"),
    "loss by a wrong name": ({"loss": "cross_entrpy"}, "no loss 'cross_entrpy'.*cross_entropy"),
    "loss of a wrong kind": ({"loss": 3}, "The loss must be .* an object of type int"),
    "loss fails": ({"loss": lambda output, y: output[9]}, "The loss fails"),
    "optimizer": ({"optimizer": 3}, "must be a class of torch.optim"),
    "optimizer fails": ({"optimizer": fails}, "cannot be made of"),
    "score": ({"score": 3}, "score must be a function"),
    "score fails": ({"score": fails}, "The score fails"),
    "candidate": ({"candidates": ["rleu"]}, "rleu"),
    "rates": ({"rates": [-1.0]}, "rates"),
    "seeds": ({"seeds": 0}, "seeds"),
    "steps": ({"steps": 0}, "steps"),
    "budget": ({"budget": "soon"}, "is no budget"),
    "loop": ({"train_fn": 3}, "train_fn must be a function"),
    "loop fails": ({"train_fn": fails}, "train_fn fails: RuntimeError"),
    "loop says nothing": ({"train_fn": lambda *_: None}, "it gave None"),
    "loop without example": ({"train_fn": fails, "train": None}, "needs an example"),
    "executor": ({"executor": 3}, "executor"),
    "progress": ({"on_progress": 3}, "on_progress must be a function"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_wrong_inputs_get_one_sentence(what):
    change, sentence = WRONG[what]
    names = ("train", "valid", "test")
    given = {"make_model": net, **dict(zip(names, PARTS, strict=True)), "loss": LOSS} | QUICK
    with pytest.raises(InputError, match=sentence) as told:
        nt.choose(**given | change)
    assert "\n" not in str(told.value)
    with speaking("zh"):
        assert str(told.value)
