"""nt.diagnose: faults planted in small models are found, and the change repairs them."""

from itertools import pairwise

import pytest
import torch
from torch import nn

import nonlin as nl
import nonlin.torch as nt
from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.layers import Initialise, Mend, Retrain
from nonlin.stability.changes import suspects
from nonlin.torch.training_badly import subject

torch.manual_seed(0)
X = torch.randn(480, 12)
Y = (X[:, 0] > 0).long() + (X[:, 2] > 0).long()
QUANTITY = (X[:, :1].sin() + X[:, 1:2]).float()
CLASSES, SQUARES = nn.CrossEntropyLoss(), nn.MSELoss()


def batches(inputs=X, targets=Y, size=32):
    return [
        (inputs[start : start + size], targets[start : start + size])
        for start in range(0, len(inputs), size)
    ]


def net(depth=2, activation=nn.ReLU, outputs=3, last=()):
    torch.manual_seed(0)
    sizes = [12, *[24] * depth]
    layers = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [nn.Linear(fan_in, fan_out), activation()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], outputs), *last)


def adam(rate=1e-2):
    return lambda parameters: torch.optim.Adam(parameters, rate)


def with_parameter(model, name, value):
    with torch.no_grad():
        dict(model.named_parameters())[name].fill_(value)
    return model


