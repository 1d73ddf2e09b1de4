"""The scripts are run: initial weights have the scale they should, and the score is reached."""

import importlib.util
import re
import runpy
import sys
from dataclasses import replace

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.keep.code import TARGETS
from nonlin.keep.code.facts import scales
from nonlin.network import Initialisation, Network
from nonlin.tasks.kinds import KINDS

ALL = tuple(TARGETS)
FEW = 12  # epochs, enough for a table of this size
# Keras 3.15 with NumPy 2.4
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def script(model, to, folder):
    """The script as a module; skips the test where its library is not installed."""
    pytest.importorskip(to)
    path = folder / f"script_{to}.py"
    path.write_text(model.code(to), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.EPOCHS = FEW
    return module


def fresh(module, to):
    """Initial weights and biases, layer by layer."""
    if to == "torch":
        import torch

        torch.manual_seed(0)
        layers = module.Network().layers
        return [(each.weight.detach().numpy().T, each.bias.detach().numpy()) for each in layers]
    if to == "jax":
        import jax

        return [tuple(map(np.asarray, layer)) for layer in module.build(jax.random.key(0))]
    import keras

    keras.utils.set_random_seed(0)
    return [tuple(map(np.asarray, layer.get_weights())) for layer in module.build().layers]


def saved_rows(result, table, folder):
    frame, amount, kind = table
    X, y = result.model.arrays(frame, kind if result.task.classes else amount)
    np.savez(folder / "rows.npz", X=X, y=y)
    return folder / "rows.npz"


@pytest.mark.parametrize("to", ["torch", "jax", "keras"])
def test_the_scale_of_the_initial_weights(to, classes, tmp_path):
    found = fresh(script(classes.model, to, tmp_path), to)
    network = classes.network
    assert [w.shape for w, _ in found] == [w.shape for w in network.weights]
    for (weights, biases), expected in zip(found, scales(network)[0], strict=True):
        off = 4 / np.sqrt(2 * weights.size)  # standard errors of a standard deviation
        assert weights.std() == pytest.approx(expected, rel=off)
        assert not biases.any()


def test_the_scales_are_those_of_nonlin():
    """Also where biases are random: a deep network on the edge of chaos."""
    sizes = (50, *(64,) * 25, 3)
    critical = Network(sizes, "tanh", "softmax", "critical")
    for network in (critical, Network(sizes, "softplus", init="he_normal")):
        weights, biases = scales(network)
        for at, each in enumerate(network.weights):
            assert each.std() == pytest.approx(weights[at], rel=4 / np.sqrt(2 * each.size))
        drawn = np.concatenate(network.biases[1:-1])
        assert drawn.std() == pytest.approx(biases[1], rel=4 / np.sqrt(2 * drawn.size))


@pytest.mark.parametrize("to", ALL)
def test_the_score_is_reached(to, result, table, tmp_path, capsys):
    """Classes with an activation that the library has, numbers with a formula of one's own."""
    module = script(result.model, to, tmp_path)
    module.main(saved_rows(result, table, tmp_path))
    said = capsys.readouterr().out
    reached = float(re.search(r"(?:accuracy|R\^2) ([\d.]+)", said)[1])
    assert reached > result.standings[0].score.value - 0.12, said


@pytest.mark.parametrize("to", ["torch", "jax", "keras"])
def test_the_same_function(to, numbers, table, tmp_path):
    """With nonlin's weights, the script's network gives nonlin's outputs."""
    module = script(numbers.model, to, tmp_path)
    network = numbers.network
    X = numbers.model.inputs(table[0])
    pairs = list(zip(network.weights, network.biases, strict=True))
    if to == "torch":
        import torch

        made = module.Network()
        with torch.no_grad():
            for layer, (weights, biases) in zip(made.layers, pairs, strict=True):
                layer.weight[:] = torch.as_tensor(weights.T.copy())
                layer.bias[:] = torch.as_tensor(biases.copy())
            found = made(torch.as_tensor(X)).numpy()
    elif to == "jax":
        found = module.forward(pairs, X)
    else:
        made = module.build()
        for layer, pair in zip(made.layers, pairs, strict=True):
            layer.set_weights(pair)
        found = made.predict(X, verbose=0)
    np.testing.assert_allclose(found, network.logits(X), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("to", ["torch", "jax", "keras"])
def test_robust_regression(to, table, tmp_path, capsys):
    frame, amount, _ = table
    amount = np.where(np.arange(len(amount)) % 20 == 0, 50.0, amount)  # slips
    result = nl.choose(
        frame, amount, task="robust", activations=["relu"], rates=[0.01], seeds=1, hidden=(16,),
        quick=True,
    )  # fmt: skip
    X, y = result.model.arrays(frame, amount)
    np.savez(tmp_path / "rows.npz", X=X, y=y)
    script(result.model, to, tmp_path).main(tmp_path / "rows.npz")
    loss = float(re.search(r"loss ([\d.]+)", capsys.readouterr().out)[1])
    assert loss < 0.25 * np.mean(y**2)  # which is what the squared error would make of the slips


def test_settings_stand_in_the_script(classes):
    written = classes.model.code("torch")
    rule = classes.final.settings
    assert f"LEARNING_RATE = {rule.learning_rate}" in written
    assert f"BATCH_SIZE = {rule.batch_size}\n" in written
    assert f"EPOCHS = {rule.epochs} " in written
    assert f"PATIENCE = {rule.patience} " in written
    assert "torch.nn.functional.mish" in written  # torch has it
    assert "def own" not in written


def test_every_line_of_the_head_is_a_comment(classes):
    """A name that a file's author chose cannot become code."""
    about = replace(
        classes.model.about, target='y"""\nimport os\r\u2028os.system("x")', command="a\nb"
    )
    for to in ALL:
        written = replace(classes.model, about=about).code(to)
        compile(written, to, "exec")
        head = written.split("\nimport ")[0]
        assert all(line.startswith("#") for line in head.strip().split("\n"))


@pytest.mark.parametrize("to", ALL)
def test_a_script_says_how_it_is_called(to, classes, tmp_path, monkeypatch, capsys):
    pytest.importorskip(to)
    path = tmp_path / "own.py"
    path.write_text(classes.code(to), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [str(path)])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(path), run_name="__main__")
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f"python {path} rows.npz\n")


