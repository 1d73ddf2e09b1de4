"""A result as plain Python values, ready for JSON."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nonlin._text import Text
from nonlin.choose.verdict import verdict
from nonlin.measure import Measurement

if TYPE_CHECKING:
    from nonlin.choose.baseline import Baseline
    from nonlin.choose.reasons import Evidence
    from nonlin.choose.recommend import Recommendation
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
            **_named(task, "output", "loss", "reason", "source"),
        },
        "verdict": [str(line) for line in verdict(result)],
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
            "learning_rates": list(result.rates),
            "seed": plan.seed,
            "splits": len(plan.seeds),
            "splits_finished": len(result.race.rounds),
            **_named(settings, "optimizer", "weight_decay", "batch_size", "epochs", "patience"),
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
        **_named(given, "learning_rate", "initialisation", "gain", "output", "loss", "hidden"),
        **_named(given, "headline", "reasons"),
        "evidence": [_evidence(each) for each in given.evidence],
    }


def _baseline(given: Baseline | None) -> dict[str, Any] | None:
    if given is None:
        return None
    return {
        "constant": given.constant.value,
        "linear": given.linear.value,
        "gain": given.gain.value,
        **_named(given, "interval", "p_value", "sentence"),
    }


def _evidence(each: Evidence) -> dict[str, Any]:
    if isinstance(each, Measurement):
        known = _named(each, "what", "value", "standard_error", "unit", "where")
        return {"kind": "measurement", **known}
    return {"kind": "theory", **_named(each, "what", "value", "source")}


def _named(given: Any, *names: str) -> dict[str, Any]:
    """These attributes, sentences as text."""
    return {name: _plain(getattr(given, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Text) else value


def _number(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
