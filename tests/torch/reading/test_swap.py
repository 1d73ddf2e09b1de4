"""nt.swap: another activation for modules, held functions and calls; and the way back."""

import copy
import pickle

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import nonlin as nl
import nonlin.torch as nt
from nonlin._errors import InputError
from nonlin._text import speaking


class Calling(nn.Module):
    """Layers with calls of an activation between them, and one of another module's."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(4, 6), nn.Linear(6, 6), nn.Linear(6, 2)

    def forward(self, x):
        return self.c(torch.tanh(self.b(type(self).run(self.a(x)))))

    run = staticmethod(F.relu)


def calling(function):
    return type("Calling", (Calling,), {"run": staticmethod(function)})()


def perceptron():
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 2))


def test_modules_are_replaced():
    model, given = perceptron(), torch.randn(5, 4)
    done = nt.swap(model, "relu", "mish", given)
    assert [(each.module, each.old, each.new, each.how) for each in done.changes] == [
        ("1", "relu", "mish", "module"),
        ("3", "relu", "mish", "module"),
    ]
    assert nt.inspect(model, given).counts == {"mish": 2}
    assert done.initialised.drawn[1].gain == pytest.approx(nl.mish.gain)
    assert not done.kept
    with speaking("en"):
        assert str(done).splitlines()[0] == "1: relu became mish."
        assert "All weights were drawn anew:" in str(done)
    with speaking("zh"):
        assert str(done).splitlines()[0] == "1：relu 已换成 mish。"


def test_undo_gives_back_modules_and_weights():
    model, given = perceptron(), torch.randn(5, 4)
    before, module = model(given), model[1]
    done = nt.swap(model, "relu", "mish", given)
    assert not torch.equal(model(given), before)
    done.undo()
    assert torch.equal(model(given), before)
    assert model[1] is module
    done.undo()
    assert torch.equal(model(given), before)


@pytest.mark.parametrize(
    "old", ["relu", nl.relu, nn.ReLU, ["gelu", "relu"], "torch.nn.ReLU", [nn.GELU, nn.ReLU]]
)
def test_what_may_be_meant_by_old(old):
    model = perceptron()
    done = nt.swap(model, old, "gelu", reinit=False)
    assert len(done.changes) == 2
    assert done.initialised is None


def test_parameters_matter_where_they_are_given():
    model = nn.Sequential(nn.LeakyReLU(0.2), nn.LeakyReLU(0.1))
    done = nt.swap(model, nl.leaky_relu.bind(alpha=0.1), "relu", reinit=False)
    assert [each.module for each in done.changes] == ["1"]
    assert len(nt.swap(model, "leaky_relu", "relu", reinit=False).changes) == 1


@pytest.mark.parametrize("new", ["prelu", nn.PReLU, nn.PReLU(), lambda: nt.get("prelu")])
def test_what_may_be_meant_by_new(new):
    model = perceptron()
    nt.swap(model, "relu", new, reinit=False)
    assert model[1] is not model[3]
    assert sum(each.numel() == 1 for each in model.parameters()) == 2
    model(torch.randn(3, 4)).sum().backward()
    assert all(each.grad is not None for each in model.parameters())


def test_a_pattern_says_where():
    model = nn.ModuleDict({"first": perceptron(), "second": perceptron()})
    done = nt.swap(model, "relu", "gelu", where="second.*", reinit=False)
    assert [each.module for each in done.changes] == ["second.1", "second.3"]
    assert isinstance(model["first"][1], nn.ReLU)


def test_a_module_that_is_shared_stays_shared(models):
    model, given = models.ResNet(), torch.randn(2, 3, 16, 16)
    done = nt.swap(model, "relu", "prelu", given)
    assert len(done.changes) == 4
    assert model.relu is model.blocks[2].relu
    assert nt.inspect(model, given).counts == {"prelu": 7}


CALLS = {
    "F.relu": F.relu,
    "torch.relu": torch.relu,
    "method": lambda x: x.relu(),
    "in place": lambda x: F.relu(x, inplace=True),
    "in place, result unused": lambda x: (x.relu_(), x)[1],
    "module in passing": lambda x: nn.ReLU().forward(x),
}


@pytest.mark.parametrize("name", CALLS)
def test_calls_are_answered_by_the_new_activation(name):
    model, given = calling(CALLS[name]), torch.randn(5, 4)
    done = nt.swap(model, "relu", "mish", given, reinit=False)
    assert [each.how for each in done.changes] == ["calls"]
    assert not done.kept
    assert nt.inspect(model, given).counts == {"mish": 1, "tanh": 1}
    expected = model.c(torch.tanh(model.b(F.mish(model.a(given)))))
    assert torch.allclose(model(given), expected, atol=1e-6)
    model(given).sum().backward()
    assert model.a.weight.grad is not None
    done.undo()
    assert nt.inspect(model, given).counts == {"relu": 1, "tanh": 1}
    assert "forward" not in vars(model)


def test_of_several_functions_in_a_forward_the_right_ones_are_swapped():
    model, given = calling(lambda x: F.leaky_relu(x, 0.2) + F.leaky_relu(x, 0.1)), torch.randn(5, 4)
    with pytest.raises(InputError, match="no relu to swap"), speaking("en"):
        nt.swap(model, "relu", "mish", given)
    model = calling(lambda x: F.leaky_relu(F.gelu(x), 0.2).reshape(-1, 6))
    other = nt.swap(model, "tanh", "softsign", given, reinit=False)
    assert [each.old for each in other.changes] == ["tanh"]


def test_calls_that_a_pattern_does_not_mean_stay():
    """Also inside a module whose calls are swapped."""

    class Outer(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.act, self.head = Calling(), nn.ReLU(), nn.Linear(2, 2)

        def forward(self, x):
            return F.relu(self.head(self.act(self.inner(x))))

    model, given = Outer(), torch.randn(5, 4)
    done = nt.swap(model, "relu", "mish", given, where="", reinit=False)
    assert [(each.module, each.how) for each in done.changes] == [("", "calls")]
    found = nt.inspect(model, given)
    assert found.counts == {"relu": 2, "tanh": 1, "mish": 1}
    assert found.output == ("mish",)
    done.undo()
    assert nt.inspect(model, given).counts == {"relu": 3, "tanh": 1}


def test_models_with_swapped_calls_can_be_copied_and_stored():
    model, given = Calling(), torch.randn(5, 4)
    nt.swap(model, "relu", "mish", given, reinit=False)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):  # noqa: S301 - ours
        assert torch.equal(other(given), model(given))
        with torch.no_grad():
            other.a.weight.mul_(2)
        assert not torch.equal(other(given), model(given))


@pytest.mark.parametrize("name", ["relu", "gelu"])
def test_functions_that_a_transformer_layer_holds(name):
    """Also on its fast path, which knows relu and gelu only."""
    layer = nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True, activation=name)
    model = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False).eval()
    given = torch.randn(2, 5, 8)
    before = model(given)
    done = nt.swap(model, name, "mish", given, where="layers.1*")
    assert [(each.module, each.how) for each in done.changes] == [("layers.1", "attribute")]
    assert nt.inspect(model, given).counts == {name: 1, "mish": 1}
    with torch.no_grad():
        fast = model(given)
    assert torch.allclose(fast, model(given), atol=1e-5)
    done.undo()
    assert torch.allclose(model(given), before, atol=1e-6)


def test_a_function_that_is_held_and_one_that_is_called():
    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.act = nn.Linear(4, 4), F.relu

        def forward(self, x):
            return F.relu(self.layer(self.act(x)))

    model, given = Both(), torch.randn(5, 4)
    done = nt.swap(model, "relu", "mish", given, reinit=False)
    assert [each.how for each in done.changes] == ["attribute", "calls"]
    assert nt.inspect(model, given).counts == {"mish": 2}
    done.undo()
    assert nt.inspect(model, given).counts == {"relu": 2}
    assert model.act is F.relu


def test_what_is_written_out_stays_and_is_said(models):
    model, given = nn.Sequential(models.Block(4), nn.Linear(4, 2)), torch.randn(3, 4)
    before = model(given)
    done = nt.swap(model, "mish", "relu", given)
    assert not done.changes
    assert done.initialised is None
    assert torch.equal(model(given), before)
    assert "forward" not in vars(model[0])
    with speaking("en"):
        (said,) = str(done).splitlines()
        assert said.startswith("0: mish stays: it is no call of a function of PyTorch that")
    with speaking("zh"):
        assert str(done).startswith("0：mish 保持不变：这不是可以由另一个函数代替的")


def test_a_module_that_writes_its_activation_out_is_replaced():
    class NewGELU(nn.Module):
        def forward(self, x):
            return 0.5 * x * (1 + torch.tanh(0.7978845608 * (x + 0.044715 * x**3)))

    model = nn.Sequential(nn.Linear(4, 4), NewGELU(), nn.Dropout(), nn.Linear(4, 4))
    done = nt.swap(model, "gelu_tanh", "relu", torch.randn(3, 4))
    assert [(each.module, each.how) for each in done.changes] == [("1", "module")]
    with speaking("en"), pytest.raises(InputError, match="are relu"):
        nt.swap(model, "identity", "relu", reinit=False)


def test_softmax_and_gated_modules():
    model = nn.Sequential(nn.Linear(4, 8), nn.GLU(), nn.Linear(4, 3), nn.Softmax(-1))
    given = torch.randn(5, 4)
    nt.swap(model, "glu", "swiglu", given)
    nt.swap(model, "softmax", "sparsemax", given)
    found = nt.inspect(model, given)
    assert found.counts == {"swiglu": 1, "sparsemax": 1}
    assert found.output == ("sparsemax",)


def refused(*arguments, **options):
    with speaking("en"), pytest.raises(InputError) as error:
        nt.swap(*arguments, **options)
    with speaking("zh"):
        assert str(error.value)
    with speaking("en"):
        return str(error.value)


def test_what_cannot_be_swapped_is_said():
    model, given = perceptron(), torch.randn(2, 4)
    assert refused(model, "gelu", "relu", given) == (
        "There is no gelu to swap in modules that match '*': the activations of the model are relu."
    )
    assert "match 'head.*'" in refused(model, "relu", "gelu", given, where="head.*")
    assert refused(model, "relu", "gelu").startswith("To draw the weights anew, an example")
    assert "Did you mean" in refused(model, "rleu", "gelu", given)
    assert "Did you mean" in refused(model, "relu", "gleu", given)
    assert refused(model, "relu", 3, given).endswith("and this is int.")
    assert refused(model, "relu", lambda: 3, given).endswith("and this is int.")
    assert refused(lambda x: x, "relu", "gelu", given).endswith("and this is a lambda.")
    assert isinstance(model[1], nn.ReLU)


def test_a_model_that_fails_with_the_new_activation_is_as_it_was():
    """swiglu halves what it gets."""
    model, given = perceptron(), torch.randn(2, 4)
    before = model(given)
    assert "The layer 2 (Linear) fails on an example" in refused(model, "relu", "swiglu", given)
    assert torch.equal(model(given), before)
    assert isinstance(model[1], nn.ReLU)


@pytest.mark.slow  # PyTorch imports its compiler
@pytest.mark.filterwarnings("ignore:The .grad attribute:UserWarning")  # Dynamo looks at all
def test_swapped_calls_are_compiled_and_swapped_again():
    model, given = Calling(), torch.randn(5, 4)
    nt.swap(model, "relu", "mish", given, reinit=False)
    compiled = torch.compile(model, backend="eager")
    assert torch.allclose(compiled(given), model(given), atol=1e-6)
    done = nt.swap(compiled, "tanh", "sigmoid", given, reinit=False)
    assert nt.inspect(compiled, given).counts == {"mish": 1, "sigmoid": 1}
    again = pickle.loads(pickle.dumps(model))  # noqa: S301 - ours
    assert torch.equal(again(given), model(given))
    done.undo()
    assert nt.inspect(compiled, given).counts == {"mish": 1, "tanh": 1}
    torch.compiler.reset()
    assert torch.allclose(compiled(given), model(given), atol=1e-6)
