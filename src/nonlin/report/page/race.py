"""How the race went: validation scores from split to split, and by learning rate; and how the loss
of the network to take away fell.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from nonlin._text import say
from nonlin.report.page.charts import Line, both, lines
from nonlin.report.page.section import Section, foremost, kind, number, score_name
from nonlin.trials.contest import Arm

if TYPE_CHECKING:
    from nonlin.choose.result import Result


def history(result: Result) -> Section:
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
    axes = say("page.axis.split"), say("page.axis.validated", score=score_name(result))
    draw = partial(lines, foremost(drawn), say("page.history"), ticks, axes=axes)
    chart = both(draw) if len(rounds) > 1 else None
    ended = say(f"page.ended.{result.race.ended}", rounds=len(rounds))
    text = [say("page.history_text"), ended]
    return Section("history", text, chart, head, cells)


def rates(result: Result) -> Section:
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
    axes = say("page.rate"), say("page.axis.validated", score=score_name(result))
    draw = partial(lines, foremost(usable), say("page.rates"), ticks, log=True, axes=axes)
    chart = both(draw) if usable else None
    head = [say("page.activation"), *(f"{rate:g}" for rate in rates)]
    return Section("rates", [say("page.rates_text")], chart, head, cells)


def losses(result: Result) -> Section:
    """Of the network to take away, epoch by epoch."""
    final = result.final
    if final is None:
        return Section("losses", [say("page.loss.none")])
    record = final.record
    both_losses = {"train": record.train_loss, "validation": record.validation_loss}
    drawn = [
        Line(
            say(f"page.loss.{name}"),
            [(k + 1.0, float(loss)) for k, loss in enumerate(values)],
            name == "validation",
            curve=True,
        )
        for name, values in both_losses.items()
    ]
    known = [y for line in drawn for _, y in line.points if math.isfinite(y)]
    axes = say("page.axis.epoch"), say("page.axis.loss", loss=say(f"loss.{result.task.loss}"))
    log = bool(known) and min(known) > 0
    draw = partial(lines, drawn, say("page.losses"), (), log_up=log, axes=axes)
    chart = both(draw) if len(known) > 2 else None
    best = record.best_epoch
    text = [say("page.loss.text", rows=result.rows)]
    if best >= 0:
        loss = f"{record.best_loss:.4g}"
        text.append(say("page.loss.best", epoch=best + 1, epochs=record.epochs, loss=loss))
    return Section("losses", text, chart)


def _validated(result: Result, arm: Arm) -> list[float]:
    """Scores on validation rows of the networks that did not diverge, one for each split."""
    return [each.validated for each in result.race.scores.ran(arm) if not each.diverged]
