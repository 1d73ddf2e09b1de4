"""nt.diagnose: faults planted in small models are found, and the change repairs them."""

import pytest
import torch
from torch import nn

import nonlin.torch as nt
from nonlin._errors import InputError
from nonlin._text import speaking

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
    for fan_in, fan_out in zip(sizes, sizes[1:], strict=False):
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
    monkeypatch.setattr("nonlin.stability.repeats.SECONDS", 2.5)


FAULTS = {  # model, batches, loss, optimizer; the cause
    "rate": (net, batches(), CLASSES, adam(3.0), "learning_rate"),
    "dead layer": (lambda: with_parameter(net(), "2.bias", -20), batches(), CLASSES, adam(),
                   "layers"),
    "inputs": (net, batches(X * 1000 + 500), CLASSES, adam(), "inputs"),
    "targets": (lambda: net(outputs=1), batches(X, QUANTITY * 1e4 + 5e4), SQUARES, adam(),
                "targets"),
    "large weights": (lambda: scaled(net(), 30.0), batches(), CLASSES, adam(), "layers"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
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
        assert "留出的行" in str(found)


def test_a_healthy_one_gets_no_alarm():
    found = nt.diagnose(net(), batches(), CLASSES, optimizer=adam())
    assert found.healthy, str(found)
    assert found.changes == ()
