"""Write a model into a folder."""

from __future__ import annotations

from importlib.util import find_spec
from os import PathLike
from pathlib import Path

from nonlin.keep import folder as place
from nonlin.keep import weights
from nonlin.keep.describe import blueprint_of
from nonlin.keep.plain_values import plain
from nonlin.keep.predictor import Predictor


def save(model: Predictor, folder: str | PathLike[str]) -> Path:
    """See `Model.save`."""
    path = place.writable(folder)
    network = plain(blueprint_of(model.network))
    settings = {"about": plain(model.about), "network": network, "task": plain(model.task)}
    with place.replaced(path) as fresh:
        place.write_json(fresh / place.SETTINGS, settings)
        place.write_json(fresh / place.PREPARATION, {"preparation": plain(model.preparation)})
        weights.write(fresh / place.WEIGHTS, model.network)
        if find_spec("onnx"):
            from nonlin.keep.onnx import as_onnx

            (fresh / place.ONNX).write_bytes(as_onnx(model))
    return path
