"""What stands in the report: sentences, charts, and the table behind every chart."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from nonlin._text import in_a_row, say
from nonlin.choose.candidates import written
from nonlin.report.page.charts import Interval, Line, intervals, lines, stacked

if TYPE_CHECKING:
    from nonlin.choose.result import Result
    from nonlin.choose.standing import Standing

PACKAGES = ("numpy", "scipy", "numba", "scikit-learn", "polars")
MOST_LINES = 8  # of a chart of lines; the table has all


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: text, a chart (SVG or None), the table behind it."""

    name: str
    title: str
    text: Sequence[str]
    chart: str | None
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    folded: bool = True  # the table is behind a chart


def content(result: Result, command: str | None) -> dict[str, Any]:
    """The values of the template."""
    import nonlin

    headline, *reasons = str(result.recommendation).splitlines()
    return {
        "title": say("page.title", name=result.name),
        "headline": headline,
        "verdict": [headline, *_verdict(result, reasons)],
        "reasons": reasons,
        "facts": list(_facts(result)),
        "sections": list(_sections(result)),
        "untried": [str(sentence) for sentence in result.untried],
        "notes": [str(note) for note in (*result.interruption, *result.notes)],
        "settings": list(_settings(result)),
        "command": command,
        "versions": _versions(nonlin.__version__),
    }


def _verdict(result: Result, reasons: Sequence[str]) -> Iterator[str]:
    """Two sentences more: how sure it is (behind the score), and what the network is worth."""
    yield reasons[1]
    yield str(result.baseline.sentence) if result.baseline else reasons[-1]


def _facts(result: Result) -> Iterator[tuple[str, str]]:
    first = result.race.rounds[0]
    yield say("page.rows"), f"{result.rows:,}"
    yield say("page.columns"), f"{result.columns:,}"
    yield say("page.target"), result.target
    yield say("page.networks"), f"{result.race.networks} / {result.plan.networks}"
    yield say("page.splits"), f"{len(result.race.rounds)} / {len(result.plan.seeds)}"
    parts = first.train_rows, first.validation_rows, first.test_rows
    yield say("page.parts"), " / ".join(f"{part:,}" for part in parts)
    yield say("page.seconds"), f"{result.seconds:.0f} s"


def _sections(result: Result) -> Iterator[Section]:
    yield _ranking(result)
    yield _worth(result)
    yield _history(result)
    if len(result.plan.rates) > 1:
        yield _rates(result)
    yield _stability(result)
    yield _cost(result)
    if result.shares is not None:
        yield _shares(result)


def _kind(row: Standing, result: Result) -> str:
    if row.label == result.recommendation.label:
        return "chosen"
    return "tied" if row.tied else "behind"


def _ranking(result: Result) -> Section:
    score = str(result.standings[0].score.what)
    rows, cells = [], []
    for row in result.standings:
        low, high = row.interval or (row.score.value, row.score.value)
        rows.append(Interval(row.label, row.score.value, low, high, _kind(row, result)))
        cells.append(
            [
                row.label,
                say(f"page.kind.{_kind(row, result)}" if not row.stopped else "page.kind.stopped"),
                f"{row.score.value:.4f}",
                f"{low:.4f} … {high:.4f}" if row.interval else "–",
                _against(row),
                f"{row.p_value:.3f}",
                f"{row.rate:g}",
                str(row.rounds),
                "–" if row.error is None else f"{row.error.value:.4g}",
            ]
        )
    error = str(result.standings[0].error.what) if result.standings[0].error else say("page.error")
    head = [
        *_said("activation", "standing"), score, say("page.interval"), *_said("difference", "p"),
        *_said("rate", "rounds"), error,
    ]  # fmt: skip
    text = [say("page.ranking_text", score=score)]
    chart = intervals(rows, say("page.ranking"))
    return Section("ranking", say("page.ranking"), text, chart, head, cells)


def _against(row: Standing) -> str:
    """The difference to the leader, on the splits that both ran."""
    if row.leader:
        return say("report.leader")
    half = row.difference_half_width
    return f"{row.difference:+.4f}" + (f" ± {half:.4f}" if half is not None else "")


def _worth(result: Result) -> Section:
    """Network, linear model, constant on one scale."""
    if result.baseline is None:
        return Section("worth", say("page.worth"), [say("page.no_baseline")], None, [], [])
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
    cells = [[label, f"{value:.4f}", _number(error)] for label, value, error, _ in named]
    text = [str(found.sentence), say("page.worth_text")]
    head = [say("page.model"), str(chosen.score.what), say("page.standard_error")]
    return Section(
        "worth", say("page.worth"), text, intervals(rows, say("page.worth")), head, cells
    )


def _history(result: Result) -> Section:
    """The validation score of each activation at its rate, averaged up to each round."""
    rounds = result.race.rounds
    head = [say("page.activation"), *(say("page.round", number=k + 1) for k in range(len(rounds)))]
    drawn, cells = [], []
    for row in result.standings:
        arm = result.plan.labels.index(row.label)
        rate = result.plan.rates.index(row.rate)
        scores = [None if (o := r.outcomes[arm][rate]) is None else o for r in rounds]
        ran = [each.validation_score for each in scores if each is not None]
        means = [float(np.mean(ran[: k + 1])) for k in range(len(ran))]
        points = [(k + 1.0, mean) for k, mean in enumerate(means)]
        drawn.append(Line(row.label, points, _kind(row, result) == "chosen"))
        alive = [sum(o is not None for o in r.outcomes[arm]) for r in rounds]
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
    chart = lines(_foremost(drawn), say("page.history"), ticks) if len(rounds) > 1 else None
    text = [say("page.history_text"), *_ended(result)]
    return Section("history", say("page.history"), text, chart, head, cells)