TARGETS_OF = {
    "positive": lambda a, b: np.exp(a),
    "counts": lambda a, b: np.floor(np.exp(a)),
    "proportion:0,1": lambda a, b: 1 / (1 + np.exp(-2 * a)),
    "quantiles:0.1,0.5,0.9": lambda a, b: a + b,
    "ordinal": lambda a, b: np.digitize(a, [-0.5, 0.5]),
    "multilabel": lambda a, b: np.stack([a > 0, b > 0], axis=1).astype(int),
}


@pytest.mark.parametrize("task", TARGETS_OF)
def test_other_tasks(task, tmp_path, capsys):
    """One script each trains as far as nonlin does; all give the same loss for the same logits."""
    a, b = np.random.default_rng(0).normal(size=(2, 160))
    X, y = np.stack([a, b], axis=1), TARGETS_OF[task](a, b)
    result = nl.choose(
        X, y, task=task, activations=["relu"], rates=[0.01], seeds=1, hidden=(8,), quick=True
    )
    inputs, goal = result.model.arrays(X, y)
    np.savez(tmp_path / "rows.npz", X=inputs, y=goal)
    logits = np.random.default_rng(1).normal(size=(160, result.network.sizes[-1]))
    logits, column = logits.astype(np.float32), goal.reshape(160, -1).astype(np.float32)
    import torch

    by_torch = script(result.model, "torch", tmp_path)
    expected = float(by_torch.loss(torch.as_tensor(logits), torch.as_tensor(column)))
    by_jax = script(result.model, "jax", tmp_path)
    by_jax.forward = lambda network, X: X
    assert float(by_jax.loss(None, logits, column)) == pytest.approx(expected, rel=1e-4)
    if importlib.util.find_spec("keras"):
        by_keras = script(result.model, "keras", tmp_path)
        assert float(by_keras.loss(column, logits)) == pytest.approx(expected, rel=1e-4)
    before = float(by_torch.loss(torch.zeros(logits.shape), torch.as_tensor(column)))
    by_torch.main(tmp_path / "rows.npz")
    reached = float(re.search(r"loss (-?[\d.]+)\n", capsys.readouterr().out)[1])
    assert reached < before - 0.05
    with pytest.raises(InputError, match="cannot be written as a script for sklearn"):
        result.code("sklearn")


@pytest.mark.parametrize("to", [to for to in TARGETS if to != "sklearn"])
def test_every_kind_of_task_has_its_loss(to):
    assert set(TARGETS[to].LOSSES) == set(KINDS)


def test_what_has_no_script(classes):
    with pytest.raises(InputError, match=r"There is no script for torc: .* Did you mean torch\?"):
        classes.code("torc")


@pytest.mark.parametrize("name", ["prelu", "threshold", "gelu", "leaky_relu", "softshrink"])
@pytest.mark.parametrize("to", ["torch", "jax", "keras"])
def test_activations_of_the_libraries(name, to, classes, tmp_path):
    """Names that mean another function elsewhere, or want more arguments there."""
    entry = nl.get(name)
    network = Network((4, 5, 3), entry, "softmax", Initialisation("lecun_normal"))
    module = script(replace(classes.model, network=network), to, tmp_path)
    x = np.linspace(-3, 3, 12, dtype=np.float32)
    given = x
    if to == "torch":
        import torch

        given = torch.as_tensor(x)
    np.testing.assert_allclose(
        np.asarray(module.ACTIVATIONS[0](given)), entry(x), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("name", ["train", "F"])
@pytest.mark.parametrize("to", ["torch", "jax", "keras"])
def test_an_activation_may_be_called_like_a_part_of_the_script(name, to, classes, tmp_path):
    own = nl.activation(name, "x * sigmoid(2 * x)")
    model = replace(classes.model, network=Network((4, 5, 3), own, "softmax"))
    module = script(model, to, tmp_path)
    assert len(fresh(module, to)) == 2
    assert module.ACTIVATIONS[0].__name__ not in ("train", "network", "loss", "copy")


def test_several_labels_are_several_columns(classes):
    task = replace(classes.task, kind="multilabel", labels=np.array(["a", "b"]))
    assert "frame[['a', 'b']])" in replace(classes.model, task=task).code("torch")
