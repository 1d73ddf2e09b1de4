"""Exported ONNX models: valid, and right when onnxruntime runs them."""

import sys

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.export import TARGETS
from nonlin.export.exported import Exported

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")


def session(name, **parameters):
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    return runtime.InferenceSession(nl.export(name, to="onnx", **parameters), options)


def test_every_entry(entry, judge, grid):
    activation = nl.get(entry)
    x = grid(activation, "float32")
    found = session(entry).run(["y", "derivative"], {"x": x})
    for order, got in enumerate(found):
        judge("onnx").check(activation, order, x, got)


def test_says_what_it_is():
    model = onnx.load_from_string(nl.export("leaky_relu", to="onnx", alpha=0.2))
    assert {each.domain: each.version for each in model.opset_import}[""] == 18
    assert "alpha = 0.2" in model.doc_string
    assert "opset 18" in model.doc_string
    assert all(node.domain == "" for node in model.functions[0].node)


def test_the_function_takes_any_shape():
    model = onnx.load_from_string(nl.export("mish", to="onnx"))
    for value in (*model.graph.input, *model.graph.output):
        del value.type.tensor_type.shape.dim[:]
        for name in "abc":
            value.type.tensor_type.shape.dim.add().dim_param = name
    x = np.linspace(-3, 3, 24, dtype=np.float32).reshape(2, 3, 4)
    ready = runtime.InferenceSession(model.SerializeToString())
    y, slope = ready.run(None, {"x": x})
    np.testing.assert_allclose(y, nl.mish(x), rtol=1e-6)
    np.testing.assert_allclose(slope, nl.mish.derivative(x), rtol=1e-5)


def test_rows(rows, sample):
    if not TARGETS["onnx"].takes(Exported(nl.get(rows))):
        with pytest.raises(InputError, match=r"cannot be exported to onnx: .* numpy, torch"):
            session(rows)
        return
    x, grad = (each[:4].astype(np.float32) for each in sample)
    y, gradient = session(rows).run(None, {"x": x, "grad": grad})
    activation = nl.get(rows)
    np.testing.assert_allclose(y, activation(x, precision="exact"), rtol=1e-5)
    expected = activation.backward(grad, x, precision="exact")
    np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-6)


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(InputError, match=r"pip install 'nonlin\[onnx\]'"):
        nl.export("mish", to="onnx")
