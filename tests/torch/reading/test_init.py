"""nt.init_: gains by what feeds a layer, and what is left alone; nt.calculate_gain."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import nonlin as nl
import nonlin.torch as nt
from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.init.rules import RULES

WIDE = 256


def perceptron(activation, depth=3, width=WIDE):
    layers = [nn.Linear(16, width)]
    for _ in range(depth):
        layers += [activation(), nn.Linear(width, width)]
    return nn.Sequential(*layers)


def gains(done):
    return {each.name: round(each.gain, 4) for each in done.drawn}


def test_the_gain_is_that_of_what_feeds_the_layer():
    model = nn.Sequential(
        nn.Linear(16, WIDE), nn.Mish(), nn.Linear(WIDE, WIDE), nn.ReLU(), nn.Linear(WIDE, 8)
    )
    done = nt.init_(model, torch.randn(32, 16))
    assert gains(done) == {"0": 1.0, "2": round(nl.mish.gain, 4), "4": round(math.sqrt(2), 4)}
    assert [each.rule for each in done.drawn] == ["forward"] * 3
    for layer, drawn in zip((model[0], model[2], model[4]), done.drawn, strict=True):
        assert layer.weight.std().item() == pytest.approx(drawn.std, rel=0.05)
        assert not layer.bias.any()


def test_what_was_done_is_printed_in_both_languages():
    model = nn.Sequential(nn.Embedding(5, 4), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
    done = nt.init_(model, torch.zeros(3, dtype=torch.long))
    with speaking("en"):
        lines = str(done).splitlines()
        assert lines[0].split() == ["layer", "rule", "fed", "by", "fan_in", "gain", "std", "notes"]
        assert lines[3] == "3      forward  relu            4   1.414  0.7071"
        assert lines[-1] == "0 stays as it is: it is an embedding."
    with speaking("zh"):
        assert str(done).endswith("0 保持不变：属于嵌入。")


@pytest.mark.parametrize("activation", [nn.Mish, nn.GELU, nn.Tanh, nn.ELU, nn.ReLU])
@pytest.mark.parametrize("depth", [2, 15])
def test_plain_networks_start_as_those_of_nonlin(activation, depth):
    """Deep ones at a size of signals that lasts, biases included, and with what theory predicts."""
    model, given = perceptron(activation, depth), torch.randn(64, 16)
    done = nt.init_(model, given)
    name = done.drawn[1].fed_by
    rules = nl.Initialisation(depth=depth).layers([nl.get(name)] * depth)
    fed = [None, *[name] * depth]
    expected = [
        rule.std(16 if behind is None else WIDE, WIDE, behind)
        for rule, behind in zip(rules, fed, strict=True)
    ]
    assert [each.std for each in done.drawn] == pytest.approx(expected, rel=1e-4)
    biases = [rule.bias_std(behind) for rule, behind in zip(rules, fed, strict=True)]
    assert [each.bias_std for each in done.drawn] == pytest.approx(biases, rel=1e-4)
    seen = nt.inspect(model, given, measure=True).layers
    assert all(each.measured == pytest.approx(each.predicted, rel=0.8) for each in seen)


@pytest.mark.parametrize(
    "name", ["he_normal", "glorot_uniform", "backward", "balanced", "critical"]
)
def test_rules_are_those_of_nonlin(name):
    model = perceptron(nn.Tanh)
    done = nt.init_(model, torch.randn(8, 16), name)
    rule = nl.Initialisation(name)
    expected = [rule.std(16, WIDE), *[rule.std(WIDE, WIDE, "tanh")] * 3]
    assert [each.std for each in done.drawn] == pytest.approx(expected, rel=1e-6)
    assert done.drawn[1].bias_std == pytest.approx(rule.bias_std("tanh"))
    assert model[2].bias.std().item() == pytest.approx(rule.bias_std("tanh"), rel=0.2)


@pytest.mark.parametrize("name", [n for n in RULES if n != "delta_orthogonal"])
def test_every_rule_runs(name, models):
    given = torch.randn(16, 3, 8, 8)
    done = nt.init_(models.SqueezeExcite(), given, name)
    assert len(done.drawn) == 4, str(done)


def test_what_depth_does_is_told():
    given = torch.randn(8, 16)
    deep, flat = (nt.init_(perceptron(nn.SiLU, depth, 16), given) for depth in (25, 3))
    with speaking("en"):
        (said,) = map(str, deep.why)
        assert "put silu on the edge of chaos" in said
        assert said in str(deep)
    assert not flat.why


def test_the_same_seed_gives_the_same_weights():
    model, given = perceptron(nn.ReLU), torch.randn(8, 16)
    nt.init_(model, given, seed=3)
    first = model[2].weight.clone()
    nt.init_(model, given, seed=3)
    assert torch.equal(model[2].weight, first)
    nt.init_(model, given, seed=4)
    assert not torch.equal(model[2].weight, first)


def test_the_noise_is_the_same_for_another_activation():
    """So that two models can be compared in pairs."""
    given, pair = torch.randn(8, 16), [perceptron(nn.ReLU), perceptron(nn.GELU)]
    for model in pair:
        nt.init_(model, given)
    ratio = pair[1][2].weight / pair[0][2].weight
    assert torch.allclose(ratio, ratio[0, 0], rtol=1e-5)


def test_branches_are_scaled_by_their_number(models):
    model = nn.Sequential(nn.Linear(8, 32), *[models.Block(32) for _ in range(9)])
    done = {each.name: each for each in nt.init_(model, torch.randn(16, 8)).drawn}
    assert done["4.down"].branches == 9
    assert done["4.down"].gain == pytest.approx(nl.mish.gain / 3)
    assert done["4.up"].gain == pytest.approx(1)
    given = torch.randn(64, 8)
    end = nt.inspect(model, given, measure=True)
    assert model(given).square().mean() < 4, str(end)
    assert nt.init_(model, given, "he_normal").drawn[2].branches == 1  # a rule as published


def test_convolutions_before_a_norm(models):
    done = {each.name: each for each in nt.init_(models.ResNet(), torch.randn(4, 3, 16, 16)).drawn}
    assert done["blocks.0.conv1"].gain == pytest.approx(math.sqrt(2))
    assert done["blocks.2.conv2"].branches == 1  # the norm behind it undoes any scale
    assert done["head"].fan_in == 16


def test_embeddings_norms_and_tied_weights_stay(models):
    model = models.Tied()
    before = model.embed.weight.clone()
    with speaking("en"):
        done = nt.init_(model, torch.randint(0, 12, (2, 5)))
        assert [(each.name, str(each.reason)) for each in done.left] == [
            ("embed", "it is an embedding."),
            ("head", "it is tied to an embedding."),
        ]
    assert torch.equal(model.head.weight, before)
    assert done.others == 4
    assert set(gains(done)) == {"block.up", "block.down"}


def test_weights_that_are_tied_are_drawn_once():
    model = perceptron(nn.ReLU, depth=2)
    model[4].weight = model[2].weight
    done = nt.init_(model, torch.randn(8, 16))
    assert list(gains(done)) == ["0", "2"]
    assert model[2].weight.std().item() == pytest.approx(math.sqrt(2 / WIDE), rel=0.05)


def test_what_is_frozen_or_computed_stays(models):
    model = models.Gates()
    model.halves.weight.requires_grad_(False)
    before = model.halves.weight.clone()
    with speaking("en"):
        done = nt.init_(model, torch.randn(4, 4))
        assert [str(each.reason) for each in done.left] == [
            "it is frozen (requires_grad is False).",
            "it is computed from other parameters.",
        ]
    assert torch.equal(model.halves.weight, before)


class Turned(nn.Module):
    """A weight with inputs first, as GPT-2 has it; two layers in one; a stack of experts."""

    def __init__(self):
        super().__init__()
        self.first = nn.Parameter(torch.zeros(16, WIDE))
        self.both = nn.Parameter(torch.zeros(2 * 64, WIDE))
        self.experts = nn.Parameter(torch.zeros(2, 64, WIDE))
        self.bias = nn.Parameter(torch.ones(WIDE))

    def forward(self, x):
        x = F.relu(torch.addmm(self.bias, x, self.first))
        a, b = self.both.chunk(2)
        pair = torch.stack([F.linear(x, a), F.linear(x, b)])
        return torch.bmm(pair, self.experts)


def test_fans_follow_the_product_and_not_the_order_of_the_weight():
    model = Turned()
    done = {each.name: each for each in nt.init_(model, torch.randn(8, 16)).drawn}
    assert [done[name].fan_in for name in ("first", "both", "experts")] == [16, WIDE, 64]
    assert model.first.std().item() == pytest.approx(1 / 4, rel=0.05)
    assert model.both.std(dim=1).mean().item() == pytest.approx(math.sqrt(2 / WIDE), rel=0.05)
    assert not torch.equal(model.both[:64], model.both[64:])
    assert model.experts.std().item() == pytest.approx(1 / 8, rel=0.05)
    assert not model.bias.any()


def test_orthogonal_weights_are_so_in_whatever_order_they_lie():
    model = Turned()
    nt.init_(model, torch.randn(8, 16), "orthogonal")
    gram = model.first @ model.first.T
    assert torch.allclose(gram, gram[0, 0] * torch.eye(16), atol=1e-5)


def test_attention(models):
    layer = nn.TransformerEncoderLayer(64, 4, 128, batch_first=True, norm_first=True)
    done = {each.name: each for each in nt.init_(layer, torch.randn(2, 5, 64)).drawn}
    assert layer.self_attn.in_proj_weight.std().item() == pytest.approx(1 / 8, rel=0.05)
    assert done["self_attn.out_proj"].gain == pytest.approx(1 / math.sqrt(2))
    assert not layer.self_attn.in_proj_bias.any()


def test_lstm():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.head = nn.LSTM(32, 64, 2, batch_first=True), nn.Linear(64, 3)

        def forward(self, x):
            return self.head(self.lstm(x)[0][:, -1])

    model, given = Model(), torch.randn(16, 30, 32)
    done = {each.name: each for each in nt.init_(model, given).drawn}
    lstm = model.lstm
    assert lstm.weight_ih_l0.std().item() == pytest.approx(1 / math.sqrt(32), rel=0.05)
    for gate in lstm.weight_hh_l1.chunk(4):
        assert torch.allclose(gate @ gate.T, torch.eye(64), atol=1e-5)
    assert lstm.bias_ih_l0.tolist() == [0.0] * 64 + [1.0] * 64 + [0.0] * 128
    assert not lstm.bias_hh_l0.any()
    assert done["lstm.weight_hh_l0"].rule == "orthogonal"
    # what an LSTM gives is small, and the next layer knows how small
    assert done["head"].gain == pytest.approx(1 / math.sqrt(0.05))
    assert 0.4 < nt.inspect(model, given, measure=True)["head"].measured < 2.5


def test_gates_count_with_the_mean_square_of_their_product(models):
    done = {each.name: each for each in nt.init_(models.SwiGLU(), torch.randn(4, 6)).drawn}
    second = nl.moments("silu").second
    assert done["out"].gain == pytest.approx(1 / math.sqrt(second))


def test_lsuv_gives_each_layer_unit_variance():
    model, given = perceptron(nn.GELU, width=64), 3 * torch.randn(200, 16) + 1
    done = nt.init_(model, given, "lsuv")
    assert [each.rule for each in done.drawn] == ["lsuv"] * 4
    x = given
    for layer in model:
        x = layer(x)
        if isinstance(layer, nn.Linear):
            assert x.var(correction=0).item() == pytest.approx(1, rel=0.021)


def test_autoinit_looks_at_the_inputs():
    model, given = perceptron(nn.GELU, width=64), 3 * torch.randn(2000, 16)
    done = nt.init_(model, given, "autoinit")
    assert done.drawn[0].gain == pytest.approx(1 / 3, rel=0.02)
    assert done.drawn[1].gain == pytest.approx(nl.gelu.gain, rel=1e-5)


def test_what_cannot_be_initialised_is_said():
    given = torch.randn(2, 16)
    with speaking("en"):
        with pytest.raises(InputError, match=r"Did you mean he_normal"):
            nt.init_(perceptron(nn.ReLU), given, "he_norml")
        with pytest.raises(InputError, match="are on the device meta and hold no numbers"):
            nt.init_(perceptron(nn.ReLU).to("meta"), given)
        with pytest.raises(InputError, match="An example of the model's input is needed"):
            nt.init_(perceptron(nn.ReLU))
        with pytest.raises(InputError, match="The output of weight has variance 0"):
            nt.init_(nn.Linear(16, 1), torch.ones(2, 16), "lsuv")
        assert str(nt.init_(nn.ReLU(), given)) == "No weights were drawn."


def test_a_layer_without_a_gain_is_left():
    model = nn.Sequential(nn.Linear(4, 4), nn.Threshold(1e3, 0.0), nn.Linear(4, 4))
    done = nt.init_(model, torch.randn(2, 4))
    assert [each.name for each in done.left] == ["2"]
    with speaking("en"):
        assert "E[f(z)^2]" in str(done.left[0].reason)


def test_gain_of_anything():
    relu = math.sqrt(2)
    for given in ("relu", nl.relu, nn.ReLU(), F.relu, lambda x: x.clamp(min=0), "torch.nn.ReLU"):
        assert nt.calculate_gain(given) == pytest.approx(relu, rel=1e-12)
    assert nt.calculate_gain("linear") == 1
    assert nt.calculate_gain("leaky_relu", 0.2) == pytest.approx(
        nn.init.calculate_gain("leaky_relu", 0.2)
    )
    assert nt.calculate_gain(nn.PReLU()) == pytest.approx(math.sqrt(2 / (1 + 0.25**2)))
    assert nt.calculate_gain(nt.get("mish")) == pytest.approx(nl.mish.gain)
    assert nt.calculate_gain(nn.GELU(), backward=True) == pytest.approx(nl.gelu.gain_backward)


def test_gain_of_functions_that_nobody_knows():
    """E[(a z^2 + b)^2] = 3 a^2 + 2 a b + b^2, and the slope is 2 a z."""

    def parabola(x):
        return 0.3 * x * x + 0.2

    assert nt.calculate_gain(parabola) == pytest.approx((3 * 0.09 + 0.12 + 0.04) ** -0.5)
    assert nt.calculate_gain(parabola, backward=True) == pytest.approx(1 / 0.6)


def test_what_has_no_gain_is_refused():
    with speaking("en"):
        for given in (nn.Softmax(-1), lambda x: x[:2], lambda x: x.mean() + x):
            with pytest.raises(InputError, match="is no element-wise function"):
                nt.calculate_gain(given)
        with pytest.raises(InputError, match="fails on a tensor of numbers"):
            nt.calculate_gain(nn.Bilinear(2, 2, 2))
        with pytest.raises(InputError, match="is no activation"):
            nt.calculate_gain(3)
        with pytest.raises(InputError, match="the one parameter of an activation, and relu has 0"):
            nt.calculate_gain("relu", 0.2)
