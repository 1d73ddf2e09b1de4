"""Faults of rows, losses, modules and sequences: seen without training, and what mends them."""

import pytest
import torch
from torch import nn

from nonlin._text import speaking
from nonlin.layers import Mend
from nonlin.layers.subject import Widen
from nonlin.stability.changes import suspects
from nonlin.torch.diagnosing.report import applied
from nonlin.torch.diagnosing.row_faults import are_sorted
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.diagnosing.steps import Steps, quickened
from nonlin.torch.training_badly import subject

RANDOM = torch.Generator().manual_seed(0)
X = torch.randn(320, 6, generator=RANDOM)
Y = (X[:, 0] > 0).long()
NUMBER = X[:, :1] + X[:, 1:2]
YES = Y[:, None].float()
SEQUENCE = torch.randn(64, 5, 3, generator=RANDOM)
SIGN = (SEQUENCE[:, 4, 0] > 0).long()
CLASSES, SQUARES, LOGITS = nn.CrossEntropyLoss(), nn.MSELoss(), nn.BCEWithLogitsLoss()
HUNDRED = torch.tensor([100.0])


def net(outputs=2, *last):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, outputs), *last)


def batches(inputs, targets):
    return list(zip(inputs.split(32), targets.split(32), strict=True))


class Reader(nn.Module):
    """A recurrent layer, of which one step is read."""

    def __init__(self, step=-1, batch_first=True, size=8):
        super().__init__()
        self.read, self.last = nn.GRU(3, size, batch_first=batch_first), nn.Linear(size, 2)
        self.step = step

    def forward(self, x):
        return self.last(self.read(x)[0][:, self.step])


class Attending(nn.Module):
    def __init__(self, positions=True, mask=None):
        super().__init__()
        self.first = nn.Linear(3, 8)
        self.positions = nn.Parameter(torch.randn(5, 8)) if positions else None
        self.encoder = nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True)
        self.last, self.mask = nn.Linear(8, 2), mask

    def forward(self, x):
        found = self.first(x)
        if self.positions is not None:
            found = found + self.positions
        return self.last(self.encoder(found, src_mask=self.mask).mean(1))


class Cutting(nn.Module):
    def __init__(self, cut):
        super().__init__()
        self.one, self.two = nn.Linear(6, 12), nn.Linear(12, 2)
        self.cut = cut

    def forward(self, x):
        return self.two(self.cut(self.one(x).relu()))


@torch.no_grad()
def doubled(x):
    return 2 * x


class Listed(nn.Module):
    """Its first layer stands in a list, where PyTorch does not find it."""

    def __init__(self):
        super().__init__()
        self.inner, self.last = [nn.Linear(6, 12)], nn.Linear(12, 2)

    def forward(self, x):
        return self.last(self.inner[0](x).relu())


class Softmax(nn.Module):
    """A call with the wrong dimension."""

    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Linear(6, 12), nn.Linear(12, 2)

    def forward(self, x):
        return self.two(12 * self.one(x).softmax(0))


class Padded(Attending):
    """Padding for tokens: the other way round than PyTorch has it."""

    def __init__(self, places):
        super().__init__()
        self.places = places

    def forward(self, x):
        hidden = torch.zeros(x.shape[:2], dtype=torch.bool)
        hidden[:, : self.places] = True
        found = self.encoder(self.first(x) + self.positions, src_key_padding_mask=hidden)
        return self.last(found[:, -1])


def large():
    model = Reader()
    with torch.no_grad():
        for each in model.read.parameters():
            each.mul_(20)
    return model


def frozen():
    model = Reader()
    for each in model.read.parameters():
        each.requires_grad_(False)
    return model


def still():
    return nn.Sequential(nn.Linear(6, 12), nn.BatchNorm1d(12, momentum=0.0), nn.Linear(12, 2))


def deep():
    torch.manual_seed(0)
    inner = [layer for _ in range(9) for layer in (nn.Linear(12, 12), nn.Tanh())]
    return nn.Sequential(nn.Linear(6, 12), nn.Tanh(), *inner, nn.Linear(12, 2))


def to_numbers(output, targets):
    return (output - targets[:, None]).square().mean()


def with_hole():
    found = X.clone()
    found[3, 2] = float("nan")
    return found


