"""nt.watch: layers of sampled steps, alarms, updates as the optimizer made them."""

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
