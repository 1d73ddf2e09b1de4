"""What dtypes exports take and give, and rows with infinities and NaN, over the whole catalogue."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.export import TARGETS
from nonlin.export.exported import Exported

INF, NAN = np.inf, np.nan
EDGES = ([-INF] * 3, [INF, 0, 1], [INF, INF, 0], [NAN, 0, 1], [0, NAN, INF], [-INF, 0, 0])


def arguments(name, array):
    subject = Exported(nl.get(name))
    learned = [] if subject.kind == "rowwise" else subject.learned
    return [array] * len(subject.inputs), [subject.activation.values[n] for n in learned]


def all_names():
    return [name for name in nl.names() if TARGETS["torch"].takes(Exported(nl.get(name)))]


@pytest.mark.parametrize("name", all_names())
def test_torch_types(name, space):
    torch = pytest.importorskip("torch")
    run = space(nl.export(name, to="torch", exact=True))[Exported(nl.get(name)).name]
    for given in (torch.int64, torch.uint8, torch.bool, torch.float16, torch.bfloat16):
        x = torch.tensor([1, 0, 1]).to(given)
        inputs, learned = arguments(name, x)
        learned = [torch.tensor(value) for value in learned] if learned else []
        found = run(*inputs, *learned)
        assert found.dtype == (given if given.is_floating_point else torch.float32)
        inputs, _ = arguments(name, x.float())
        assert torch.equal(found.float(), run(*inputs, *learned).to(found.dtype).float())


@pytest.mark.parametrize("name", ["sigmoid", "softmax", "swiglu", "prelu"])
def test_jax_types(name, space):
    jax = pytest.importorskip("jax")
    run = space(nl.export(name, to="jax"))[Exported(nl.get(name)).name]
    for given in ("int32", "bool", "float16", "bfloat16"):
        inputs, learned = arguments(name, jax.numpy.array([1, 0, 1], given))
        wanted = given if "float" in given else "float32"
        assert run(*inputs, *learned).dtype == wanted
    with jax.enable_x64(True):
        inputs, learned = arguments(name, jax.numpy.array([1, 0, 1], "int64"))
        assert run(*inputs, *learned).dtype == "float64"


def test_reported_types(space):
    torch, jax = pytest.importorskip("torch"), pytest.importorskip("jax")
    found = space(nl.export("sigmoid", to="torch", exact=True))["sigmoid"](torch.tensor([3, -7]))
    np.testing.assert_allclose(found, [0.95257413, 0.00091105], rtol=1e-5)
    found = space(nl.export("sigmoid", to="jax"))["sigmoid"](jax.numpy.int32(3))
    assert float(found) == pytest.approx(0.95257413, rel=1e-6)


def test_keras_types(space):
    keras = pytest.importorskip("keras")
    for name in ("sigmoid", "softmax"):
        run = space(nl.export(name, to="keras"))[name]
        assert keras.backend.standardize_dtype(run(np.array([3, -7])).dtype) == "float32"


@pytest.mark.parametrize("target", ["numpy", "torch", "jax", "keras"])
def test_rows_at_the_edges(rows, target, space):
    library = pytest.importorskip(target)
    run = space(nl.export(rows, to=target, exact=True))[Exported(nl.get(rows)).name]
    for row in EDGES:
        x = np.array([row], np.float32)
        found = np.asarray(run(library.tensor(x) if target == "torch" else x))
        np.testing.assert_allclose(found, nl.get(rows)(x), rtol=1e-6, err_msg=str(row))


def test_onnx_rows_at_the_edges(rows):
    runtime = pytest.importorskip("onnxruntime")
    if not TARGETS["onnx"].takes(Exported(nl.get(rows))):
        pytest.skip("not a target of it")
    session = runtime.InferenceSession(nl.export(rows, to="onnx"))
    for row in EDGES:
        x = np.array([row], np.float32)
        (found,) = session.run(["y"], {"x": x, "grad": np.ones_like(x)})
        np.testing.assert_allclose(found, nl.get(rows)(x), rtol=1e-6, err_msg=str(row))


def test_no_overflow_in_a_finite_result(space):
    """swim(3.4e38) is 2.55e38 in float32, on every target that has it."""
    x, true = np.array([3.4e38], np.float32), 2.55e38
    torch, runtime = pytest.importorskip("torch"), pytest.importorskip("onnxruntime")
    assert space(nl.export("swim", to="torch", exact=True))["swim"](
        torch.tensor(x)
    ).item() == pytest.approx(true)
    assert float(space(nl.export("swim", to="jax"))["swim"](x)[0]) == pytest.approx(true)
    (found,) = runtime.InferenceSession(nl.export("swim", to="onnx")).run(["y"], {"x": x})
    assert found[0] == pytest.approx(true)
