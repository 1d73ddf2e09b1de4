"""nt.watch: layers of sampled steps, alarms, updates as the optimizer made them."""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

import pytest
import torch
from torch import nn

import nonlin.torch as nt
from nonlin._errors import InputError
from nonlin._text import speaking

X = torch.randn(64, 6, generator=torch.Generator().manual_seed(0))
Y = (X[:, 0] > 0).long()
LOSS = nn.CrossEntropyLoss()


def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 8), nn.ReLU(inplace=True), nn.Linear(8, 2))


def trained(model, optimizer, steps, accumulated=1):
    for _ in range(steps):
        optimizer.zero_grad()
        for _ in range(accumulated):
            (LOSS(model(X), Y) / accumulated).backward()
        optimizer.step()


def test_it_sees_what_is_there():
    model, logged = net(), []
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    first = float(model[0](X).detach().square().mean())
    with nt.watch(
        model, optimizer, log=lambda numbers, step: logged.append((step, numbers))
    ) as seen:
        trained(model, optimizer, 9)
    assert [each.step for each in seen.steps] == [1, 1, 5, 5, 9, 9]
    assert [each.layer for each in seen.steps[:2]] == ["0", "2"]
    assert seen.steps[0].second == pytest.approx(first)
    for each in seen.steps:  # plain gradient descent
        assert each.update == pytest.approx(0.1 * each.gradient, rel=1e-3)
    assert seen.alarms == []
    assert [step for step, _ in logged] == [1, 5, 9]
    assert logged[0][1]["0/update"] == seen.steps[0].update
    assert "9" in str(seen)


def test_accumulated_gradients_are_one_step():
    found = []
    for accumulated in (1, 4):
        model = net()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        with nt.watch(model, optimizer, every=1) as seen:
            trained(model, optimizer, 2, accumulated)
        found.append(seen.steps)
    for one, other in zip(*found, strict=True):
        assert one.gradient == pytest.approx(other.gradient, rel=1e-4)
        assert one.second == pytest.approx(other.second, rel=1e-4)


def test_gradients_are_those_after_unscaling():
    """As the scaler of mixed precision hands them to the optimizer."""
    plain, scaled = net(), net()
    one, other = (torch.optim.SGD(each.parameters(), 0.1) for each in (plain, scaled))
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    with nt.watch(plain, one, every=1) as seen:
        trained(plain, one, 2)
    with nt.watch(scaled, other, every=1) as found:
        for _ in range(2):
            other.zero_grad()
            scaler.scale(LOSS(scaled(X), Y)).backward()
            scaler.step(other)
            scaler.update()
    for mine, yours in zip(found.steps, seen.steps, strict=True):
        assert mine.gradient == pytest.approx(yours.gradient, rel=1e-4)


def test_alarms_name_step_and_layer():
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 1e4)
    with nt.watch(model, optimizer, every=1) as seen:
        trained(model, optimizer, 5)
    first = seen.alarms[0]
    assert (first.kind, first.step) == ("large_update", 1)
    assert {"exploding"} <= {each.kind for each in seen.alarms}
    assert str(first).startswith("Step 1: one update")
    with speaking("zh"):
        assert "学习率" in str(first)
    model = net()
    nn.init.constant_(model[0].bias, -20)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with nt.watch(model, optimizer) as seen:
        trained(model, optimizer, 1)
    assert ("no_gradient", "0") in {(each.kind, each.layer) for each in seen.alarms}


def test_nothing_is_left_behind():
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with pytest.raises(RuntimeError), nt.watch(model, optimizer):
        model(X[:, :3])
    assert not model._forward_hooks
    assert not model._forward_pre_hooks
    with nt.watch(model, optimizer) as seen, torch.no_grad():
        model.eval()(X)
    assert seen.steps == []
    trained(model, optimizer, 2)
    assert seen.done == 0


def test_models_that_are_wrapped():
    plain = net()
    with nt.watch(plain, torch.optim.SGD(plain.parameters(), 0.1)) as seen:
        trained(plain, seen.optimizer, 2)
    for wrapped in (lambda m: torch.compile(m, backend="eager"), nn.DataParallel):
        model = net()
        outer = wrapped(model)
        outer(X)
        with nt.watch(outer, torch.optim.SGD(model.parameters(), 0.1)) as other:
            trained(outer, other.optimizer, 2)
        assert [each.second for each in other.steps] == [each.second for each in seen.steps]


def test_refusals():
    model = net()
    model.compile(backend="eager")
    with pytest.raises(InputError, match="compiled in place"):
        nt.watch(model, torch.optim.SGD(model.parameters(), 0.1))
    with pytest.raises(InputError, match=r"torch\.optim\.Optimizer"):
        nt.watch(net(), 3)


