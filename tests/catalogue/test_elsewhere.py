"""Names of other libraries: complete, found, and with that library's defaults."""

import re
import subprocess
import sys

import pytest

import nonlin as nl
from nonlin.catalogue import _by_name
from nonlin.catalogue.elsewhere import elsewhere, find, names_elsewhere, plain, tables

DEFAULTS = {
    "torch.nn.LeakyReLU": {"alpha": 0.01},
    "torch.nn.PReLU": {"alpha": 0.25},
    "keras.activations.leaky_relu": {"alpha": 0.2},
    "keras.layers.LeakyReLU": {"alpha": 0.3},
    "keras.layers.PReLU": {"alpha": 0.0},
    "flax.linen.PReLU": {"alpha": 0.01},
    "tf.nn.leaky_relu": {"alpha": 0.2},
    "onnx.LeakyRelu": {"alpha": 0.01},
    "onnx.Shrink": {"lambd": 0.5},
}
SHORT = {
    "keras.silu": "silu",
    "tf.keras.activations.swish": "silu",
    "tfa.mish": "mish",
    "transformers.gelu_new": "gelu_tanh",
    "flax.nnx.gelu": "gelu_tanh",
    "hf.relu2": "relu_squared",
    "sklearn.logistic": "sigmoid",
    " jax.nn.hard_silu ": "hard_swish",
}
# operators of ONNX, default domain, that are activations or smooth functions used as such
ONNX = """Abs Atan Celu Cos Elu Erf Exp Gelu HardSigmoid HardSwish Hardmax Identity LeakyRelu
LogSoftmax Mish PRelu Relu Selu Shrink Sigmoid Sin Softmax Softplus Softsign SwiGLU Swish Tanh
ThresholdedRelu"""
HUGGING_FACE = """gelu gelu_10 gelu_accurate gelu_fast gelu_new gelu_python gelu_python_tanh
gelu_pytorch_tanh hardswish laplace leaky_relu linear mish prelu quick_gelu relu relu2 relu6
sigmoid silu sqrtsoftplus swish tanh xielu"""  # ACT2CLS of transformers 5.23
TIMM = """celu elu gelu gelu_tanh hard_mish hard_sigmoid hard_swish hardsigmoid hardswish identity
leaky_relu mish prelu quick_gelu relu relu6 selu sigmoid silu swish tanh"""  # of timm 1.0.31
ADDONS = "gelu hardshrink lisht mish rrelu snake softshrink sparsemax tanhshrink"


def known():
    left_out = {name for table in tables().values() for name in table.get("left_out", {})}
    return left_out | set(names_elsewhere())


def test_every_name_gives_an_entry():
    for name, row in names_elsewhere().items():
        activation = nl.get(name)
        assert activation.name == row.entry, name
        assert row.parameters.items() <= activation.values.items(), name


@pytest.mark.parametrize("name", DEFAULTS)
def test_defaults_of_that_library(name):
    assert nl.get(name).values == DEFAULTS[name]


@pytest.mark.parametrize("name", SHORT)
def test_short_names(name):
    assert nl.get(name) is nl.get(SHORT[name])


def test_torch_is_complete():
    from torch.nn.modules import activation

    assert {f"torch.nn.{name}" for name in activation.__all__} <= known()


def test_jax_is_complete():
    import jax.nn

    public = [name for name in dir(jax.nn) if not name.startswith("_")]
    assert {f"jax.nn.{name}" for name in public} <= known()


def test_keras_is_complete():
    script = """if True:
        import inspect, keras
        import keras.src.layers.activations as layers
        for name, what in vars(keras.activations).items():
            if inspect.isfunction(what):
                print("keras.activations." + name)
        for name, what in vars(layers).items():
            if inspect.isclass(what):
                print("keras.layers." + name)
    """
    pytest.importorskip("jax")
    environment = {"KERAS_BACKEND": "jax", "PATH": ""}
    command = [sys.executable, "-W", "ignore", "-c", script]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment)
    if "No module named 'keras'" in ran.stderr:
        pytest.skip("Keras is not installed")
    assert ran.returncode == 0, ran.stderr
    found = set(ran.stdout.split())
    assert "keras.layers.ELU" in found
    assert found <= known()


