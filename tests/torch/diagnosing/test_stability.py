"""nt.stability: what it sees is what a replay computes, however the model is written."""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint

import nonlin.torch as nt
from nonlin._errors import InputError
from nonlin._text import speaking

LOSS = nn.CrossEntropyLoss()
X, Y = torch.randn(40, 6, generator=torch.Generator().manual_seed(0)), torch.arange(40) % 3


def seeded(make):
    torch.manual_seed(0)
    return make()


class Written(nn.Module):
    """Three layers and two activations; how they are called is what differs."""

    def __init__(self, way="plain"):
        super().__init__()
        self.way = way
        self.one, self.two, self.three = nn.Linear(6, 8), nn.Linear(8, 8), nn.Linear(8, 3)
        self.relu = nn.ReLU()

    def forward(self, x):
        way = self.way
        if way == "in place":
            return self.three(F.relu_(self.two(F.relu_(self.one(x)))))
        if way == "written":
            return self.three(self.two(self.one(x).clamp(min=0)).clamp(min=0))
        if way == "forward":
            hidden = self.relu.forward(self.one.forward(x))
            return self.three.forward(self.relu.forward(self.two.forward(hidden)))
        if way == "products":
            hidden = F.relu(x @ self.one.weight.t() + self.one.bias)
            hidden = F.relu(torch.addmm(self.two.bias, hidden, self.two.weight.t()))
            return F.linear(hidden, self.three.weight, self.three.bias)
        if way.startswith("checkpoint"):
            hidden = self.relu(self.one(x))
            reentrant = way.endswith("reentrant")
            inner = checkpoint(self._inner, hidden, use_reentrant=reentrant)
            return self.three(inner)
        return self.three(self.relu(self.two(self.relu(self.one(x)))))

    def _inner(self, hidden):
        return F.relu(self.two(hidden))


WAYS = ("in place", "written", "forward", "checkpoint", "checkpoint reentrant")
SAME = ("means", "variances", "dead", "saturated", "second", "gradient", "weight_gradient", "rank")


def assert_same(one, other):
    assert one.loss == pytest.approx(other.loss)
    for mine, yours in zip(one.layers, other.layers, strict=True):
        for key in SAME:
            assert getattr(mine, key) == pytest.approx(getattr(yours, key), rel=1e-4), key


@pytest.mark.parametrize("way", WAYS)
def test_what_it_sees_does_not_depend_on_how_a_model_is_written(way):
    plain = nt.stability(seeded(Written), (X, Y), LOSS)
    assert_same(nt.stability(seeded(lambda: Written(way)), (X, Y), LOSS), plain)


def test_it_sees_what_a_replay_computes():
    model = seeded(lambda: Written("in place"))
    found = nt.stability(model, (X, Y), LOSS)
    sums = [model.one(X)]
    sums.append(model.two(sums[0].relu()))
    sums.append(model.three(sums[1].relu()))
    loss = LOSS(sums[2], Y)
    errors = torch.autograd.grad(loss * len(X), sums, retain_graph=True)
    weights = torch.autograd.grad(loss, [model.one.weight, model.two.weight, model.three.weight])
    assert found.loss == pytest.approx(float(loss.detach()))
    for layer, z, error, weight in zip(found.layers, sums, errors, weights, strict=True):
        exact = z.detach().double().numpy()
        assert layer.means == pytest.approx(exact.mean(axis=0))
        assert layer.second == pytest.approx(np.square(exact).mean())
        assert layer.gradient == pytest.approx(float(error.square().sum(1).mean().sqrt()))
        assert layer.weight_gradient == pytest.approx(float(weight.norm()), rel=1e-4)
    for layer, z in zip(found.layers[:2], sums, strict=False):
        assert list(layer.dead) == list((z <= 0).all(dim=0))
    assert [each.spec.activation.name for each in found.layers] == ["relu", "relu", "softmax"]


def test_products_without_modules_are_layers():
    """The first one has its bias added later, so that its sums are those before it."""
    found = nt.stability(seeded(lambda: Written("products")), (X, Y), LOSS)
    plain = nt.stability(seeded(Written), (X, Y), LOSS)
    assert [each.spec.name for each in found.layers] == ["one", "two", "three"]
    for mine, yours in zip(found.layers[1:], plain.layers[1:], strict=True):
        assert mine.second == pytest.approx(yours.second)
    assert found.layers[0].gradient == pytest.approx(plain.layers[0].gradient)


