"""Under torch.compile and torch.export: no graph breaks, the same numbers, few guards."""

import io
import sys

import numpy as np
import pytest

import nonlin as nl
from nonlin.expr.nodes import Call
from nonlin.expr.primitives import TABLE
from nonlin.expr.walk import postorder

torch = pytest.importorskip("torch")

import nonlin.torch as nt  # noqa: E402 - torch first


@pytest.fixture(autouse=True)
def _forget():
    """Dynamo remembers what it compiled, and a call of `forward` counts for all modules."""
    torch.compiler.reset()
    yield
    torch.compiler.reset()


def numbers(shape=(3, 6), seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_compiled(entry):
    """A module compiled whole gives what it gives, with gradients by all that is learned."""
    module = nt.get(entry).eval()
    x = numbers().requires_grad_()
    compiled = torch.compile(module, backend="aot_eager", fullgraph=True)
    given, grad = [x, *module.parameters()], numbers(module(x).shape, 1)
    y, expected = compiled(x), module(x)
    torch.testing.assert_close(y, expected, rtol=1e-4, atol=1e-5)
    for found, true in zip(
        torch.autograd.grad(y, given, grad), torch.autograd.grad(expected, given, grad), strict=True
    ):
        torch.testing.assert_close(found, true, rtol=1e-4, atol=1e-5)


def test_exported(entry):
    """The graph holds PyTorch's operations only, and the batch may have any length."""
    module = nt.get(entry).eval()
    batch = ({0: torch.export.Dim("batch")},)
    program = torch.export.export(module, (numbers(),), dynamic_shapes=batch)
    called = {str(node.target) for node in program.graph.nodes if node.op == "call_function"}
    assert not any("nonlin" in name for name in called)
    other = numbers((5, 6), 2)
    torch.testing.assert_close(program.module()(other), module(other), rtol=1e-4, atol=1e-5)


FUSED = ("relu", "silu", "mish", "gelu", "elu", "softplus", "tanh", "prelu", "softmax", "swiglu")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Inductor needs a C++ compiler")
def test_inductor(request):
    """Ten of them in one graph, forward and backward."""
    if not request.config.getoption("thorough"):
        pytest.skip("half a minute of the C++ compiler: make test-torch")
    modules = torch.nn.ModuleList([nt.get(name) for name in FUSED])

    def all_of(x):
        return [module(x) for module in modules]

    x = numbers((8, 16)).requires_grad_()
    found, expected = torch.compile(all_of, fullgraph=True)(x), all_of(x)
    for one, true in zip(found, expected, strict=True):
        torch.testing.assert_close(one, true, rtol=1e-5, atol=1e-6)
        (slope,) = torch.autograd.grad(one.sum(), x, retain_graph=True)
        (slope_of,) = torch.autograd.grad(true.sum(), x)
        torch.testing.assert_close(slope, slope_of, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["rrelu", "probact", "gumbel_softmax"])
def test_noise(name):
    """In training, noise is drawn inside the graph."""
    module = nt.get(name)
    compiled = torch.compile(module, backend="aot_eager", fullgraph=True)
    x = numbers((64, 6))
    assert not torch.equal(compiled(x), compiled(x))
    assert compiled(x).shape == x.shape


def test_functions_with_parameters():
    """Numbers are bound while the compiler looks, tensors stay inputs."""

    def run(x, alpha):
        y = nt.functional.elu(x, alpha=0.5) + nt.functional.prelu(x, alpha=alpha, dim=1)
        return nt.functional.softmax(nl.mish(y), dim=0)

    x, alpha = numbers((4, 3)), torch.tensor([0.1, 0.2, 0.3])
    compiled = torch.compile(run, backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(x, alpha), run(x, alpha), rtol=1e-5, atol=1e-6)


def test_in_place():
    def run(x):
        return nt.functional.mish(x * 2, inplace=True)

    x = numbers().requires_grad_()
    y = torch.compile(run, backend="aot_eager", fullgraph=True)(x)
    torch.testing.assert_close(y, run(x), rtol=1e-5, atol=1e-6)
    (found,) = torch.autograd.grad(y.sum(), x)
    torch.testing.assert_close(found, torch.autograd.grad(run(x).sum(), x)[0])


def test_transforms_inside():
    compiled = torch.compile(
        torch.vmap(torch.func.grad(nt.functional.mish)), backend="aot_eager", fullgraph=True
    )
    x = numbers((7,))
    expected = nl.mish.derivative(x.numpy(), precision="exact")
    np.testing.assert_allclose(compiled(x), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.filterwarnings("ignore:The .grad attribute:UserWarning")  # of torch's own look at it
@pytest.mark.parametrize("name", ["mish", "softplus", "softmax", "sparsemax", "prelu", "glu"])
def test_compiled_autograd(name):
    """What ran eagerly is differentiated by a compiler."""
    module, x = nt.get(name).eval(), numbers().requires_grad_()
    given = [x, *module.parameters()]
    expected = torch.autograd.grad(module(x).square().sum(), given)
    compiler = torch.compile(backend="aot_eager", fullgraph=True)
    with torch._dynamo.compiled_autograd._enable(compiler):
        module(x).square().sum().backward()
    for tensor, true in zip(given, expected, strict=True):
        torch.testing.assert_close(tensor.grad, true, rtol=1e-5, atol=1e-5)


def test_few_guards():
    """What is looked up is not watched: one check or two for each call, not one for each step."""
    from torch._dynamo.eval_frame import _debug_get_cache_entry_list

    def run(x):
        return nt.functional.mish(nt.functional.gelu(x))

    torch.compile(run, backend="eager", fullgraph=True)(numbers())
    (entry,) = _debug_get_cache_entry_list(run.__code__)
    assert str(entry.guard_manager).count("\n") < 150


def test_any_shape():
    """Rows, halves, channels and groups of sizes that are symbols."""
    modules = [nt.get("softmax", dim=1), nt.get("swiglu", dim=1), nt.get("prelu", channels=3),
               nt.get("maxout"), nt.get("crelu", dim=0), nt.get("pelu", channels=3)]  # fmt: skip
    model = torch.nn.Sequential(*modules)
    compiled = torch.compile(model, backend="aot_eager", fullgraph=True, dynamic=True)
    for size in (2, 3, 5):
        x = numbers((size, 6, 4 * size)).requires_grad_()
        found, expected = compiled(x), model(x)
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)
        (slope,) = torch.autograd.grad(found.square().sum(), x)
        (true,) = torch.autograd.grad(expected.square().sum(), x)
        torch.testing.assert_close(slope, true, rtol=1e-4, atol=1e-6)


def test_more_modules_than_recompilations():
    """Compiled one by one, each counts for itself."""
    for name in (*FUSED[:9], "selu", "sigmoid"):
        torch.compile(nt.get(name), backend="eager", fullgraph=True)(numbers())


def test_exported_by_the_tracer():
    batch = ({0: torch.export.Dim("batch")},)
    module = torch.nn.Sequential(nt.Mish(), nt.get("prelu", channels=6)).eval()
    program = torch.export.export(module, (numbers(),), dynamic_shapes=batch, strict=True)
    other = numbers((5, 6), 2)
    torch.testing.assert_close(program.module()(other), module(other), rtol=1e-4, atol=1e-5)


def test_in_double_precision():
    """The polynomials for single precision are not taken."""
    x = torch.linspace(-9, 9, 37, dtype=torch.float64)
    compiled = torch.compile(nt.functional.gelu, backend="aot_eager", fullgraph=True)
    np.testing.assert_allclose(compiled(x), nl.gelu(x.numpy(), precision="exact"), rtol=1e-13)


# a formula for each primitive
PRIMITIVES = {
    "sigmoid": "sigmoid(x)", "logistic_density": "logistic_density(x)", "softplus": "softplus(x)",
    "tanh": "tanh(x)", "sech_squared": "sech_squared(x)", "tanhshrink": "tanhshrink(x)",
    "normal_cdf": "normal_cdf(x)", "normal_pdf": "normal_pdf(x)", "erf": "erf(x)",
    "softsign": "softsign(x)", "squareplus": "squareplus(x, 1)", "isru": "isru(x)",
    "algebraic_sigmoid": "algebraic_sigmoid(x, 1)", "inverse_root": "inverse_root(x)",
    "exp": "exp(x)", "expm1": "expm1(x)", "log": "log(abs(x) + 1)", "log1p": "log1p(abs(x))",
    "arctan_gate": "arctan_gate(x)",
    "sin": "sin(x)", "cos": "cos(x)", "arctan": "arctan(x)", "sign": "sign(x)",
    "negate": "-x", "maximum": "maximum(x, 1)", "minimum": "minimum(x, 1)",
    "where": "where(x > 0, x, 2 * x)",
    "absolute": "abs(x)", "sqrt": "sqrt(abs(x))", "power": "(abs(x) + 1) ** 2.5",
}  # fmt: skip
ONNX = {name: nl.activation(name, formula) for name, formula in PRIMITIVES.items()}
ONNX |= {name: nl.get(name) for name in ("softmax", "hardmax", "sparsemax", "glu", "maxout")}


@pytest.mark.filterwarnings("ignore")  # the exporter warns of itself
@pytest.mark.parametrize("name", ONNX)
def test_onnx(name):
    """By the exporter that needs nothing more than PyTorch; the other one needs onnxscript."""
    runtime = pytest.importorskip("onnxruntime")
    module, written = nt.get(ONNX[name]).eval(), io.BytesIO()
    batch = {"x": {0: "batch"}}
    torch.onnx.export(
        module, (numbers(),), written, dynamo=False, input_names=["x"], dynamic_axes=batch
    )
    session = runtime.InferenceSession(written.getvalue())
    x = 3 * numbers((3, 6), 3)
    (found,) = session.run(None, {"x": x.numpy()})
    np.testing.assert_allclose(found, module(x), rtol=1e-5, atol=1e-6)


def test_onnx_has_every_primitive():
    """Those of rows are in the entries; a surrogate is for gradients."""
    there = {node.primitive for each in ONNX.values() for node in postorder(each.formula)
             if isinstance(node, Call)}  # fmt: skip
    compared = {"greater", "less", "greater_equal", "less_equal", "pi", "row_join", "surrogate"}
    assert set(TABLE) - compared <= there
