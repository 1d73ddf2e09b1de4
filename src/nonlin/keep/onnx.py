"""A network as an ONNX model of standard operators: prepared inputs in, outputs out."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np

from nonlin import __version__
from nonlin._text import say
from nonlin.export.exported import Exported
from nonlin.export.onnx import DOMAIN, IR_VERSION, OPSET, value_function
from nonlin.keep.predictor import Predictor
from nonlin.keep.weights import tensors

INPUT, OUTPUT = "inputs", "outputs"


def as_onnx(model: Predictor) -> bytes:
    """Gemm, activation, Gemm, ..., output activation, in float32.

    inputs: (rows, inputs), what `Preparation` makes of raw rows; the preparation itself is not
    part of it. outputs: (rows, outputs), what `Network.forward` gives.
    """
    import onnx

    network, helper = model.network, onnx.helper
    nodes, functions = _nodes(model)
    weights = [
        onnx.numpy_helper.from_array(array.astype(np.float32), name)
        for name, array in tensors(network).items()
    ]
    ends = [
        [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["rows", size])]
        for name, size in ((INPUT, network.sizes[0]), (OUTPUT, network.sizes[-1]))
    ]
    graph = helper.make_graph(nodes, "network", ends[0], ends[1], initializer=weights)
    made = helper.make_model(
        graph,
        functions=functions,
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(DOMAIN, 1)],
        ir_version=IR_VERSION,
        producer_name="nonlin",
        producer_version=__version__,
        doc_string=say("keep.onnx", target=model.about.target),
    )
    onnx.checker.check_model(made)
    written: bytes = made.SerializeToString()
    return written


def _nodes(model: Predictor) -> tuple[list[Any], list[Any]]:
    """The operators, and the functions of those that are activations, each once."""
    from onnx import helper

    functions: dict[Any, Any] = {}
    nodes, values = [], INPUT
    activations = (*model.network.hidden, model.network.output)
    numbers = count(1)
    for layer, activation in enumerate(activations, start=1):
        names = [values, f"layer{layer}.weight", f"layer{layer}.bias"]
        nodes.append(helper.make_node("Gemm", names, [f"sums{layer}"]))
        if activation.graph not in functions:
            name = f"{Exported(activation).name}_{next(numbers)}"
            functions[activation.graph] = value_function(Exported(activation), name)
        values = OUTPUT if layer == len(activations) else f"values{layer}"
        called = functions[activation.graph].name
        nodes.append(helper.make_node(called, [f"sums{layer}"], [values], domain=DOMAIN))
    return nodes, [*functions.values()]
