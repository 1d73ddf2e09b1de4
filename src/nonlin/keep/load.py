"""Read a model from a folder; everything is checked, nothing is executed or unpickled."""

from __future__ import annotations

from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from nonlin import checks
from nonlin._errors import InputError, nearest
from nonlin.data.prepare import Preparation
from nonlin.keep import folder as place
from nonlin.keep.describe import Shape, activation_of
from nonlin.keep.model import About, Model
from nonlin.keep.values import build, shown
from nonlin.network import Network
from nonlin.tasks.kinds import KINDS
from nonlin.tasks.task import Task

DTYPES = {"float32": "F32", "float64": "F64"}  # as the file of weights calls them


def load(folder: str | PathLike[str]) -> Model:
    """The model that `Result.save` wrote into this folder; it predicts the same, bit for bit.

    Raises InputError, which says what is wrong, for anything but a whole and sound model.
    """
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise InputError("model_no_folder", path=str(path))
    settings = place.read_json(path / place.SETTINGS)
    about = build(About, settings.get("about"), "about")
    task = build(Task, settings.get("task"), "task")
    _sound(task)
    shape = build(Shape, settings.get("network"), "network")
    prepared = place.read_json(path / place.PREPARATION).get("preparation")
    preparation = build(Preparation, prepared, "preparation")
    _works(preparation)
    network = _network(shape, path / place.WEIGHTS)
    _belong_together(network, preparation, task)
    return Model(network, preparation, task, about)


def _sound(task: Task) -> None:
    """Is it a kind that is known, with as many labels and numbers as its outputs need?"""
    if task.kind not in KINDS:
        hint = nearest(task.kind, KINDS)
        raise InputError("unknown_task", given=task.kind, allowed=", ".join(KINDS), hint=hint)
    labels = {"binary": 2, "ordinal": task.outputs + 1}.get(task.kind, task.outputs)
    if len(task.labels) != (labels if task.classes else 0):
        raise InputError("model_value", where="task.labels", given=shown(task.labels.tolist()))
    numbers = {"proportion": 2, "quantiles": task.outputs}.get(task.kind, 0)
    if len(task.numbers) != numbers:
        raise InputError("model_value", where="task.numbers", given=shown(task.numbers))
    task.objective()


def _works(preparation: Preparation) -> None:
    """Does it make finite inputs, as many as it names, of a row of gaps?"""
    try:
        row = preparation.read(pl.DataFrame({name: [None] for name in preparation.used}))
        with np.errstate(all="ignore"):
            inputs = preparation.inputs(row)
    except (ValueError, TypeError, LookupError, pl.exceptions.PolarsError) as error:
        raise InputError("model_preparation", reason=str(error)[:100]) from None
    if inputs.shape != (1, len(preparation.names)) or not np.isfinite(inputs).all():
        raise InputError("model_preparation", reason=f"{inputs.shape}, {len(preparation.names)}")
    if not (np.isfinite([preparation.mean, preparation.scale]).all() and preparation.scale > 0):
        raise InputError("model_value", where="preparation.scale", given=preparation.scale)


def _network(shape: Shape, path: Path) -> Network:
    sizes = checks.layer_sizes(shape.sizes)
    if shape.dtype not in DTYPES:
        raise InputError("model_value", where="network.dtype", given=shown(shape.dtype))
    arrays = _arrays(path, _shapes(sizes), shape.dtype)
    places = (f"network.hidden[{at}]" for at in range(len(shape.hidden)))
    hidden = [activation_of(*each) for each in zip(shape.hidden, places, strict=True)]
    output = activation_of(shape.output, "network.output")
    return Network.of(sizes, hidden, output, shape.init, shape.seed, arrays[0::2], arrays[1::2])


def _shapes(sizes: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for number, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        found[f"layer{number}.weight"] = (fan_in, fan_out)
        found[f"layer{number}.bias"] = (fan_out,)
    return found


def _arrays(path: Path, shapes: dict[str, tuple[int, ...]], dtype: str) -> list[np.ndarray]:
    """Weights and biases of each layer; names, dtypes and shapes are checked before any is read."""
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise InputError("model_no_file", path=str(path.parent), name=path.name)
    try:
        with safe_open(path, framework="numpy") as file:
            _same_tensors(file, shapes, dtype, path.name)
            return [file.get_tensor(name) for name in shapes]
    except (SafetensorError, OSError) as error:
        raise InputError("model_weights", name=path.name, reason=str(error)[:100]) from None


def _same_tensors(file: Any, shapes: dict[str, tuple[int, ...]], dtype: str, name: str) -> None:
    given = sorted(file.keys())
    for tensor in (*shapes, *sorted(given)):
        if tensor not in shapes or tensor not in given:
            key = "model_tensor_missing" if tensor in shapes else "model_tensor_unknown"
            raise InputError(key, name=name, tensor=shown(tensor))
    for tensor, shape in shapes.items():
        part = file.get_slice(tensor)
        found = (tuple(part.get_shape()), part.get_dtype())
        if found != (shape, DTYPES[dtype]):
            raise InputError(
                "model_tensor", name=name, tensor=tensor, given=found, needed=(shape, DTYPES[dtype])
            )


def _belong_together(network: Network, preparation: Preparation, task: Task) -> None:
    """Does each part fit the next one?"""
    ends = (len(preparation.names), task.outputs)
    given = (network.sizes[0], network.sizes[-1])
    if given != ends:
        raise InputError("model_ends", given=given, needed=ends)
    if network.output.name != task.output:
        raise InputError("model_output", given=network.output.name, needed=task.output)