def test_steps_that_do_both_passes_themselves():
    """A closure, as L-BFGS and Lightning hand over: the optimizer calls the model."""
    plain, closed = net(), net()
    with nt.watch(plain, torch.optim.SGD(plain.parameters(), 0.1), every=2) as seen:
        trained(plain, seen.optimizer, 3)
    optimizer = torch.optim.SGD(closed.parameters(), 0.1)

    def closure():
        optimizer.zero_grad()
        loss = LOSS(closed(X), Y)
        loss.backward()
        return loss

    with nt.watch(closed, optimizer, every=2) as found:
        for _ in range(3):
            optimizer.step(closure)
    assert found.steps == seen.steps


def test_parts_of_weights_and_gradients_that_lie_otherwise():
    """Rows of one matrix for two layers; a gradient in another order than its weight."""

    class Parts(nn.Module):
        def __init__(self):
            super().__init__()
            storage = torch.randn(100, generator=torch.Generator().manual_seed(1))
            self.weight = nn.Parameter(storage[4:].reshape(12, 8)[:, :6])

        def forward(self, x):
            one = nn.functional.linear(x, self.weight[:5])
            return torch.cat([one, nn.functional.linear(x, self.weight[5:])], 1)

    model = Parts()
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    with nt.watch(model, optimizer, every=1) as seen:
        model(X).square().mean().backward()
        grad, old = model.weight.grad.clone(), model.weight.detach().clone()
        model.weight.grad = model.weight.grad.t().contiguous().t()
        optimizer.step()
    for step, rows in zip(seen.steps, (slice(0, 5), slice(5, 12)), strict=True):
        assert step.gradient == pytest.approx(float(grad[rows].norm() / old[rows].norm()))
        assert step.update == pytest.approx(0.01 * step.gradient, rel=1e-3)


def test_sums_too_large_to_square():
    model = net()
    with torch.no_grad():
        model[0].weight.mul_(1e25)
    with nt.watch(model, torch.optim.SGD(model.parameters(), 0.0), every=1) as seen:
        trained(model, seen.optimizer, 1)
    assert 1e45 < seen.steps[0].second < 1e60
    assert seen.alarms[0].kind == "exploding"


class Writer:
    """Of TensorBoard."""

    def __init__(self):
        self.told = {}

    def add_scalar(self, tag, value, step):
        self.told[tag, step] = value


class Run:
    """Of wandb, or a logger of Lightning."""

    def __init__(self, method):
        self.told = []
        setattr(self, method, lambda numbers, step: self.told.append((step, sorted(numbers))))


def test_loggers():
    writer, run, metrics = Writer(), Run("log"), Run("log_metrics")
    for log in (writer, run, metrics):
        model = net()
        with nt.watch(model, torch.optim.SGD(model.parameters(), 0.1), log=log) as seen:
            trained(model, seen.optimizer, 1)
    names = sorted(f"{n}/{what}" for n in "02" for what in ("second", "gradient", "update"))
    assert sorted(writer.told) == [(name, 1) for name in names]
    assert run.told == metrics.told == [(1, names)]
    with pytest.raises(InputError, match="an object of type int"):
        nt.watch(model, seen.optimizer, log=3)


def test_lightning(monkeypatch):
    """As a trainer calls its callbacks: the module's training_step runs, not its forward."""
    package = ModuleType("lightning"), ModuleType("lightning.pytorch")
    package[1].Callback = object
    for each in package:
        each.__spec__ = ModuleSpec(each.__name__, None)
        monkeypatch.setitem(sys.modules, each.__name__, each)
    callback, logger = nt.lightning_callback(every=2), Run("log_metrics")
    model = nn.Module()
    model.net = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    trainer = SimpleNamespace(optimizers=[optimizer], loggers=[logger])
    callback.on_fit_start(trainer, model)
    for _ in range(3):

        def closure():
            callback.on_train_batch_start(trainer, model, (X, Y), 0)
            loss = LOSS(model.net(X), Y)
            callback.on_before_backward(trainer, model, loss)
            optimizer.zero_grad()
            loss.backward()
            return loss

        optimizer.step(closure)
    callback.on_fit_end(trainer, model)
    assert [each.step for each in callback.watching.steps] == [1, 1, 3, 3]
    assert [step for step, _ in logger.told] == [1, 3]
    assert not optimizer._optimizer_step_post_hooks
    monkeypatch.setattr("nonlin.torch.lightning.find_spec", lambda name: None)
    with pytest.raises(InputError, match="pip install lightning"):
        nt.lightning_callback()
