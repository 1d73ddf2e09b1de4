"""The user's own training loop: what is wrong with it is seen, and a plain one mends it."""

import pytest
import torch
from torch import nn

import nonlin.torch as nt
from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.layers import Mend
from nonlin.stability.changes import suspects
from nonlin.torch.training_badly import subject

X = torch.randn(320, 6, generator=torch.Generator().manual_seed(0))
Y = (X[:, 0] > 0).long() + (X[:, 2] > 0).long()
BATCHES = list(zip(X.split(32), Y.split(32), strict=True))
LOSS = nn.CrossEntropyLoss()


def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, 3))


def sgd(parameters):
    return torch.optim.SGD(parameters, 0.1)


def loop_of(step):
    def loop(model, optimizer, batches):
        for x, y in batches:
            step(model, optimizer, x, y)

    return loop


@loop_of
def good(model, optimizer, x, y):
    optimizer.zero_grad()
    LOSS(model(x), y).backward()
    optimizer.step()


@loop_of
def zeroed_behind(model, optimizer, x, y):
    LOSS(model(x), y).backward()
    optimizer.step()
    model.zero_grad(set_to_none=False)


def whole_training(model, optimizer, batches):
    for _ in range(1000):
        good(model, optimizer, batches)


def accumulating(model, optimizer, batches):
    for number, (x, y) in enumerate(batches, start=1):
        (LOSS(model(x), y) / 2).backward()
        if number % 2 == 0:
            optimizer.step()
            optimizer.zero_grad()


@loop_of
def forgetful(model, optimizer, x, y):
    LOSS(model(x), y).backward()
    optimizer.step()


@loop_of
def without_step(model, optimizer, x, y):
    optimizer.zero_grad()
    LOSS(model(x), y).backward()


@loop_of
def own_optimizer(model, optimizer, x, y):
    good(model, sgd(model.parameters()), [(x, y)])


@loop_of
def cleared_too_late(model, optimizer, x, y):
    LOSS(model(x), y).backward()
    optimizer.zero_grad()
    optimizer.step()


@loop_of
def uphill(model, optimizer, x, y):
    optimizer.zero_grad()
    (-LOSS(model(x), y)).backward()
    optimizer.step()


@loop_of
def clipped(model, optimizer, x, y):
    optimizer.zero_grad()
    LOSS(model(x), y).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1e-3)
    optimizer.step()


def evaluating(model, optimizer, batches):
    good(model, optimizer, batches)
    model.eval()


def falling(model, optimizer, batches):
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    for x, y in batches:
        good(model, optimizer, [(x, y)])
        schedule.step()


LOOPS = {
    "loop": (good, zeroed_behind, whole_training, accumulating),
    "zero_grad": (forgetful,),
    "no_step": (without_step,),
    "own_optimizer": (own_optimizer,),
    "no_gradient": (cleared_too_late,),
    "other_gradient": (uphill,),
    "small_gradient": (clipped,),
    "loop_mode": (evaluating,),
    "schedule": (falling,),
}


@pytest.mark.parametrize(
    ("cause", "loop"), [(cause, loop) for cause, several in LOOPS.items() for loop in several]
)
def test_what_a_loop_does_is_seen(cause, loop):
    """One that is as it should be is suspected of nothing in particular."""
    given = subject(net(), BATCHES, LOSS, optimizer=sgd, loop=loop)
    (fault,) = given.faults
    assert fault.name == cause
    assert fault.suspicion == (0 if cause == "loop" else 2)
    (suspect,) = (each for each in suspects(given, (), False) if each.cause == cause)
    with speaking("zh"):
        assert "原因" in str(suspect.explanation)
        assert "改动" in str(suspect.advice) or "修改" in str(suspect.advice)


def test_a_plain_loop_mends_it():
    given = subject(net(), BATCHES, LOSS, optimizer=sgd, epochs=6, loop=uphill)
    changed = given.changed(Mend("other_gradient"))
    assert changed.training.loop is None
    assert changed.faults == ()
    one, other = given.trial(1.0, 0), changed.trial(1.0, 0)
    assert other.held_out > max(one.held_out, 0) + 0.2


@pytest.mark.parametrize("loop", [good, whole_training])
def test_a_loop_gets_as_many_batches_as_its_training_has(loop):
    """Whether it goes over them once in a call, or a thousand times."""
    given = subject(net(), BATCHES, LOSS, optimizer=sgd, epochs=6, loop=loop)
    plain = subject(net(), BATCHES, LOSS, optimizer=sgd, epochs=6)
    one, other = given.trial(1.0, 0), plain.trial(1.0, 0)
    assert one.held_out == pytest.approx(other.held_out, abs=1e-4)


def test_a_loop_that_diverges():
    def wild(parameters):
        return torch.optim.SGD(parameters, 1e30)

    found = subject(net(), BATCHES, LOSS, optimizer=wild, loop=good).trial(1.0, 0)
    assert found.diverged_at is not None


def test_batches_come_as_they_were_given():
    """A mapping stays one."""
    seen = []

    def loop(model, optimizer, batches):
        for batch in batches:
            seen.append(sorted(batch))
            good(model, optimizer, [(batch["input"], batch["labels"])])

    mapped = [{"input": x, "labels": y} for x, y in BATCHES]
    subject(net(), mapped, LOSS, optimizer=sgd, loop=loop)
    assert seen
    assert all(each == ["input", "labels"] for each in seen)


def test_refused_loops():
    def of_another(model, optimizer, batches):
        good(other, sgd(other.parameters()), batches)

    def failing(model, optimizer, batches):
        raise ValueError("no such luck")

    other = net()
    before = [each.clone() for each in other.state_dict().values()]
    refused = {
        3: "type int",
        failing: "no such luck",
        of_another: "another model",
        lambda *_: None: "takes no batch",
    }
    for loop, match in refused.items():
        with pytest.raises(InputError, match=match):
            nt.diagnose(other, BATCHES, LOSS, optimizer=sgd, loop=loop)
        with speaking("zh"), pytest.raises(InputError, match=r"训练循环"):
            nt.diagnose(other, BATCHES, LOSS, optimizer=sgd, loop=loop)
    after = other.state_dict().values()
    assert all(torch.equal(one, two) for one, two in zip(before, after, strict=True))