def _ended(result: Result) -> list[str]:
    return [say(f"page.ended.{result.race.ended}", rounds=len(result.race.rounds))]


def _foremost(found: Sequence[Line]) -> list[Line]:
    """At most MOST_LINES; what is recommended always."""
    strong = [line for line in found if line.strong]
    rest = [line for line in found if not line.strong and line.points]
    kept = {line.label for line in (strong + rest)[:MOST_LINES]}
    return [line for line in found if line.label in kept]


def _rates(result: Result) -> Section:
    """Mean validation score by learning rate in the first round, where all were trained."""
    first, rates = result.race.rounds[0], result.plan.rates
    drawn, cells = [], []
    for row in result.standings:
        outcomes = first.outcomes[result.plan.labels.index(row.label)]
        scores = [math.nan if o is None or o.diverged else o.validation_score for o in outcomes]
        points = list(zip(rates, scores, strict=True))
        drawn.append(Line(row.label, points, _kind(row, result) == "chosen"))
        cells.append([row.label, *(_number(score) for score in scores)])
    usable = [line for line in drawn if any(math.isfinite(y) for _, y in line.points)]
    ticks = [(rate, f"{rate:g}") for rate in rates]
    chart = lines(_foremost(usable), say("page.rates"), ticks, log=True) if usable else None
    head = [say("page.activation"), *(f"{rate:g}" for rate in rates)]
    return Section("rates", say("page.rates"), [say("page.rates_text")], chart, head, cells)


def _stability(result: Result) -> Section:
    """Measured, beside what mean field theory says of these layers."""
    head = _said("activation", "dead_before", "dead", "saturated", "ratio", "growth", "diverged")
    cells = []
    for row in result.standings:
        cells.append(
            [
                row.label,
                *(f"{100 * e.value:.1f} %" for e in (row.dead_before, row.dead, row.saturated)),
                f"{row.gradient_ratio.value:.2g}",
                _predicted(row, len(row.hidden)),
                str(row.diverged),
            ]
        )
    text = [say("page.stability_text")]
    return Section("stability", say("page.stability"), text, None, head, cells, folded=False)


def _predicted(row: Standing, depth: int) -> str:
    """Length of the gradient behind the first hidden layer over that behind the last one."""
    gain, back = row.activation.gain, row.activation.gain_backward
    if not (0 < gain < math.inf and 0 < back < math.inf):
        return "–"
    return f"{(gain / back) ** (depth - 1):.2g}"


def _cost(result: Result) -> Section:
    head = _said("activation", "ns", "exponentials", "divisions", "network_seconds", "gain")
    cells = []
    for row in sorted(result.standings, key=lambda row: row.cost.value):
        properties = row.activation.properties
        cells.append(
            [
                row.label,
                f"{row.cost.value:.2f}",
                str(properties.exponentials),
                str(properties.divisions),
                f"{row.seconds.value:.3f}",
                f"{row.activation.gain:.4g}",
            ]
        )
    text = [say("page.cost_text")]
    return Section("cost", say("page.cost"), text, None, head, cells, folded=False)


def _shares(result: Result) -> Section:
    found = result.shares
    assert found is not None  # noqa: S101 - for the type checker
    names = ("activation", "rate", "both", "split", "rest")
    parts = [(say(f"page.share.{name}"), getattr(found, name)) for name in names]
    cells = [[label, f"{100 * share:.1f} %"] for label, share in parts]
    head = _said("source", "share_of")
    text = [str(found.sentence), say("page.shares_text")]
    return Section(
        "shares", say("page.shares"), text, stacked(parts, say("page.shares")), head, cells
    )


def _settings(result: Result) -> Iterator[tuple[str, str]]:
    plan = result.plan
    rule = plan.settings(
        result.recommendation.learning_rate, result.race.rounds[0].train_rows, plan.seed
    )
    yield say("page.task"), f"{result.task.kind}: {result.task.reason}"
    yield say("page.source"), result.task.source
    yield say("page.hidden"), ", ".join(map(written, plan.architectures))
    yield say("page.activations"), ", ".join(dict.fromkeys(each.name for each in plan.activations))
    yield say("page.learning_rates"), ", ".join(f"{rate:g}" for rate in plan.rates)
    yield say("page.initialisation"), in_a_row([result.recommendation.initialisation])
    yield say("page.optimizer"), f"{rule.optimizer}, weight decay {rule.weight_decay:g}"
    patience = say("page.patience", patience=rule.patience)
    yield say("page.training"), f"{rule.epochs} × {rule.batch_size}, {patience}"
    yield say("page.seed"), str(plan.seed)
    yield say("page.pace"), plan.pace


def _versions(own: str) -> str:
    others = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"nonlin {own}, Python {platform.python_version()}, {others}"


def _said(*keys: str) -> list[str]:
    return [say(f"page.{key}") for key in keys]


def _number(value: float | None) -> str:
    return "–" if value is None or not math.isfinite(value) else f"{value:.4f}"
