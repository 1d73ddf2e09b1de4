"""A result for the terminal: the verdict, the ranking, the first points. Drawn with rich."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nonlin._text import in_a_row, listed, say
from nonlin._wrapping import Prose
from nonlin.choose.candidates import written
from nonlin.choose.verdict import (
    NOTHING,
    beside_leader,
    legend,
    name_and_score,
    shown,
    verdict,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from nonlin.choose.result import Result
    from nonlin.choose.standing import Standing

WIDE = 100  # columns of the terminal from which the table has room to breathe
COLUMNS = ("rate", "cost", "difference", "beside")  # the last ones go where room is scarce
MEASURED = ("rate", "dead", "saturated", "gradients", "cost", "seconds", "difference", "beside")
EXPLAINED = ("dead", "difference")  # columns with a sentence in the legend


def render(result: Result, console: Console, why: bool = False) -> None:
    """Print verdict, ranking and the first points; readable from 80 columns on.

    why: also all other points, how it was trained, and the columns of stability and time.
    """
    first, rest, beside = result.points.first, list(_rest(result)), result.aside
    for sentence in (*result.interruption, *verdict(result)):
        _say(console, str(sentence), "bold")
    if beside:
        _say(console, str(beside))
    table = _fitting_table(result, console, _columns(result, MEASURED if why else COLUMNS))
    console.print(table)
    _say(console, _legend(result, table), "dim")
    console.print()
    for point in first:
        _bullet(console, str(point))
    if why:
        for line in rest:
            _bullet(console, line)
    else:
        _bullet(console, say("verdict.more", count=len(rest)), style="dim")


def _say(console: Console, sentence: str, style: str = "") -> None:
    console.print(Prose(sentence, style))


def _bullet(console: Console, sentence: str, style: str = "") -> None:
    """One sentence behind a dash, its other lines indented."""
    from rich.padding import Padding
    from rich.table import Table

    grid = Table.grid(padding=(0, 1))
    grid.add_row("-", Prose(sentence, style))
    console.print(Padding(grid, (0, 0, 0, 1)))


def _rest(result: Result) -> Iterator[str]:
    """How it was trained, and all other points; why the task has this output is said once."""
    yield from _header(result)
    yield from (str(each) for each in result.points.rest if each != result.task.reason)


def _header(result: Result) -> Iterator[str]:
    plan, first = result.plan, result.race.rounds[0]
    yield say(
        "report.data",
        name=result.name,
        rows=result.rows,
        columns=result.columns,
        target=result.target,
    )
    yield say("report.task", reason=result.task.reason, source=result.task.source)
    yield say(
        "report.trained",
        networks=result.race.networks,
        share=round(100 * result.race.networks / result.networks_planned),
        planned=result.networks_planned,
        activations=len(plan.activations),
        rates=len({*plan.rates, *result.rates}),
        rounds=len(plan.seeds),
        hidden=listed(map(written, plan.architectures)),
        seconds=f"{result.seconds:.0f}",
    )
    yield say(
        "report.split",
        train=first.sizes.train,
        validation=first.sizes.validation,
        test=first.sizes.test,
    )


def _columns(result: Result, most: Sequence[str]) -> Sequence[str]:
    return [name for name in most if name != "beside" or result.task.beside]


def _fitting_table(result: Result, console: Console, most: Sequence[str]) -> Table:
    """With as many columns as the console has room for: better none than half a number."""
    unlimited = console.options.update(max_width=1000)
    shorter = [(most[:count], False) for count in range(len(most), -1, -1)]
    for columns, wide in [(most, console.width >= WIDE), *shorter]:
        table = _table(result, columns, wide)
        if console.measure(table, options=unlimited).maximum <= console.width:
            break
    return table


def _table(result: Result, columns: Sequence[str], wide: bool) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, int(wide)), pad_edge=False)
    table.add_column(say("report.column.activation"), no_wrap=True)
    for measure in (result.task.score, result.task.error):
        if measure:
            table.add_column(say(f"report.short.{measure}"), justify="right", no_wrap=True)
    for name in columns:
        table.add_column(_head(name, result), justify="right", no_wrap=True)
    second = result.task.beside or ""
    for before, row in zip((None, *result.standings), result.standings, strict=False):
        if before and row.stopped and not before.stopped:
            table.add_section()
        chosen = row.label == result.recommendation.label
        cells = [*_result(row, result), *(_cell(row, name, second) for name in columns)]
        table.add_row(*cells, style="bold" if chosen else "dim" if row.stopped else "")
    return table


def _head(column: str, result: Result) -> str:
    named = f"short.{result.task.beside}" if column == "beside" else f"column.{column}"
    return say(f"report.{named}")


def _result(row: Standing, result: Result) -> Iterator[str]:
    """Name, score, error, which what stopped does not tell."""
    yield from name_and_score(result, row)
    if row.error is not None:
        yield NOTHING if row.stopped else shown(row.error.value, result.task.error or "")


def _cell(row: Standing, column: str, measure: str) -> str:
    """measure: what the column `beside` has."""
    match column:
        case "rate":
            return f"{row.rate:g}"
        case "dead":
            return f"{_percent(row.dead_before.value)}→{_percent(row.dead.value)}"
        case "saturated":
            return _percent(row.saturated.value)
        case "gradients":
            return f"{row.gradient_ratio.value:.2g}"
        case "cost":
            return f"{row.cost.value:.2f}"
        case "difference":
            return beside_leader(row)
        case "beside":
            return NOTHING if row.stopped else _beside(row, measure)
    return f"{row.seconds.value:.3f}"


def _beside(row: Standing, measure: str) -> str:
    return NOTHING if row.beside is None else shown(row.beside.value, measure)


def _percent(share: float) -> str:
    """A share in per cent, without a decimal once that says enough."""
    return f"{100 * share:.1f}" if 0 < share < 0.1 else f"{100 * share:.0f}"


def _legend(result: Result, table: Table) -> str:
    """Of the marks and columns that are there, and of no others."""
    several = len(result.race.rounds) > 1
    heads = [each.header for each in table.columns]
    there = [name for name in EXPLAINED if say(f"report.column.{name}") in heads]
    sentences = [say("report.legend.interval")] if several else [say("report.legend.once")]
    sentences += [say(f"report.legend.{name}") for name in there if several or name == "dead"]
    return "   ".join([*legend(result), in_a_row(sentences)])