class Shortcut(nn.Module):
    def __init__(self, in_place):
        super().__init__()
        self.in_place = in_place
        self.one, self.two, self.three = nn.Linear(6, 6), nn.Linear(6, 6), nn.Linear(6, 3)

    def forward(self, x):
        hidden = self.two(self.one(x).relu_())
        if self.in_place:
            hidden += x
        else:
            hidden = hidden + x
        return self.three(hidden)


def test_a_sum_in_place_is_a_sum():
    one, other = (
        nt.stability(seeded(lambda way=way: Shortcut(way)), (X, Y), LOSS) for way in (True, False)
    )
    assert_same(one, other)


def test_one_module_used_several_times_is_one_layer():
    class Shared(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.last, self.relu = nn.Linear(6, 6), nn.Linear(6, 3), nn.ReLU()

        def forward(self, x):
            for _ in range(5):
                x = self.relu(self.inner(x))
            return self.last(x)

    found = nt.stability(seeded(Shared), (X, Y), LOSS)
    assert [each.spec.name for each in found.layers] == ["inner", "last"]
    assert found.layers[0].gradient > 0


def test_tied_weights():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.two, self.last = nn.Linear(6, 6), nn.Linear(6, 6), nn.Linear(6, 3)
            self.two.weight = self.one.weight

        def forward(self, x):
            return self.last(self.two(self.one(x).tanh()).tanh())

    found = nt.stability(seeded(Tied), (X, Y), LOSS)
    assert [each.spec.activation.name for each in found.layers[:-1]] == ["tanh"] * (
        len(found.layers) - 1
    )


def test_gradients_that_were_there_do_not_count():
    """As in a loop that accumulates them."""
    plain = nt.stability(seeded(Written), (X, Y), LOSS)
    model = seeded(Written)
    LOSS(model(X), Y).backward()
    kept = [each.grad.clone() for each in model.parameters()]
    assert_same(nt.stability(model, (X, Y), LOSS), plain)
    assert all(torch.equal(a, b.grad) for a, b in zip(kept, model.parameters(), strict=True))


def test_data_parallel_and_compiled_models():
    plain = nt.stability(seeded(Written), (X, Y), LOSS)
    assert_same(nt.stability(nn.DataParallel(seeded(Written)), (X, Y), LOSS), plain)
    assert_same(nt.stability(torch.compile(seeded(Written)), (X, Y), LOSS), plain)


def test_half_precision_under_autocast():
    class Mixed(Written):
        def forward(self, x):
            with torch.autocast("cpu", torch.bfloat16):
                return super().forward(x)

    plain, mixed = (nt.stability(seeded(make), (X, Y), LOSS) for make in (Written, Mixed))
    for mine, yours in zip(mixed.layers, plain.layers, strict=True):
        assert mine.second == pytest.approx(yours.second, rel=0.05)
        assert mine.gradient == pytest.approx(yours.gradient, rel=0.1)


def test_a_convolution_has_a_row_for_each_place():
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(64, 3),
    )  # fmt: skip
    images = torch.randn(20, 1, 8, 8)
    found = nt.stability(model, (images, torch.arange(20) % 3), LOSS)
    sums = model[0](images)
    first = found.layers[0]
    assert first.neurons == 4
    assert (first.spec.fan_in, first.spec.fan_out) == (9, 4)
    assert first.spec.activation.name == "relu"
    assert first.second == pytest.approx(float(sums.detach().square().mean()), rel=0.1)
    (error,) = torch.autograd.grad(LOSS(model[1:](sums.clone()), torch.arange(20) % 3) * 20, sums)
    whole = float(error.square().sum(dim=(1, 2, 3)).mean().sqrt())
    assert first.gradient == pytest.approx(whole, rel=0.15)