def scaled(model, by):
    with torch.no_grad():
        for each in model.parameters():
            each.mul_(by)
    return model


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Short trainings are enough here."""
    monkeypatch.setattr("nonlin.torch.training_badly.SECONDS", 1.0)


SLOW = dict.fromkeys(("dead layer", "targets", "large weights"), pytest.mark.slow)
FAULTS = {  # model, batches, loss, optimizer; the cause
    "rate": (net, batches(), CLASSES, adam(3.0), "learning_rate"),
    "dead layer": (lambda: with_parameter(net(), "2.bias", -20), batches(), CLASSES, adam(),
                   "module_weights"),
    "inputs": (net, batches(X * 1000 + 500), CLASSES, adam(), "inputs"),
    "targets": (lambda: net(outputs=1), batches(X, QUANTITY * 1e4 + 5e4), SQUARES, adam(),
                "targets"),
    "large weights": (lambda: scaled(net(), 30.0), batches(), CLASSES, adam(),
                      "module_weights"),
}  # fmt: skip


@pytest.mark.parametrize("fault", [pytest.param(n, marks=SLOW.get(n, ())) for n in FAULTS])
def test_a_planted_fault_is_found_and_mended(fault):
    make, data, loss, optimizer, cause = FAULTS[fault]
    model = make()
    before = [each.clone() for each in model.parameters()]
    found = nt.diagnose(model, data, loss, optimizer=optimizer)
    assert found.causes[:1] == (cause,), str(found)
    assert found.repaired, str(found)
    after = list(model.parameters())
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))
    assert "rows held out" in str(found)
    with speaking("zh"):
        assert "留出的样本" in str(found)


def test_a_healthy_one_gets_no_alarm():
    found = nt.diagnose(net(), batches(), CLASSES, optimizer=adam())
    assert found.healthy, str(found)
    assert found.changes == ()


class Softmax(nn.Module):
    """With a call at its end, and no module."""

    def __init__(self):
        super().__init__()
        self.inner = net()

    def forward(self, x):
        return self.inner(x).softmax(dim=1)


def frozen():
    model = net()
    for name, each in model.named_parameters():
        each.requires_grad_(name.startswith("4"))
    return model


def only_last(parameters):
    return torch.optim.Adam(list(parameters)[-2:], 1e-2)


def normed():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(12, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, 3)
    ).eval()  # fmt: skip


OWN = {  # that only PyTorch has; model, targets, loss, optimizer; the cause, the least suspicion
    "softmax": (lambda: net(last=[nn.Softmax(1)]), Y, CLASSES, adam(), "twice"),
    "softmax called": (Softmax, Y, CLASSES, adam(), "twice"),
    "no log_softmax": (net, Y, nn.NLLLoss(), adam(), "unnormed"),
    "sigmoid": (lambda: net(outputs=1, last=[nn.Sigmoid()]), QUANTITY * 3, SQUARES, adam(),
                "limits"),
    "frozen": (frozen, Y, CLASSES, adam(), "frozen"),
    "forgotten": (net, Y, CLASSES, only_last, "forgotten"),
    "evaluation": (lambda: scaled(normed(), 10.0), Y, CLASSES, adam(), "mode"),
    "dropout": (lambda: net(1, last=[nn.Dropout(0.9)]), Y, CLASSES, adam(), "dropout"),
}  # fmt: skip


@pytest.mark.parametrize("fault", OWN)
def test_faults_of_pytorch_only_are_suspected(fault):
    """And what mends them leaves nothing of the kind to be suspected."""
    make, targets, loss, optimizer, cause = OWN[fault]
    before = subject(make(), batches(X, targets), loss, optimizer=optimizer)
    also = ["module_weights"] if fault == "evaluation" else []  # which are ten times as large
    assert [each.name for each in before.faults] == [*also, cause]
    after = before.changed(Mend(cause))
    assert [each.name for each in after.faults] == also or fault == "softmax called"
    one, other = before.trial(0.5, 0), after.trial(0.5, 0)
    assert other.held_out > one.held_out + 0.02, (one.held_out, other.held_out)
    text = [each for each in suspects(before, (), False) if each.cause == cause]
    with speaking("zh"):
        assert "原因" in str(text[0].explanation)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["softmax", "no log_softmax", "frozen"])
def test_faults_of_pytorch_only_are_found(fault):
    make, targets, loss, optimizer, cause = OWN[fault]
    found = nt.diagnose(make(), batches(X, targets), loss, optimizer=optimizer)
    assert found.causes[:1] == (cause,), str(found)
    assert found.learns


class Reader(nn.Module):
    """Recurrent, and a layer behind it."""

    def __init__(self):
        super().__init__()
        self.read, self.last = nn.LSTM(3, 8, batch_first=True), nn.Linear(8, 2)

    def forward(self, x):
        return self.last(self.read(x)[0][:, -1])


def transformer():
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
    return nn.Sequential(nn.Linear(3, 8), layer, nn.Flatten(), nn.Linear(40, 2))


def convolution():
    return nn.Sequential(
        nn.Conv1d(5, 8, 3, padding=1), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(24, 2)
    )  # fmt: skip


SEQUENCES = torch.randn(160, 5, 3, generator=torch.Generator().manual_seed(3))
SIGNS = (SEQUENCES[:, 3, 0] + SEQUENCES[:, 4, 1] > 0).long()


@pytest.mark.slow
@pytest.mark.parametrize(("make", "epochs"), [(Reader, 60), (transformer, 20), (convolution, 20)])
def test_a_learning_rate_is_found_in_other_models(make, epochs):
    """First; then, perhaps, that so many steps are few."""
    torch.manual_seed(0)
    rows = batches(SEQUENCES, SIGNS)
    found = nt.diagnose(make(), rows, CLASSES, optimizer=adam(1e-7), epochs=epochs)
    assert found.causes[:1] == ("learning_rate",), str(found)
    assert set(found.causes) <= {"learning_rate", "epochs"}
    assert found.learns


def test_what_is_recommended_can_be_applied():
    """A copy that is not trained yet, with its optimizer; groups keep their ratios."""
    model = net()
    groups = [
        {"params": list(model[0].parameters()), "lr": 6.0},
        {"params": list(model[2:].parameters())},
    ]
    optimizer = torch.optim.Adam(groups, 3.0)
    given = subject(model, batches(), CLASSES, optimizer=optimizer)
    changed = given.changed(Retrain(learning_rate=0.6, batch_size=16, longer=2))
    assert [group["lr"] for group in changed.training.optimizer.param_groups] == [0.6, 0.3]
    assert (changed.recipe.batch_size, changed.recipe.epochs) == (16, 40)
    assert [group["lr"] for group in optimizer.param_groups] == [6.0, 3.0]


def test_apply():
    found = nt.diagnose(net(), batches(X * 1000 + 500), CLASSES, optimizer=adam(), steps=300)
    assert found.causes == ("inputs",)
    applied = found.apply()
    inputs, targets = applied.prepare(X * 1000 + 500, Y)
    assert float(inputs.mean().abs()) < 0.1
    assert torch.equal(targets, Y)
    own = {id(each) for each in applied.model.parameters()}
    assert {id(each) for group in applied.optimizer.param_groups for each in group["params"]} == own
    assert applied.batch_size == 32
    for _ in range(40):
        applied.optimizer.zero_grad()
        loss = CLASSES(applied.model(inputs), targets)
        loss.backward()
        applied.optimizer.step()
    assert float(loss.detach()) < 0.6


def test_what_is_not_looked_at_is_said():
    """Matrices of recurrent layers are one operator with what is between them."""
    given = subject(Reader(), batches(SEQUENCES, SIGNS), CLASSES, optimizer=adam())
    assert given.unseen == ("read.weight_ih_l0", "read.weight_hh_l0")
    assert subject(net(), batches(), CLASSES).unseen == ()
    found = nt.diagnose(Reader(), batches(SEQUENCES, SIGNS, 64), CLASSES, steps=5)
    assert str(found).endswith("Not looked at: read.weight_ih_l0, read.weight_hh_l0.")


def test_an_activation_comes_behind_layers_that_have_none():
    given = subject(net(2, nn.Identity), batches(), CLASSES, optimizer=adam())
    changed = given.changed(Initialise(nl.get("relu")))
    assert [each.activation.name for each in changed.layers] == ["relu", "relu", "softmax"]
    assert changed.init == "auto"


def test_columns_of_images_are_their_channels():
    """Also where the first layer is none that convolves."""
    images = torch.randn(64, 2, 4, 4)
    model = nn.Sequential(nn.Flatten(), nn.Linear(32, 3))
    given = subject(model, batches(images, Y[:64]), CLASSES, optimizer=adam())
    assert len(given.columns("inputs").moments.means) == 2


def test_time_may_be_short():
    """Then the report says how much would do, and targets are not blamed."""
    random = torch.Generator().manual_seed(0)
    noise = torch.randint(0, 3, (480,), generator=random)
    found = nt.diagnose(net(), batches(X, noise), CLASSES, optimizer=adam(), seconds=0.3)
    assert found.wanted > 0.3
    assert found.causes == ()
    assert "seconds=" in str(found)
    with speaking("zh"):
        assert "时间不足" in str(found)
    with pytest.raises(InputError, match="seconds"):
        nt.diagnose(net(), batches(), CLASSES, seconds=0)


def test_an_activation_is_exchanged():
    given = subject(net(2, nn.Sigmoid), batches(), CLASSES, optimizer=adam())
    changed = given.changed(Initialise(nl.get("elu")))
    assert [each.activation.name for each in changed.layers] == ["elu", "elu", "softmax"]
    assert [each.activation.name for each in given.layers] == ["sigmoid", "sigmoid", "softmax"]


def test_outputs_that_are_no_answer():
    """Refused in a sentence, and not compared somehow."""
    with pytest.raises(InputError, match="nothing tells how far"):
        nt.diagnose(net(), batches(X, QUANTITY), lambda output, _: output.square().mean())