def test_onnx_operators_exist():
    onnx = pytest.importorskip("onnx")
    for name in ONNX.split():
        assert not onnx.defs.get_schema(name).deprecated


@pytest.mark.parametrize(
    ("library", "listed"),
    [
        ("onnx", ONNX),
        ("hf", HUGGING_FACE),
        ("timm", TIMM),
        ("tfa.activations", ADDONS),
    ],
)
def test_lists_of_others_are_complete(library, listed):
    wanted = {f"{library}.{name}" for name in listed.split()}
    assert wanted == {name for name in known() if name.rpartition(".")[0] == library}


def test_scikit_learn_is_complete():
    from sklearn.neural_network import _base

    assert {f"sklearn.{name}" for name in _base.ACTIVATIONS} <= known()


def test_nothing_is_left_out_that_is_there():
    for table in tables().values():
        assert all(len(reason) > 5 for reason in table.get("left_out", {}).values())
        assert not set(table.get("left_out", {})) & set(names_elsewhere())
        for short, section in table.get("short", {}).items():
            assert f"{short}." not in {f"{name.rpartition('.')[0]}." for name in names_elsewhere()}
            assert section in table


def test_what_waits_for_an_entry_still_does():
    """A row moves from left_out into the table as soon as the catalogue has the function."""
    own = {plain(name) for name in _by_name()}
    for table in tables().values():
        for name, reason in table.get("left_out", {}).items():
            assert reason != "not in the catalogue yet" or plain(name) not in own, name


def test_names_of_an_entry():
    names = {row.name: row for row in elsewhere("leaky_relu")}
    assert str(names["keras.layers.LeakyReLU"]) == "keras.layers.LeakyReLU (alpha=0.3)"
    assert names["torch.nn.LeakyReLU"].library.startswith("PyTorch")
    assert find("keras.nothing") is None


NEAREST = {
    "rleu": ["relu", "prelu"],
    "torch.nn.Hardswihs": ["torch.nn.Hardswish"],
    "torch.nn.Snake": ["snake"],
    "kerras.silu": ["keras.activations.silu"],
    "jax.nn.ReLU": ["jax.nn.relu"],
    "Leaky": ["leaky_relu"],
    "": [],
    "nope": [],
    "qqqqqq": [],
}


@pytest.mark.parametrize("given", NEAREST)
@pytest.mark.parametrize(("language", "ask"), [("en", "Did you mean "), ("zh", "是否要用 ")])
def test_unknown_names_get_the_nearest_three(given, language, ask):
    from nonlin._text import speaking

    with pytest.raises(nl.NonlinError) as caught, speaking(language):
        nl.get(given)
    with speaking(language):
        sentence = str(caught.value)
        hint = str(caught.value.values["hint"])
    assert hint in sentence
    if not NEAREST[given]:
        assert hint == ""
        return
    assert ask in hint
    assert all(name in hint for name in NEAREST[given])
    assert len(re.split("、| 或 |, ", hint)) <= 3


def test_the_tables_import_nothing():
    command = "import sys, nonlin as nl; nl.get('torch.nn.ReLU'); print('torch' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    assert ran.stdout.strip() == "False", ran.stderr


def test_the_order_of_the_arguments_is_that_of_the_library():
    """ONNX: SwiGLU(A, B) = Swish(A) B; Shazeer, torch and jax have the value first."""
    assert nl.get("onnx.SwiGLU")(2.0, 3.0) == pytest.approx(3 * nl.silu(2.0))
    assert nl.swiglu(2.0, 3.0) == pytest.approx(2 * nl.silu(3.0))
