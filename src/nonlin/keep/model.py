"""The model that a user takes away: what predicts, written into a folder or as code."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from os import PathLike
from pathlib import Path

from nonlin.keep import folder as place
from nonlin.keep import weights
from nonlin.keep.describe import blueprint_of
from nonlin.keep.plain_values import plain
from nonlin.keep.predictor import Predictor


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Model(Predictor):
    """A trained network with everything that it needs to predict from raw rows.

    `Result.model` gives it, `save` writes it into a folder, `nl.load` reads it again.
    """

    def save(self, folder: str | PathLike[str]) -> Path:
        """Write the model into a folder of its own, which `nl.load` reads; gives its path.

        weights.safetensors, settings.json, preparation.json and, if the onnx package is
        installed, network.onnx: the network alone, which takes prepared inputs. A model that is
        there is replaced as a whole. Raises InputError for a folder that holds anything else.
        """
        path = place.writable(folder)
        network = plain(blueprint_of(self.network))
        settings = {"about": plain(self.about), "network": network, "task": plain(self.task)}
        with place.replaced(path) as fresh:
            place.write_json(fresh / place.SETTINGS, settings)
            parts = {"reading": plain(self.reading), "preparation": plain(self.preparation)}
            place.write_json(fresh / place.PREPARATION, parts)
            weights.write(fresh / place.WEIGHTS, self.network)
            if find_spec("onnx"):
                from nonlin.keep.onnx import as_onnx

                (fresh / place.ONNX).write_bytes(as_onnx(self))
        return path

    def code(self, to: str) -> str:
        """A script that builds the network and trains it: "torch", "keras", "jax" or "sklearn".

        The weights are drawn as they were here, from the same distributions. Raises InputError
        for anything else, and for a task that the script could not train.
        """
        from nonlin.keep.code import code  # with the exports, which nothing else here needs

        return code(self, to)
