"""A model as a script of another library: the same network, initialisation and training.

Each target has a file with the body of the script, and the spelling of the losses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Template

from nonlin._errors import InputError, nearest
from nonlin.choose.keep.code import jax, keras, sklearn, torch
from nonlin.choose.keep.code.facts import constants, functions, head
from nonlin.choose.keep.model import Model
from nonlin.network.loss import KNEE


@dataclass(frozen=True, slots=True)
class Target:
    """One library: the script without its head; losses on logits, by kind of task; its names."""

    body: str
    losses: Mapping[str, str]
    names: str
    values: Callable[[Model], dict[str, str]] | None = None


TARGETS = {
    "torch": Target(torch.BODY, torch.LOSSES, "torch.nn.functional"),
    "keras": Target(keras.BODY, keras.LOSSES, "keras.activations"),
    "jax": Target(jax.BODY, jax.LOSSES, "jax.nn"),
    "sklearn": Target(sklearn.BODY, sklearn.LOSSES, "", sklearn.values),
}


def code(model: Model, to: str) -> str:
    """See `Model.code`."""
    target = TARGETS.get(to) if isinstance(to, str) else None
    if target is None:
        hint = nearest(str(to), TARGETS)
        raise InputError("code_target", given=to, allowed=", ".join(TARGETS), hint=hint)
    optimizer = model.about.training.optimizer
    for what, known in ((model.task.kind, target.losses), (optimizer, ("adamw",))):
        if what not in known:
            raise InputError("code_lacks", what=what, to=to)
    if target.values is not None:
        values = target.values(model)
    else:
        exported, spelt = functions(model, to, target.names)
        values = {"EXPORT": exported, "CONSTANTS": constants(model, spelt)}
    values["LOSS"] = Template(target.losses[model.task.kind]).substitute(KNEE=KNEE)
    values["SCORE"] = "accuracy" if model.task.classes else "R^2"
    body = Template(target.body).substitute(values)
    return head(model) + body
