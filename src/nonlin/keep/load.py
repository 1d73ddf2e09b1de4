"""Read a model from a folder; everything is checked, nothing is executed or unpickled."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from nonlin import checks
from nonlin._errors import InputError, nearest
from nonlin._text import listed
from nonlin.data.plan import Plan, works
from nonlin.data.prepare import Preparation
from nonlin.keep import folder as place
from nonlin.keep import weights
from nonlin.keep.describe import Blueprint, activation_of
from nonlin.keep.model import Model
from nonlin.keep.plain_values import build, shown
from nonlin.keep.predictor import About
from nonlin.network import Network
from nonlin.tasks.kinds import KINDS
from nonlin.tasks.task import Task


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
    blueprint = build(Blueprint, settings.get("network"), "network")
    prepared = place.read_json(path / place.PREPARATION)
    preparation = build(Preparation, prepared.get("preparation"), "preparation")
    _works(preparation)
    reading = _reading(prepared)
    network = _network(blueprint, path / place.WEIGHTS)
    _belong_together(network, preparation, task)
    return Model(network, preparation, task, about, reading)


def _sound(task: Task) -> None:
    """Is it a kind that is known, with as many labels and numbers as its outputs need?"""
    if task.kind not in KINDS:
        hint = nearest(task.kind, KINDS)
        raise InputError("unknown_task", given=task.kind, allowed=listed(KINDS), hint=hint)
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
        made = f"{' x '.join(map(str, inputs.shape))}, {len(preparation.names)}"
        raise InputError("model_preparation", reason=made)
    if not (np.isfinite([preparation.mean, preparation.scale]).all() and preparation.scale > 0):
        raise InputError("model_value", where="preparation.scale", given=preparation.scale)


def _reading(prepared: dict[str, Any]) -> Plan | None:
    """By what plan text files are read; a model that learnt from other tables has none."""
    if "reading" not in prepared:
        raise InputError("model_missing", name="reading")
    found: Plan | None = build(Plan | None, prepared["reading"], "reading")
    if found is not None and not works(found):
        raise InputError("model_value", where="reading", given=shown(prepared["reading"]))
    return found


def _network(blueprint: Blueprint, path: Path) -> Network:
    sizes = checks.layer_sizes(blueprint.sizes)
    if blueprint.dtype not in weights.DTYPES:
        raise InputError("model_value", where="network.dtype", given=shown(blueprint.dtype))
    arrays = weights.read(path, sizes, blueprint.dtype)
    places = (f"network.hidden[{at}]" for at in range(len(blueprint.hidden)))
    hidden = [activation_of(*each) for each in zip(blueprint.hidden, places, strict=True)]
    output = activation_of(blueprint.output, "network.output")
    return Network.of(
        sizes, hidden, output, blueprint.init, blueprint.seed, arrays[0::2], arrays[1::2]
    )


def _belong_together(network: Network, preparation: Preparation, task: Task) -> None:
    """Does each part fit the next one?"""
    ends = (len(preparation.names), task.outputs)
    given = (network.sizes[0], network.sizes[-1])
    if given != ends:
        raise InputError("model_ends", given=given, needed=ends)
    if network.output.name != task.output:
        raise InputError("model_output", given=network.output.name, needed=task.output)
