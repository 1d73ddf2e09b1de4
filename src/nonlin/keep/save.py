"""Write a model into a folder."""

from __future__ import annotations

from importlib.util import find_spec
from os import PathLike
from pathlib import Path

import numpy as np

from nonlin.keep import folder as place
from nonlin.keep.describe import shape_of
from nonlin.keep.model import Model
from nonlin.keep.values import plain
from nonlin.network import Network


def save(model: Model, folder: str | PathLike[str]) -> Path:
    """See `Model.save`."""
    path = place.writable(folder)
    network = plain(shape_of(model.network))
    settings = {"about": plain(model.about), "network": network, "task": plain(model.task)}
    with place.replaced(path) as fresh:
        place.write_json(fresh / place.SETTINGS, settings)
        place.write_json(fresh / place.PREPARATION, {"preparation": plain(model.preparation)})
        _write_weights(fresh / place.WEIGHTS, model.network)
        if find_spec("onnx"):
            from nonlin.keep.onnx import as_onnx

            (fresh / place.ONNX).write_bytes(as_onnx(model))
    return path


def tensors(network: Network) -> dict[str, np.ndarray]:
    """Weights (fan_in, fan_out) and biases (fan_out,) by the names that the file gives them."""
    layers = enumerate(zip(network.weights, network.biases, strict=True), start=1)
    return {
        f"layer{number}.{kind}": array
        for number, pair in layers
        for kind, array in zip(("weight", "bias"), pair, strict=True)
    }


def _write_weights(path: Path, network: Network) -> None:
    from safetensors.numpy import save as as_bytes

    path.write_bytes(as_bytes(tensors(network), {"format": "np"}))
