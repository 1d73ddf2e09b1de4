"""What stands in the report: sentences, charts, and the table behind every chart."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from nonlin._text import bracketed, in_a_row, listed, percent, say
from nonlin.choose.candidates import written
from nonlin.choose.reasons import difference
from nonlin.choose.verdict import shown, splits, verdict
from nonlin.report.page.charts import Interval, Line, intervals, lines, stacked
from nonlin.report.page.section import Section, foremost, kind, number, said
from nonlin.report.page.stability import by_layer, overall
from nonlin.trials.contest import Arm

if TYPE_CHECKING:
    from nonlin.choose.result import Result
    from nonlin.choose.standing import Standing

PACKAGES = ("numpy", "scipy", "numba", "scikit-learn", "polars")


def content(result: Result, command: str | None) -> dict[str, Any]:
    """The values of the template."""
    import nonlin

    known, beside = result.points, result.aside
    return {
        "title": say("page.title", name=result.name),
        "verdict": [str(line) for line in (*result.interruption, *verdict(result))],
        "aside": str(beside) if beside else "",
        "reasons": [str(point) for point in known.first],
        "rest": [str(point) for point in known.rest],
        "facts": list(_facts(result)),
        "sections": list(_sections(result)),
        "untried": [str(sentence) for sentence in result.untried],
        "settings": list(_settings(result)),
        "command": command,
        "again": say(f"page.reproduce.{_again(result)}", rounds=len(result.race.rounds)),
        "versions": _versions(nonlin.__version__),
    }


def _again(result: Result) -> str:
    """What the command gives: seconds and Ctrl-C are nothing that it could repeat."""
    if result.interrupted:
        return "interrupted"
    return "same" if math.isinf(result.plan.budget.seconds) else "budget"


def _facts(result: Result) -> Iterator[tuple[str, str]]:
    first = result.race.rounds[0]
    sampled = say("page.sampled", used=f"{result.rows:,}", rows=f"{result.of_rows:,}")
    yield say("page.rows"), sampled if result.of_rows > result.rows else f"{result.rows:,}"
    yield say("page.columns"), f"{result.columns:,}"
    yield say("page.target"), result.target
    yield say("page.networks"), f"{result.race.networks} / {result.plan.networks}"
    yield say("page.splits"), f"{len(result.race.rounds)} / {len(result.plan.seeds)}"
    parts = first.sizes.train, first.sizes.validation, first.sizes.test
    yield say("page.parts"), " / ".join(f"{part:,}" for part in parts)
    yield say("page.seconds"), f"{result.seconds:.0f} s"


def _sections(result: Result) -> Iterator[Section]:
    yield _ranking(result)
    yield _worth(result)
    yield _history(result)
    if len(result.rates) > 1:
        yield _rates(result)
    yield by_layer(result)
    yield overall(result)
    yield _cost(result)
    if result.shares is not None:
        yield _shares(result)


def _ranking(result: Result) -> Section:
    score = str(result.standings[0].score.what)
    rows, cells = [], []
    for row in result.standings:
        certain = None if row.stopped else row.interval  # after a split or two it says nothing
        low, high = certain or (row.score.value, row.score.value)
        rows.append(Interval(row.label, row.score.value, low, high, kind(row, result)))
        cells.append(
            [
                row.label,
                say(f"page.kind.{'chosen' if row is result.chosen else row.verdict}"),
                f"{row.score.value:.4f}",
                f"{low:.4f} … {high:.4f}" if certain else "–",
                _against(row),
                "–" if row.stopped else f"{row.p_value:.3f}",
                f"{row.rate:g}",
                str(splits(row, len(result.race.rounds)) if row.stopped else row.rounds),
                "–" if row.error is None else shown(row.error.value, row.error.unit),
            ]
        )
    error = str(result.standings[0].error.what) if result.standings[0].error else say("page.error")
    head = [
        *said("activation", "standing"), score, say("page.interval"), *said("difference", "p"),
        *said("rate", "rounds"), error,
    ]  # fmt: skip
    text = [say("page.ranking_text", score=score)]
    chart = intervals(rows, say("page.ranking"))
    return Section("ranking", text, chart, head, cells)


def _against(row: Standing) -> str:
    """The difference to the leader, on the splits that both ran."""
    return say("report.leader") if row.leader else difference(row)


def _worth(result: Result) -> Section:
    """Network, linear model, constant on one scale."""
    if result.baseline is None:
        return Section("worth", [say("page.no_baseline")], None, [], [])
    chosen, found = result.chosen, result.baseline
    named = (
        (chosen.label, chosen.score.value, chosen.score.standard_error, "chosen"),
        (say("page.linear"), found.linear.value, found.linear.standard_error, "baseline"),
        (say("page.constant"), found.constant.value, found.constant.standard_error, "baseline"),
    )
    rows = [
        Interval(label, value, value - (error or 0), value + (error or 0), kind)
        for label, value, error, kind in named
    ]
    cells = [[label, f"{value:.4f}", number(error)] for label, value, error, _ in named]
    text = [str(found.sentence), say("page.worth_text")]
    head = [say("page.model"), str(chosen.score.what), say("page.standard_error")]
    return Section("worth", text, intervals(rows, say("page.worth")), head, cells)


def _history(result: Result) -> Section:
    """The validation score of each activation at its rate, averaged up to each round."""
    rounds = result.race.rounds
    head = [say("page.activation"), *(say("page.round", number=k + 1) for k in range(len(rounds)))]
    drawn, cells = [], []
    for row in result.standings:
        ran = [each.validated for each in row.ran.outcomes]
        means = [float(np.mean(ran[: k + 1])) for k in range(len(ran))]
        points = [(k + 1.0, mean) for k, mean in enumerate(means)]
        drawn.append(Line(row.label, points, kind(row, result) == "chosen"))
        own = row.ran.arm.candidate
        alive = [sum(arm.candidate == own for arm in r.outcomes) for r in rounds]
        cells.append(
            [
                row.label,
                *(
                    say("page.alive", score=f"{means[k]:.4f}", rates=alive[k])
                    if k < len(means)
                    else "–"
                    for k in range(len(rounds))
                ),
            ]
        )
    ticks = [(k + 1.0, str(k + 1)) for k in range(len(rounds))]
    chart = lines(foremost(drawn), say("page.history"), ticks) if len(rounds) > 1 else None
    ended = say(f"page.ended.{result.race.ended}", rounds=len(rounds))
    text = [say("page.history_text"), ended]
    return Section("history", text, chart, head, cells)


def _rates(result: Result) -> Section:
    """Mean validation score by learning rate, over the splits in which it ran."""
    rates = result.rates
    drawn, cells = [], []
    for row in result.standings:
        found = [_validated(result, Arm(row.ran.arm.candidate, rate)) for rate in rates]
        means = [float(np.mean(scores)) if scores else math.nan for scores in found]
        points = list(zip(rates, means, strict=True))
        drawn.append(Line(row.label, points, kind(row, result) == "chosen"))
        counted = zip(means, found, strict=True)
        cells.append([row.label, *(f"{number(m)} ({len(scores)})" for m, scores in counted)])
    usable = [line for line in drawn if any(math.isfinite(y) for _, y in line.points)]
    ticks = [(rate, f"{rate:g}") for rate in rates]
    chart = lines(foremost(usable), say("page.rates"), ticks, log=True) if usable else None
    head = [say("page.activation"), *(f"{rate:g}" for rate in rates)]
    return Section("rates", [say("page.rates_text")], chart, head, cells)


def _validated(result: Result, arm: Arm) -> list[float]:
    """Scores on validation rows of the networks that did not diverge, one for each split."""
    return [each.validated for each in result.race.scores.ran(arm) if not each.diverged]


def _cost(result: Result) -> Section:
    """Bars from 0, the cheapest first."""
    head = said("activation", "ns", "exponentials", "divisions", "network_seconds", "gain")
    cheapest = sorted(result.standings, key=lambda row: row.cost.value)
    bars, cells = [], []
    for row in cheapest:
        cost, properties = row.cost, row.activation.properties
        bars.append(Interval(row.label, cost.value, 0.0, cost.value, kind(row, result)))
        error = "" if cost.standard_error is None else f" ± {cost.standard_error:.2f}"
        cells.append(
            [
                row.label,
                f"{cost.value:.2f}{error}",
                str(properties.exponentials),
                str(properties.divisions),
                f"{row.seconds.value:.3f}",
                f"{row.activation.gain:.4g}",
            ]
        )
    chart = intervals(bars, say("page.cost"), digits=2)
    return Section("cost", [say("page.cost_text")], chart, head, cells)


def _shares(result: Result) -> Section:
    found = result.shares
    assert found is not None  # noqa: S101 - for the type checker
    names = ("activation", "rate", "both", "split", "rest")
    parts = [(say(f"page.share.{name}"), getattr(found, name)) for name in names]
    cells = [[label, str(percent(share, ".1f"))] for label, share in parts]
    head = said("source", "share_of")
    text = [str(found.sentence), say("page.shares_text")]
    return Section("shares", text, stacked(parts, say("page.shares")), head, cells)


def _settings(result: Result) -> Iterator[tuple[str, str]]:
    plan = result.plan
    rule = plan.settings(
        result.recommendation.learning_rate, result.race.rounds[0].sizes.train, plan.seed
    )
    yield say("page.task"), say("listed.said", what=result.task.kind, value=result.task.reason)
    yield say("page.reference"), result.task.source
    yield say("page.hidden"), str(listed(map(written, plan.architectures)))
    yield (
        say("page.activations"),
        str(listed(dict.fromkeys(each.name for each in plan.activations))),
    )
    yield say("page.learning_rates"), str(listed(f"{rate:g}" for rate in result.rates))
    yield say("page.initialisation"), in_a_row([result.recommendation.initialisation])
    decay = say("page.weight_decay", decay=f"{rule.weight_decay:g}")
    yield say("page.optimizer"), str(bracketed(rule.optimizer, decay))
    patience = say("page.patience", patience=rule.patience)
    yield say("page.training"), str(bracketed(f"{rule.epochs} × {rule.batch_size}", patience))
    yield say("page.seed"), str(plan.seed)
    yield say("page.pace"), say(f"page.pace_is.{plan.pace}")


def _versions(own: str) -> str:
    others = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"nonlin {own}, Python {platform.python_version()}, {others}"
