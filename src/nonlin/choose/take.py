"""The model of a finished choice, and the command that gives it again."""

from __future__ import annotations

import platform
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from nonlin import __version__
from nonlin.choose.candidates import QUICK_STEPS, Plan
from nonlin.keep import About, Model, Score
from nonlin.keep.describe import as_python
from nonlin.tasks.task import PROBABILITIES

if TYPE_CHECKING:
    from nonlin.choose.result import Final, Result
    from nonlin.tasks.task import Task

MADE_WITH = ("numpy", "llvmlite", "numba")  # what the weights depend on, to the last bit


def take(result: Result, final: Final) -> Model:
    """The network of the recommendation with all that belongs to it."""
    row = next(each for each in result.standings if each.label == result.recommendation.label)
    low, high = row.interval or (None, None)
    score = Score(
        name=result.task.score,
        value=row.score.value,
        low=low,
        high=high,
        error_name=result.task.error,
        error=row.error.value if row.error else None,
    )
    about = About(
        data=str(result.name),
        rows=result.rows,
        columns=result.columns,
        target=result.target,
        training=final.settings,
        score=score,
        command=python_call(result.plan, _asked(result.task)),
        versions=_versions(),
    )
    return Model(final.network, final.preparation, result.task, about, result.reading)


def commanded(model: Model, command: str) -> Model:
    """The model with the line that was typed to get it."""
    return replace(model, about=replace(model.about, command=command))


def _asked(task: Task) -> str:
    """The task with its details, as `choose` takes it."""
    ordered = task.kind == "ordinal"
    details = task.labels.tolist() if ordered else [f"{number!r}" for number in task.numbers]
    details += [PROBABILITIES] if task.by_probabilities else []
    return task.kind + (f":{','.join(map(str, details))}" if details else "")


def _versions() -> dict[str, str]:
    made = {name: version(name) for name in MADE_WITH}
    return {"python": platform.python_version(), "nonlin": __version__, **made}


def python_call(plan: Plan, kind: str) -> str:
    """What gives the same answer for the same X and y."""
    options = {
        "hidden": repr(plan.hidden),
        "activations": f"[{', '.join(map(as_python, plan.activations))}]",
        "rates": repr(plan.rates),
        "seeds": repr(len(plan.seeds)),
        "seed": repr(plan.seed),
        "task": repr(kind),
        "quick": repr(plan.steps == QUICK_STEPS),
        "full": repr(plan.pace == "full"),
    }
    written = (f"{name}={value}" for name, value in options.items() if value != "False")
    return f"nl.choose(X, y, {', '.join(written)})"
