"""A model as a script of another library: the same network, initialisation and training.

Each target has a file with the body of the script, and the spelling of losses and scores.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from string import Template
from types import ModuleType

from nonlin._errors import InputError, nearest
from nonlin._text import listed
from nonlin.keep.code import jax, keras, sklearn, torch
from nonlin.keep.code.facts import constants, end, functions, head
from nonlin.keep.predictor import Predictor
from nonlin.network.loss import KNEE

TARGETS: dict[str, ModuleType] = {"torch": torch, "keras": keras, "jax": jax, "sklearn": sklearn}
NAMES = {"torch": "torch.nn.functional", "keras": "keras.activations", "jax": "jax.nn"}
_SCORE = re.compile(r"def score\(.*?\n\n\n|, \$\{NAME\} \{score\(.*?\):\.4g\}", re.DOTALL)


def code(model: Predictor, to: str) -> str:
    """See `Model.code`."""
    if not isinstance(to, str) or to not in TARGETS:
        hint = nearest(str(to), TARGETS)
        raise InputError("code_target", given=to, allowed=listed(TARGETS), hint=hint)
    if to == "sklearn":
        _known(model, to, sklearn.TRAINED)
        return head(model) + Template(sklearn.BODY).substitute(sklearn.values(model)) + end()
    target = TARGETS[to]
    _known(model, to, target.LOSSES)
    kind = model.task.kind
    exported, spelt = functions(model, to, NAMES[to])
    loss = Template(target.LOSSES[kind]).substitute(KNEE=KNEE)
    scored = kind in target.SCORES
    body = target.BODY if scored else _SCORE.sub("", target.BODY)
    script = Template(body).substitute(
        EXPORT=exported,
        CONSTANTS=constants(model, spelt) + _numbers(model, loss, target.NUMBERS),
        LOSS=loss,
        SCORE=target.SCORES.get(kind, ""),
        NAME="accuracy" if model.task.classes else "R^2",
    )
    return head(model) + script + end()


def _known(model: Predictor, to: str, kinds: Collection[str]) -> None:
    optimizer = model.about.training.optimizer
    for what, known in ((model.task.kind, kinds), (optimizer, ("adamw",))):
        if what not in known:
            raise InputError("code_lacks", what=what, to=to)


def _numbers(model: Predictor, loss: str, spelt: dict[str, str]) -> str:
    """A line for the numbers that the loss names: levels of quantiles, steps between classes."""
    values = {"LEVELS": list(model.task.numbers), "STEPS": model.task.outputs}
    lines = [f"\n{name} = {spelt[name].format(values[name])}" for name in spelt if name in loss]
    return "".join(lines)
