"""A result as plain Python values, ready for JSON."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nonlin.measure import Measurement

if TYPE_CHECKING:
    from nonlin.choose.baseline import Baseline
    from nonlin.choose.recommend import Evidence, Recommendation
    from nonlin.choose.result import Result


def as_json(result: Result) -> dict[str, Any]:
    """What the terminal report says, and more, as dicts, lists, strings, numbers and None.

    No NaN and no infinity: a number that does not exist is None. Sentences are in the
    language in use.
    """
    import nonlin

    task, plan = result.task, result.plan
    settings = plan.settings(
        result.recommendation.learning_rate, result.race.rounds[0].sizes.train, plan.seed
    )
    return {
        "nonlin": nonlin.__version__,
        "data": {
            "name": str(result.name),
            "rows": result.rows,
            "columns": result.columns,
            "target": result.target,
        },
        "task": {
            "kind": task.kind,
            "classes": task.labels.tolist(),
            "numbers": list(task.numbers),
            "output": task.output,
            "loss": task.loss,
            "reason": str(task.reason),
            "source": task.source,
        },
        "recommendation": _recommendation(result.recommendation),
        "tied": list(result.tied),
        "score": task.score,
        "error": task.error,
        "ranking": [
            {key: _number(value) for key, value in row.items()} for row in result.table.to_dicts()
        ],
        "plan": {
            "hidden": _hidden(plan.architectures),
            "activations": list(plan.labels),
            "learning_rates": list(plan.rates),
            "seed": plan.seed,
            "splits": len(plan.seeds),
            "splits_finished": len(result.race.rounds),
            "optimizer": settings.optimizer,
            "weight_decay": settings.weight_decay,
            "batch_size": settings.batch_size,
            "epochs": settings.epochs,
            "patience": settings.patience,
        },
        "baseline": _baseline(result.baseline),
        "shares": None if result.shares is None else asdict(result.shares),
        "untried": [str(sentence) for sentence in result.untried],
        "notes": [str(note) for note in (*result.interruption, *result.notes)],
        "interrupted": result.interrupted,
        "seconds": result.seconds,
    }


def _hidden(architectures: tuple[tuple[int, ...], ...]) -> list[Any]:
    """Neurons of each layer; a list of such lists where several were tried."""
    several = [list(each) for each in architectures]
    return several if len(several) > 1 else several[0]


def _recommendation(given: Recommendation) -> dict[str, Any]:
    return {
        "activation": given.label,
        "learning_rate": given.learning_rate,
        "initialisation": given.initialisation,
        "gain": given.gain,
        "output": given.output,
        "loss": given.loss,
        "hidden": list(given.hidden),
        "headline": str(given.headline),
        "reasons": [str(reason) for reason in given.reasons],
        "evidence": [_evidence(each) for each in given.evidence],
    }


def _baseline(given: Baseline | None) -> dict[str, Any] | None:
    if given is None:
        return None
    return {
        "constant": given.constant.value,
        "linear": given.linear.value,
        "gain": given.gain.value,
        "interval": None if given.interval is None else list(given.interval),
        "p_value": given.p_value,
        "sentence": str(given.sentence),
    }


def _evidence(each: Evidence) -> dict[str, Any]:
    if isinstance(each, Measurement):
        return {
            "kind": "measurement",
            "what": str(each.what),
            "value": each.value,
            "standard_error": each.standard_error,
            "unit": each.unit,
            "where": str(each.where),
        }
    return {
        "kind": "theory",
        "what": str(each.what),
        "value": each.value,
        "source": each.source,
    }


def _number(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