ORDER = Y.argsort()
ALONE = ~torch.eye(5, dtype=torch.bool)
FAULTS = {  # model, inputs, targets, loss; the cause
    "holes": (net, with_hole(), Y, CLASSES, "not_finite_inputs"),
    "sorted": (net, X[ORDER], Y[ORDER], CLASSES, "order"),
    "labels of the next row": (net, X, Y.roll(-1), CLASSES, "labels"),
    "numbers of the row before": (lambda: net(1), X, NUMBER.roll(1, 0), SQUARES, "labels"),
    "numbers for classes": (net, X, Y, to_numbers, "loss"),
    "no square": (lambda: net(1), X, NUMBER, lambda o, t: (o - t).mean(), "loss"),
    "squares for yes or no": (lambda: net(1), X, YES, SQUARES, "loss"),
    "entropy of numbers": (lambda: net(1), X, NUMBER, nn.BCEWithLogitsLoss(), "loss"),
    "axes": (lambda: net(1), X, NUMBER[:, 0], SQUARES, "broadcast"),
    "softmax of numbers": (lambda: net(2, nn.Softmax(1)), X, 9 * X[:, :2], SQUARES, "limits"),
    "softmax of one": (lambda: net(1, nn.Softmax(1)), X, YES, nn.BCELoss(), "limits"),
    "one class": (net, X, (X[:, 0] > 1.5).long(), CLASSES, "balance"),
    "hardly a yes": (lambda: net(1), X, (X[:, :1] > 1.5).float(), LOGITS, "balance"),
    "one class counts": (net, X, Y, nn.CrossEntropyLoss(torch.tensor([9.0, 0.1])),
                         "class_weights"),
    "only a yes counts": (lambda: net(1), X, YES, nn.BCEWithLogitsLoss(pos_weight=HUNDRED),
                          "class_weights"),
    "still norm": (still, X, Y, CLASSES, "stale_norm"),
    "deep": (deep, X, Y, CLASSES, "shortcuts"),
    "cut": (lambda: Cutting(torch.Tensor.detach), X, Y, CLASSES, "detached"),
    "data of a tensor": (lambda: Cutting(lambda x: x.data), X, Y, CLASSES, "detached"),
    "no gradient": (lambda: Cutting(doubled), X, Y, CLASSES, "detached"),
    "layers in a list": (Listed, X, Y, CLASSES, "unregistered"),
    "frozen state": (frozen, SEQUENCE, SIGN, CLASSES, "frozen"),
    "large state": (large, SEQUENCE, SIGN, CLASSES, "module_weights"),
    "narrow state": (lambda: Reader(size=2), SEQUENCE, SIGN, CLASSES, "narrow_state"),
    "time first": (lambda: Reader(batch_first=False), SEQUENCE, SIGN, CLASSES, "axis"),
    "softmax over rows": (lambda: net(2, nn.LogSoftmax(0)), X, Y, CLASSES, "axis"),
    "softmax called over rows": (Softmax, X, Y, CLASSES, "axis"),
    "first step": (lambda: Reader(step=0), SEQUENCE, SIGN, CLASSES, "step"),
    "a step before the last": (lambda: Reader(step=2), SEQUENCE, SIGN, CLASSES, "step"),
    "no positions": (lambda: Attending(False), SEQUENCE, SIGN, CLASSES, "positions"),
    "alone": (lambda: Attending(mask=ALONE), SEQUENCE, SIGN, CLASSES, "mask"),
    "all padding": (lambda: Padded(5), SEQUENCE, SIGN, CLASSES, "mask"),
    "mostly padding": (lambda: Padded(4), SEQUENCE, SIGN, CLASSES, "mask"),
}  # fmt: skip
SEEN_BOTH = ("time first",)  # what reads along rows has other oddities, too


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_seen_and_mended(fault):
    """What mends it leaves nothing of the kind, and the user's own parts as they were."""
    make, inputs, targets, loss, cause = FAULTS[fault]
    given = subject(make(), batches(inputs, targets), loss)
    names = [each.name for each in given.faults]
    assert names == [cause] or (fault in SEEN_BOTH and cause in names)
    (found,) = (each for each in given.faults if each.name == cause)
    changed = given.changed(Mend(cause, found.way))
    assert cause not in [each.name for each in changed.faults]
    assert [each.name for each in given.faults] == names
    assert changed.trial(0.05, 0).held_out > -10
    (told,) = (each for each in suspects(given, (), False) if each.cause == cause)
    with speaking("zh"):
        assert "原因" in str(told.explanation)


