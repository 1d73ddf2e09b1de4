"""The model that a user takes away."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from nonlin.keep.predictor import Predictor
from nonlin.keep.save import save


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
        return save(self, folder)

    def code(self, to: str) -> str:
        """A script that builds the network and trains it: "torch", "keras", "jax" or "sklearn".

        The weights are drawn as they were here, from the same distributions. Raises InputError
        for anything else, and for a task that the script could not train.
        """
        from nonlin.keep.code import code  # with the exports, which nothing else here needs

        return code(self, to)