def test_attention_and_norms():
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=True)
    model = nn.Sequential(nn.Linear(4, 8), layer, nn.Flatten(), nn.Linear(40, 3))
    rows = torch.randn(16, 5, 4)
    for mode in (True, False):
        found = nt.stability(model.train(mode), (rows, torch.arange(16) % 3), LOSS)
        names = [each.spec.name for each in found.layers]
        assert names == [
            "0", "1.self_attn.in_proj_weight", "1.self_attn.out_proj", "1.linear1", "1.linear2",
            "3",
        ]  # fmt: skip
        assert found.layers[3].spec.activation.name == "relu"
        assert all(each.gradient > 0 for each in found.layers)


def test_lstm():
    class Reader(nn.Module):
        def __init__(self):
            super().__init__()
            self.read, self.last = nn.LSTM(4, 8, batch_first=True), nn.Linear(8, 3)

        def forward(self, x):
            return self.last(self.read(x)[0][:, -1])

    found = nt.stability(seeded(Reader), (torch.randn(12, 5, 4), torch.arange(12) % 3), LOSS)
    assert found.layers[-1].spec.name == "last"
    assert found.layers[-1].gradient > 0


def test_nothing_is_changed():
    model = nn.Sequential(
        nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 3)
    )
    before = copy.deepcopy(model.state_dict())
    state = torch.get_rng_state()
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    found = nt.stability(model, (X, Y), LOSS, optimizer=optimizer)
    assert all(torch.equal(before[key], value) for key, value in model.state_dict().items())
    assert torch.equal(state, torch.get_rng_state())
    assert not optimizer.state
    assert found.layers[0].update > 0


def test_batches_come_in_many_forms():
    plain = nt.stability(seeded(Written), (X, Y), LOSS)
    halves = [[X[:20], Y[:20]], (X[20:], Y[20:])]
    dataset = torch.utils.data.TensorDataset(X, Y)
    given = (
        halves, iter(halves), lambda: halves, lambda: (X, Y), (X.numpy(), Y.numpy()),
        torch.utils.data.DataLoader(dataset, 20),
    )  # fmt: skip
    for batches in given:
        found = nt.stability(seeded(Written), batches, LOSS)
        assert (found.rows, found.whole) == (40, 40)
        assert found.layers[0].second == pytest.approx(plain.layers[0].second)
        assert found.layers[1].gradient == pytest.approx(plain.layers[1].gradient)


REFUSED = {
    "no batch": (lambda: ([], LOSS), "no batch"),
    "a number": (lambda: (3, LOSS), "an object of type int"),
    "no pair": (lambda: ([X], LOSS), "a pair of inputs and targets"),
    "rows": (lambda: ((X, Y[:3]), LOSS), r"\(40, 6\).*\(3,\)"),
    "lengths": (lambda: ([(X, Y), (X[:, :5], Y)], LOSS), "Pad them"),
    "loss": (lambda: ((X, Y), 3), "must be a module, a function or a name"),
    "loss by row": (lambda: ((X, Y), nn.CrossEntropyLoss(reduction="none")), r"Tensor\(40,\)"),
    "loss fails": (lambda: ((X, Y.float()), LOSS), "The loss fails"),
    "model fails": (lambda: ((X[:, :5], Y), LOSS), "fails on an example"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case):
    given, match = REFUSED[case]
    with pytest.raises(InputError, match=match):
        nt.stability(seeded(Written), *given())
    with speaking("zh"), pytest.raises(InputError, match=r"[\u4e00-\u9fff]"):
        nt.stability(seeded(Written), *given())


def test_refused_optimizers_and_models():
    foreign = torch.optim.SGD(nn.Linear(2, 2).parameters(), 0.1)
    for optimizer, match in ((3, "type int"), (lambda _: 3, "type int"), (foreign, "none of")):
        with pytest.raises(InputError, match=match):
            nt.stability(seeded(Written), (X, Y), LOSS, optimizer=optimizer)
    with pytest.raises(InputError, match="no weight was seen"):
        nt.stability(nn.BatchNorm1d(6), (X, Y), LOSS)
    scripted = nn.Sequential(torch.jit.script(nn.Linear(6, 6)), nn.Linear(6, 3))
    with pytest.raises(InputError, match="0 is scripted"):
        nt.stability(scripted, (X, Y), LOSS)
    with pytest.raises(InputError, match=r"must be a torch\.nn\.Module"):
        nt.stability("model", (X, Y), LOSS)