HEALTHY = {  # model, inputs, targets, loss
    "classes": (net, X, Y, CLASSES),
    "numbers": (lambda: net(1), X, NUMBER, SQUARES),
    "yes or no": (lambda: net(1), X, YES, nn.BCEWithLogitsLoss()),
    "numbers in order": (lambda: net(1), X, X[:, :1].cumsum(0) / 20, nn.L1Loss()),
    "recurrent": (Reader, SEQUENCE, SIGN, CLASSES),
    "attending": (Attending, SEQUENCE, SIGN, CLASSES),
    "weighted": (net, X, (X[:, 0] > 1).long(), nn.CrossEntropyLoss(torch.tensor([1.0, 5.0]))),
    "some padding": (lambda: Padded(2), SEQUENCE, SIGN, CLASSES),
    "causal": (lambda: Attending(mask=torch.ones(5, 5).triu(1).bool()), SEQUENCE, SIGN, CLASSES),
}


@pytest.mark.parametrize("case", HEALTHY)
def test_what_is_as_it_should_be_is_not_suspected(case):
    make, inputs, targets, loss = HEALTHY[case]
    faults = subject(make(), batches(inputs, targets), loss).faults
    assert [each.name for each in faults if each.name != "order"] == []


@pytest.mark.parametrize("conv", [False, True])
def test_a_narrow_layer_is_widened(conv):
    inputs = X.reshape(-1, 1, 6) if conv else X
    model = (
        nn.Sequential(nn.Conv1d(1, 8, 3), nn.ReLU(), nn.Conv1d(8, 1, 1), nn.BatchNorm1d(1),
                      nn.ReLU(), nn.Flatten(), nn.Linear(4, 2))
        if conv
        else nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1), nn.BatchNorm1d(1),
                           nn.ReLU(), nn.Linear(1, 2))
    )  # fmt: skip
    given = subject(model, batches(inputs, Y), CLASSES)
    changed = given.changed(Widen(((2, 32),)))
    assert [each.fan_out for each in changed.layers][1] == 32
    assert [each.fan_out for each in given.layers][1] == 1
    own = {id(each) for each in changed.model.parameters()}
    held = [each for group in changed.training.optimizer.param_groups for each in group["params"]]
    assert own <= {id(each) for each in held}


def test_rows_are_sorted_if_batches_tell_their_targets():
    def rows(targets, batch=32):
        return Rows(X, targets, len(X), batch)

    assert not are_sorted(rows(Y))
    assert are_sorted(rows(Y.sort().values))
    assert are_sorted(rows(NUMBER.sort(0).values))
    assert not are_sorted(rows(Y.sort().values, 320))
    assert not are_sorted(rows((torch.arange(320) % 160 == 0).long()))  # one kind is rare


def test_what_is_applied_prepares_and_restores():
    given = subject(net(1), batches(with_hole(), 1000 * NUMBER), SQUARES)
    changed = given.changed(Mend("not_finite_inputs"))
    changed = changed.changed(
        next(s for s in suspects(given, (), False) if s.cause == "targets").edit
    )
    found = applied(changed)
    inputs, targets = found.prepare(with_hole(), 1000 * NUMBER)
    assert bool(inputs.isfinite().all())
    assert float(targets.std()) == pytest.approx(1, abs=0.01)
    assert torch.allclose(found.restore(targets), 1000 * NUMBER, atol=0.1)
    assert found.shuffle
    assert found.loss is given.training.loss


def test_sgd_of_recurrent_layers_may_be_exchanged():
    """For Adam, with two rates; rates of PyTorch's own weights are no fault of layers."""
    given = subject(Reader(), batches(SEQUENCE, SIGN), CLASSES,
                    optimizer=lambda p: torch.optim.SGD(p, 1e-3))  # fmt: skip
    assert [each.name for each in given.faults] == ["optimizer", "optimizer"]
    changed = given.changed(Mend("optimizer", given.faults[1].way))
    assert type(changed.training.optimizer) is torch.optim.Adam
    assert changed.recipe.learning_rate == 0.01
    assert changed.faults == ()
    assert "layers" not in {each.cause for each in suspects(given, (), False)}


@pytest.mark.parametrize("make", [torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD])
def test_a_quicker_optimizer_makes_the_same_steps(make):
    found = []
    for quick in (False, True):
        model = net()
        optimizer = make(model.parameters(), 0.05, weight_decay=0.1)
        work = Steps(model, quickened(optimizer) if quick else optimizer, CLASSES, ordered=True)
        assert work.run(Rows(X, Y, len(X), 32), 32, 20) is None
        found.append(torch.cat([each.detach().flatten() for each in model.parameters()]))
    assert torch.allclose(*found, atol=1e-5)
