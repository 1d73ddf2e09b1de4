"""nt.inspect: the tables of models whose layers are known, and what no model is."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint

import nonlin as nl
import nonlin.torch as nt
from nonlin._errors import InputError
from nonlin._text import speaking


def rows(found):
    """Layer by layer: name, fans, fed by, followed by."""
    return [(x.name, x.fan_in, x.fan_out, x.fed_by, x.followed_by) for x in found.layers]


def test_a_perceptron():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(inplace=True), nn.Linear(4, 5), nn.Linear(5, 2))
    found = nt.inspect(model, torch.randn(7, 3))
    assert rows(found) == [
        ("0", 3, 4, "input", "relu"),
        ("2", 4, 5, "relu", "identity"),
        ("3", 5, 2, "identity", "output"),
    ]
    assert found["2"].kind == "Linear"
    assert found["2.weight"].shape == (4, 5)  # as the product takes it
    assert found.left == {"bias": ("0.bias", "2.bias", "3.bias")}
    assert found.output == ("identity",)
    assert not any(x.residual or x.gated or x.norm or x.tied for x in found.layers)


def test_the_table_is_printed_in_both_languages():
    model = nn.Sequential(nn.Linear(3, 4), nn.Mish(), nn.Linear(4, 2))
    found = nt.inspect(model, torch.randn(7, 3))
    with speaking("en"):
        assert str(found).splitlines() == [
            "layer  kind    fan_in  fan_out  fed by  followed by  notes",
            "-----  ------  ------  -------  ------  -----------  -----",
            "0      Linear       3        4  input   mish",
            "2      Linear       4        2  mish    output",
            "Activations: mish.",
        ]
    with speaking("zh"):
        assert str(found).splitlines()[2:] == [
            "0   Linear     3     4  输入      mish",
            "2   Linear     4     2  mish      输出",
            "激活函数：mish。",
        ]


def test_blocks_before_which_a_norm_stands(models):
    model = nn.Sequential(nn.Linear(3, 4), models.Block(4), models.Block(4), nn.Linear(4, 2))
    found = nt.inspect(model, torch.randn(5, 3))
    assert rows(found) == [
        ("0", 3, 4, "input", "identity, residual"),
        ("1.up", 4, 16, "norm", "mish"),
        ("1.down", 16, 4, "mish", "residual"),
        ("2.up", 4, 16, "norm", "mish"),
        ("2.down", 16, 4, "mish", "residual"),
        ("3", 4, 2, "residual", "output"),
    ]
    assert [(x.residual, x.branches) for x in found.layers] == [
        (False, 0), (False, 0), (True, 2), (False, 0), (True, 2), (False, 0)
    ]  # fmt: skip
    assert found["1.up"].norm == ("before",)
    assert found.counts == {"mish": 2}


RESNET = [
    ("stem", 27, 72, "input", "relu"),
    ("blocks.0.conv1", 72, 72, "relu", "relu"),
    ("blocks.0.conv2", 72, 72, "relu", "residual"),
    ("blocks.1.around.0", 8, 16, "relu", "residual"),
    ("blocks.1.conv1", 72, 144, "relu", "relu"),
    ("blocks.1.conv2", 144, 144, "relu", "residual"),
    ("blocks.2.conv1", 144, 144, "relu", "relu"),
    ("blocks.2.conv2", 144, 144, "relu", "residual"),
    ("head", 16, 10, "relu", "output"),
]


@pytest.mark.parametrize("wrap", [lambda model: model, nn.DataParallel], ids=["plain", "parallel"])
def test_a_residual_network(models, wrap):
    found = nt.inspect(wrap(models.ResNet()), torch.randn(2, 3, 16, 16))
    assert rows(found) == RESNET
    assert [x.name for x in found.layers if x.residual] == [
        f"blocks.{block}.conv2" for block in range(3)
    ]
    assert all(x.norm == ("after",) for x in found.layers if x.kind == "Conv2d")
    assert found.counts == {"relu": 7}


@pytest.mark.slow  # PyTorch imports its compiler
def test_a_residual_network_without_data(models):
    """The same table where nothing is computed: on tensors that have no data at all."""
    model = models.ResNet().to("meta")
    found = nt.inspect(model, torch.randn(2, 3, 16, 16, device="meta"))
    assert rows(found) == RESNET
    assert not found.real


def test_a_gate_from_averages(models):
    found = nt.inspect(models.SqueezeExcite(), torch.randn(2, 3, 8, 8))
    both = "hard_swish * hard_sigmoid"
    assert rows(found) == [
        ("conv", 27, 72, "input", "hard_swish"),
        ("down", 8, 2, "hard_swish", "relu"),
        ("up", 2, 8, "relu", both),
        ("out", 8, 4, both, "softmax"),
    ]
    assert [x.gated for x in found.layers] == ["value", "", "gate", ""]
    assert found.output == ("softmax",)


def test_gates_of_all_sorts(models):
    found = nt.inspect(models.Gates(), torch.randn(2, 4))
    assert rows(found) == [
        ("first", 4, 8, "input", "glu"),
        ("second", 4, 3, "prelu", "identity"),
        ("halves", 3, 6, "identity", "geglu"),
        ("normed", 3, 2, "geglu", "sigmoid"),
    ]
    assert [x.gated for x in found.layers] == ["both", "", "both", ""]
    assert len(found["normed"].parameters) == 2
    assert found.left["unused"] == ("idle.weight", "idle.bias")
    assert found.left["other"] == ("prelu.weight",)


def test_a_norm_and_a_gate_that_are_written_out(models):
    found = nt.inspect(models.SwiGLU(), torch.randn(2, 6))
    assert rows(found) == [
        ("gate", 6, 8, "norm", "swiglu"),
        ("value", 6, 8, "norm", "swiglu"),
        ("out", 8, 6, "swiglu", "residual"),
    ]
    assert [x.gated for x in found.layers] == ["gate", "value", ""]
    assert found.left == {"norm": ("scale",)}
    assert found.counts == {"silu": 1}


def test_lstm(models):
    found = nt.inspect(models.Recurrent(), torch.randint(0, 10, (2, 7)))
    assert rows(found) == [
        ("embed", 1, 6, "input", "lstm"),
        ("lstm.weight_ih_l0", 6, 5, "embedding", "lstm"),
        ("lstm.weight_hh_l0", 5, 5, "lstm", "lstm"),
        ("head", 5, 3, "lstm", "output"),
    ]
    assert found["embed"].operation == "embedding"
    assert len(found.left["bias"]) == 3


def test_a_recurrent_network_that_is_written_out(models):
    found = nt.inspect(models.Cell(), torch.randn(2, 3, 4))
    assert rows(found) == [
        ("inward", 4, 5, "input", "tanh"),
        ("hidden", 5, 5, "tanh", "tanh"),
        ("out", 5, 2, "tanh", "output"),
    ]
    assert [x.times for x in found.layers] == [3, 3, 1]
    assert not any(x.residual for x in found.layers)


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("grad", [True, False])
def test_transformer_encoder(norm_first, grad):
    """Also where PyTorch would take its fast path: no gradients wanted."""
    layer = nn.TransformerEncoderLayer(
        8, 2, 16, batch_first=True, activation="gelu", norm_first=norm_first
    )
    model = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False).eval().requires_grad_(grad)
    found = nt.inspect(model, torch.randn(2, 5, 8))
    fed = "norm" if norm_first else "input"
    assert rows(found)[:4] == [
        ("layers.0.self_attn.in_proj_weight", 8, 24, fed, "attention"),
        ("layers.0.self_attn.out_proj", 8, 8, "attention", "residual"),
        ("layers.0.linear1", 8, 16, "norm", "gelu"),
        ("layers.0.linear2", 16, 8, "gelu", "residual"),
    ]
    assert [x.branches for x in found.layers if x.residual] == [4 if norm_first else 1] * 4
    assert all(parameter.requires_grad == grad for parameter in model.parameters())


def test_attention_to_another_sequence():
    class Cross(nn.Module):
        def __init__(self):
            super().__init__()
            self.attend, self.out = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 2)

        def forward(self, x, memory):
            return self.out(self.attend(x, memory, memory)[0])

    found = nt.inspect(Cross(), (torch.randn(2, 3, 8), torch.randn(2, 5, 8)))
    assert rows(found)[1:] == [
        ("attend.out_proj", 8, 8, "attention", "identity"),
        ("out", 8, 2, "identity", "output"),
    ]
    assert "other" not in found.left


def test_tied_weights(models):
    found = nt.inspect(models.Tied(), torch.randint(0, 12, (2, 5)))
    assert rows(found)[0] == ("embed", 1, 4, "input", "identity, residual")
    assert rows(found)[-1] == ("head", 4, 12, "norm", "output")
    assert found["embed"].tied == ("head.weight",)
    assert found["head"].tied == ("embed.weight",)


def test_transposed_convolutions_and_groups():
    model = nn.Sequential(
        nn.ConvTranspose2d(3, 4, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(4, 8, 3, groups=4)
    )
    found = nt.inspect(model, torch.randn(2, 3, 8, 8))
    assert rows(found) == [
        ("0", 12, 64, "input", "leaky_relu"),  # of 48 products every fourth meets an input
        ("2", 9, 18, "leaky_relu", "output"),
    ]
    assert found["0"].operation == "transposed_convolution"
    assert found.counts == {"leaky_relu(alpha=0.2)": 1}


class Around(nn.Module):
    """Runs a function of two layers."""

    def __init__(self, run):
        super().__init__()
        self.a, self.b, self.run = nn.Linear(4, 4), nn.Linear(4, 4), run

    def forward(self, x):
        return self.run(self, x)


WAYS = {
    "functional": lambda m, x: m.b(F.silu(m.a(x))),
    "in place": lambda m, x: m.b(F.silu(m.a(x), inplace=True)),
    "forward": lambda m, x: m.b.forward(nn.SiLU().forward(m.a.forward(x))),
    "written": lambda m, x: m.b((lambda z: z / (1 + torch.exp(-z)))(m.a(x))),
    "scripted": lambda m, x: m.b(torch.jit.script(nn.SiLU())(m.a(x))),
    "dropout": lambda m, x: m.b(F.dropout(F.silu(m.a(x)), 0.5, m.training)),
    "reshaped": lambda m, x: m.b(F.silu(m.a(x).view(-1, 2, 2)).reshape(-1, 4)),
    "no gradient": lambda m, x: torch.no_grad()(lambda: m.b(F.silu(m.a(x))))(),
}


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.parametrize("way", WAYS)
def test_activations_are_found_however_they_are_called(way):
    found = nt.inspect(Around(WAYS[way]), torch.randn(2, 4))
    assert rows(found) == [("a", 4, 4, "input", "silu"), ("b", 4, 4, "silu", "output")]
    assert found.counts == {"silu": 1}


@pytest.mark.slow  # PyTorch imports its compiler
def test_checkpoints_and_compiled_models():
    def run(model, x):
        return model.b(checkpoint(lambda x: F.silu(model.a(x)), x, use_reentrant=False))

    for model in (Around(run), torch.compile(Around(WAYS["functional"]), backend="eager")):
        found = nt.inspect(model, torch.randn(2, 4))
        assert rows(found) == [("a", 4, 4, "input", "silu"), ("b", 4, 4, "silu", "output")]


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
def test_scripted_models():
    """Also once PyTorch has optimised them, at the second run."""
    model, given = torch.jit.script(nn.Sequential(nn.Linear(3, 4), nn.SiLU())), torch.randn(2, 3)
    for _ in range(3):
        found = nt.inspect(model, given)
        assert rows(found) == [("0", 3, 4, "input", "silu")]
        assert found["0"].kind == "Linear"
        assert found.left == {"bias": ("0.bias",)}
    assert nt.init_(model, given).others == 0
    assert not model.state_dict()["0.bias"].any()
    with speaking("en"):
        (kept,) = nt.swap(model, "silu", "relu", given).kept
        assert str(kept.reason).startswith("the module is scripted")


def test_mixed_precision():
    def run(model, x):
        with torch.autocast("cpu", torch.bfloat16):
            return model.b(F.silu(model.a(x)))

    found = nt.inspect(Around(run), torch.randn(2, 4))
    assert rows(found) == [("a", 4, 4, "input", "silu"), ("b", 4, 4, "silu", "output")]
    assert found.left == {"bias": ("a.bias", "b.bias")}
    half = nn.Sequential(nn.Linear(4, 4), nn.GELU(), nn.Linear(4, 4)).to(torch.bfloat16)
    assert nt.inspect(half, torch.randn(2, 4, dtype=torch.bfloat16)).counts == {"gelu": 1}


FUNCTIONS = {
    "gelu": F.gelu,
    "gelu_tanh": lambda x: 0.5 * x * (1 + torch.tanh(0.7978845608 * (x + 0.044715 * x**3))),
    "quick_gelu": lambda x: x * torch.sigmoid(1.702 * x),
    "relu_squared": lambda x: F.relu(x).square(),
    "softsign": lambda x: x / (1 + x.abs()),
    "hard_sigmoid": lambda x: F.relu6(x + 3) / 6,
    "hard_swish": lambda x: x * F.relu6(x + 3) / 6,
    "relu": lambda x: torch.where(x > 0, x, torch.zeros_like(x)),
    "log_sigmoid": lambda x: -F.softplus(-x),
    "elu(alpha=0.5)": lambda x: F.elu(x, 0.5),
    "swish_beta(beta=2.5)": lambda x: x * torch.sigmoid(2.5 * x),
    "sigmoid(relu)": lambda x: torch.sigmoid(F.relu(x)),
    "unnamed function": lambda x: torch.sin(3 * x) * x + x.abs().sqrt(),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_known_by_their_values(name):
    found = nt.inspect(Around(lambda m, x: m.b(FUNCTIONS[name](m.a(x)))), torch.randn(2, 4))
    with speaking("en"):
        assert found.counts == {name: 1}


def test_an_activation_times_zero_is_still_there():
    """As in branches that begin as nothing."""

    class Zero(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.scale = nn.Linear(4, 4), nn.Parameter(torch.zeros(()))

        def forward(self, x):
            return x + self.scale * F.relu(self.layer(x))

    found = nt.inspect(Zero(), torch.randn(2, 4))
    assert rows(found) == [("layer", 4, 4, "input", "relu")]
    assert found["layer"].residual


def test_spectral_norm_is_no_layer():
    """Though it multiplies the weight by vectors."""
    linear = nn.Linear(4, 8)
    for normed in (
        nn.utils.parametrizations.spectral_norm(linear),
        nn.utils.spectral_norm(nn.Linear(4, 8)),
    ):
        found = nt.inspect(nn.Sequential(normed, nn.LeakyReLU(0.2)), torch.randn(3, 4))
        assert [row[1:] for row in rows(found)] == [(4, 8, "input", "leaky_relu")]


def test_highway_and_wavenet_gates():
    def highway(model, x):
        open_ = torch.sigmoid(model.a(x))
        return open_ * F.relu(model.b(x)) + (1 - open_) * x

    def wavenet(model, x):
        return torch.tanh(model.a(x)) * torch.sigmoid(model.b(x))

    found = nt.inspect(Around(highway), torch.randn(2, 4))
    assert [(x.followed_by, x.gated) for x in found.layers] == [
        ("sigmoid * relu", "gate"),
        ("relu", "value"),
    ]
    found = nt.inspect(Around(wavenet), torch.randn(2, 4))
    assert [(x.followed_by, x.gated) for x in found.layers] == [("tanh", "value"), ("gtu", "gate")]


def test_activations_of_averages_are_found():
    found = nt.inspect(Around(lambda m, x: m.b(F.relu(m.a(x).mean(1)))), torch.randn(2, 5, 4))
    assert rows(found) == [("a", 4, 4, "input", "relu"), ("b", 4, 4, "relu", "output")]


def test_averages_before_a_norm_hide_nothing():
    """They are no statistic of that norm, but what it gets."""

    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.norm, self.b = nn.Linear(4, 4), nn.LayerNorm(4), nn.Linear(4, 2)

        def forward(self, x):
            return self.b(self.norm(F.gelu(self.a(x)).mean(1)))

    found = nt.inspect(Head(), torch.randn(2, 5, 4))
    assert rows(found) == [("a", 4, 4, "input", "gelu"), ("b", 4, 2, "norm", "output")]
    assert found.counts == {"gelu": 1}


def test_scales_of_norms_are_told_from_other_parameters():
    """Also one that is added to 1, as in Gemma."""

    class Norm(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale, self.layer = nn.Parameter(torch.zeros(4)), nn.Linear(4, 2)

        def forward(self, x):
            x = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)
            return self.layer(x * (1 + self.scale))

    assert nt.inspect(Norm(), torch.randn(2, 4)).left == {
        "norm": ("scale",),
        "bias": ("layer.bias",),
    }


def test_the_gate_of_a_branch_does_not_end_it():
    def run(model, x):
        return x + torch.sigmoid(model.a(x)) * model.b(x)

    found = nt.inspect(Around(run), torch.randn(2, 4))
    assert [(x.name, x.residual, x.gated) for x in found.layers] == [
        ("a", False, "gate"),
        ("b", True, "value"),
    ]


def test_factors_around_an_activation_do_not_hide_it():
    def run(model, x):
        return model.b(0.7 * F.gelu(2 * model.a(x)) + 0.1)

    found = nt.inspect(Around(run), torch.randn(2, 4))
    assert found["b"].fed_by == "gelu"


def test_an_activation_alone_and_a_model_of_none():
    assert nt.inspect(nn.ReLU(), torch.randn(3)).counts == {"relu": 1}
    with speaking("en"):
        assert str(nt.inspect(nn.Identity(), torch.randn(3))).endswith("Activations: none.")


def test_what_depends_on_data_is_run_on_data(models):
    found = nt.inspect(models.Branching(), torch.randn(2, 4))
    assert rows(found)[1] == ("second", 4, 4, "relu", "output")
    assert found.real


def test_the_model_is_left_as_it_was():
    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.drop = nn.Linear(3, 3), nn.Dropout(0.5)
            self.register_buffer("count", torch.zeros(()))
            self.kept = None

        def forward(self, x):
            self.count += 1
            self.kept = self.drop(self.layer(x))
            return self.kept

    model = Counting()
    model.drop.eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    given = torch.randn(2, 3).requires_grad_()
    random = torch.get_rng_state()
    nt.inspect(model, given)
    assert torch.equal(torch.get_rng_state(), random)
    assert model.kept is None
    assert model.training
    assert not model.drop.training
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())


def refused(*arguments):
    with speaking("en"), pytest.raises(InputError) as error:
        nt.inspect(*arguments)
    with speaking("zh"):
        assert str(error.value)
    with speaking("en"):
        return str(error.value)


def test_what_is_no_model_and_no_example():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    given = torch.randn(2, 3)
    assert refused(lambda x: x, given).endswith("and this is a lambda.")
    assert refused(F.relu, given).endswith("and this is the function relu.")
    assert refused(nl.relu, given).endswith("an object of type Activation.")
    assert refused(nn.ReLU, given) == "ReLU is a class: give an instance of it, ReLU(...)."
    assert refused(model).startswith("An example of the model's input is needed")
    assert refused(model, "x").endswith("and this is an object of type str.")
    assert refused(nn.Sequential(nn.LazyLinear(3)), given).startswith(
        "The parameter 0.weight has no shape yet"
    )


def test_models_whose_weights_cannot_be_read_are_refused():
    def of(name, module):
        return type(name, (nn.Module,), {"__module__": module})()

    quantised = nn.Sequential(of("Linear", "torch.ao.nn.quantized.modules.linear"))
    sharded = nn.Sequential(of("FullyShardedDataParallel", "torch.distributed.fsdp"))
    assert refused(quantised, torch.ones(2)).startswith("The layer 0 is quantised (Linear)")
    assert refused(sharded, torch.ones(2)).startswith("The parameters of 0 are spread over several")


def test_models_that_fail_say_where():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(5, 2))
    said = refused(model, torch.randn(2, 3))
    assert said == (
        "The layer 2 (Linear) fails on an example of (2, 3) float32: "
        "mat1 and mat2 shapes cannot be multiplied (2x4 and 5x2)."
    )
    assert "The layer 0 (Linear)" in refused(model, torch.randn(2, 7))
    assert refused(model, (torch.randn(2, 3), torch.randn(1))).startswith(
        "The model Sequential fails"
    )
    assert model[0].training


def test_the_output_against_the_loss():
    def said(last, loss):
        model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2), last)
        with speaking("en"):
            (remark,) = nt.inspect(model, torch.randn(2, 3), loss).remarks
            return str(remark)

    softmax, sigmoid = nn.Softmax(-1), nn.Sigmoid()
    assert said(softmax, nn.CrossEntropyLoss()).startswith("The output goes through softmax, and")
    assert said(sigmoid, F.mse_loss).startswith("The model ends with sigmoid, whose values are")
    assert said(nn.Identity(), "cross_entropy") == "The output fits CrossEntropyLoss."
    assert said(nn.LogSoftmax(-1), nn.NLLLoss()) == "The output fits NLLLoss."
    assert said(nn.LogSoftmax(-1), "CrossEntropyLoss").endswith("leave it out, or use NLLLoss.")
    assert said(nn.Identity(), nn.BCELoss()).startswith("BCELoss needs the output of sigmoid")
    assert said(sigmoid, nn.BCEWithLogitsLoss()).startswith("The output goes through sigmoid, and")
    assert said(nn.ReLU(), "mse_loss").startswith("The model ends with relu, which gives no")
    assert said(nn.ReLU(), nn.CrossEntropyLoss()).startswith("CrossEntropyLoss applies softmax")
    assert said(nn.Identity(), lambda a, b: 0).startswith("Nothing is known of this loss")
    assert said(nn.Softplus(), nn.PoissonNLLLoss()).startswith("The model ends with softplus")
    model = nn.Linear(3, 2)
    assert refused(model, torch.randn(2, 3), "mse").endswith("Did you mean MSELoss, mse_loss?")
    assert refused(model, torch.randn(2, 3), 3).endswith("an object of type int.")
