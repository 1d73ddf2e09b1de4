"""What stands in the report: sentences, charts, and the table behind every chart."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from nonlin._text import bracketed, in_a_row, listed, percent, say
from nonlin.choose.candidates import written
from nonlin.choose.reasons import difference
from nonlin.choose.verdict import other_measures, splits, verdict
from nonlin.report.page.charts import Interval, both, intervals, stacked
from nonlin.report.page.columns import columns
from nonlin.report.page.fit import fit
from nonlin.report.page.next_steps import next_steps
from nonlin.report.page.race import history, losses, rates
from nonlin.report.page.section import Section, kind, number, said, score_name
from nonlin.report.page.stability import by_layer, overall

if TYPE_CHECKING:
    from nonlin.choose.result import Result
    from nonlin.choose.standing import Standing

PACKAGES = ("numpy", "scipy", "numba", "scikit-learn", "polars")


def content(result: Result, command: str | None) -> dict[str, Any]:
    """The values of the template."""
    import nonlin

    known, beside = result.points, result.aside
    sections = list(_sections(result))
    return {
        "title": say("page.title", name=result.name),
        "verdict": [str(line) for line in (*result.interruption, *verdict(result))],
        "aside": str(beside) if beside else "",
        "reasons": [str(point) for point in known.first],
        "rest": [str(point) for point in known.rest],
        "facts": list(_facts(result)),
        "sections": sections,
        "contents": _contents(sections),
        "steps": [] if result.final is None else list(next_steps(command)),
        "untried": [str(sentence) for sentence in result.untried],
        "settings": list(_settings(result)),
        "command": command,
        "again": say(f"page.reproduce.{_again(result)}", rounds=len(result.race.rounds)),
        "versions": _versions(nonlin.__version__),
    }


def _contents(sections: Sequence[Section]) -> list[tuple[str, str]]:
    """Name and title of every part, in their order."""
    first, *others = ((part.name, part.title) for part in sections)
    last = [(name, say(f"page.{name}")) for name in ("steps", "untried", "settings")]
    return [first, ("why", say("page.why")), *others, *last]


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
    yield say("page.networks"), f"{result.race.networks} / {result.networks_planned}"
    yield say("page.splits"), f"{len(result.race.rounds)} / {len(result.plan.seeds)}"
    parts = first.sizes.train, first.sizes.validation, first.sizes.test
    yield say("page.parts"), " / ".join(f"{part:,}" for part in parts)
    yield say("page.seconds"), f"{result.seconds:.0f} s"


def _sections(result: Result) -> Iterator[Section]:
    yield _ranking(result)
    yield fit(result)
    yield columns(result)
    yield _worth(result)
    yield losses(result)
    if len(result.rates) > 1:
        yield rates(result)
    yield history(result)
    yield by_layer(result)
    yield overall(result)
    yield _cost(result)
    if result.shares is not None:
        yield _shares(result)


def _ranking(result: Result) -> Section:
    """What stopped early stands apart, with the score on validation rows."""
    score, rounds = str(result.standings[0].score.what), len(result.race.rounds)
    rows = [_interval(row, result) for row in result.standings]
    named = [say(f"measure.{each}") for each in (result.task.error, result.task.beside) if each]
    head = [
        *said("activation", "standing"), score, *said("interval", "difference", "p"), *named,
        *said("rate", "rounds", "validated", "loss_difference"),
    ]  # fmt: skip
    cells = [_cells(row, result, rounds) for row in result.standings]
    stopped = any(row.stopped for row in result.standings)
    text = [say("page.ranking_text", score=score), *([say("page.stopped_text")] if stopped else [])]
    chart = both(partial(intervals, rows, say("page.ranking"), axis=score_name(result)))
    tested = rounds > 1 and sum(not row.stopped for row in result.standings) > 1
    notes = [say("page.p_text")] if tested else []
    return Section("ranking", text, chart, head, cells, notes=notes)


def _interval(row: Standing, result: Result) -> Interval:
    """After a split or two an interval says nothing."""
    note = say("page.tip", rate=f"{row.rate:g}")
    if row.stopped:
        value = row.validation_score
        rounds = len(result.race.rounds)
        label = str(bracketed(row.label, splits(row, rounds)))
        short = f"{row.label} ({row.rounds}/{rounds})"
        return Interval(label, value, value, value, "stopped", note, short)
    low, high = row.interval or (row.score.value, row.score.value)
    return Interval(row.label, row.score.value, low, high, kind(row, result), note)


def _cells(row: Standing, result: Result, rounds: int) -> list[str]:
    """Without what is measured on test rows where the row stopped: it claims nothing."""
    certain = None if row.stopped else row.interval
    return [
        row.label,
        say(f"page.kind.{'chosen' if row is result.chosen else row.verdict}"),
        number(math.nan if row.stopped else row.score.value),
        f"{certain[0]:.4f} … {certain[1]:.4f}" if certain else "–",
        "–" if row.stopped else _against(row),
        "–" if row.stopped or row.leader else f"{row.p_value:.3f}",
        *other_measures(row, result.task),
        f"{row.rate:g}",
        str(splits(row, rounds) if row.stopped else row.rounds),
        number(row.validation_score),
        "–" if row.leader else number(row.ran.loss_difference, "+.4f"),
    ]


def _against(row: Standing) -> str:
    """The difference to the leader, on the splits that both ran."""
    return say("report.leader") if row.leader else difference(row)


def _worth(result: Result) -> Section:
    """Network, linear model, constant on one scale."""
    if result.baseline is None:
        return Section("worth", [say("page.no_baseline")])
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
    chart = both(partial(intervals, rows, say("page.worth"), axis=score_name(result)))
    return Section("worth", text, chart, head, cells)


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
    chart = both(partial(intervals, bars, say("page.cost"), digits=2, axis=say("page.ns")))
    return Section("cost", [say("page.cost_text")], chart, head, cells)


def _shares(result: Result) -> Section:
    found = result.shares
    assert found is not None  # noqa: S101 - for the type checker
    names = ("activation", "rate", "both", "split", "rest")
    parts = [(say(f"page.share.{name}"), getattr(found, name)) for name in names]
    cells = [[label, str(percent(share, ".1f"))] for label, share in parts]
    head = said("source", "share_of")
    text = [str(found.sentence), say("page.shares_text")]
    chart = both(partial(stacked, parts, say("page.shares")))
    return Section("shares", text, chart, head, cells)


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
