"""What `stability` and `diagnose` found, as a page: sentences, charts by layer, the table."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path

from nonlin._text import say
from nonlin.report.page.charts import Interval, Line, both, intervals, lines
from nonlin.report.page.section import Section, number, share
from nonlin.report.page.write import checked, filled, saved
from nonlin.stability.diagnosis import Diagnosis
from nonlin.stability.layer_stability import LayerStability, Stability
from nonlin.stability.verdicts import findings, verdicts

Found = Diagnosis | Stability
MOST_TICKS = 10


def write_diagnosis(found: Found, path: str | PathLike[str]) -> Path:
    """Write the page; InputError for a path that cannot be written to."""
    target = checked(path)
    return saved(diagnosis_html(found), target)


def diagnosis_html(found: Found) -> str:
    """The page, in the language in use."""
    import nonlin

    seen = found.stability if isinstance(found, Diagnosis) else found
    values = {
        "title": say(f"diagnosed.{_title(found)}"),
        "verdict": _verdict(found),
        "facts": list(_facts(found, seen)),
        "sections": list(_sections(found, seen)),
        "versions": f"nonlin {nonlin.__version__}, Python {platform.python_version()}",
    }
    return filled("diagnosis.html.j2", values)


def _title(found: Found) -> str:
    if isinstance(found, Stability):
        return "title_layers"
    return "title_healthy" if found.healthy else "title"


def _verdict(found: Found) -> list[str]:
    if isinstance(found, Diagnosis):
        return [str(each) for each in found.sentences]
    ill = findings(verdicts(found))
    return [str(each) for each in ill] or [say("diagnosed.healthy")]


def _facts(found: Found, seen: Stability) -> Iterator[tuple[str, str]]:
    rows = f"{seen.rows:,}"
    if seen.rows < seen.whole:
        rows = say("diagnosed.of", rows=rows, whole=f"{seen.whole:,}")
    yield say("diagnosed.rows"), rows
    yield say("diagnosed.layers"), str(len(seen.layers))
    if seen.loss is not None:
        yield say("diagnosed.loss"), f"{seen.loss:.4g}"
    if isinstance(found, Diagnosis):
        yield say("diagnosed.gone"), share(found.worth)


def _sections(found: Found, seen: Stability) -> Iterator[Section]:
    if isinstance(found, Diagnosis) and found.changes:
        yield _changes(found)
    yield _by_layer("second", seen, [(e.second, e.predicted_second) for e in seen.layers])
    if seen.layers[-1].gradient is not None:
        pairs = [(each.gradient, each.predicted_gradient) for each in seen.layers]
        yield _by_layer("gradient", seen, pairs)
    yield _table(seen)


def _changes(found: Diagnosis) -> Section:
    """Bars from 0, and what was changed."""
    before = found.changes[0].before
    bars = [Interval(say("diagnosed.as_it_is"), before, 0.0, before, "behind")]
    cells = []
    for place, change in enumerate(found.changes, start=1):
        cause = say(f"diagnosed.cause_is.{change.cause}")
        label = say("diagnosed.with_change", number=place, cause=cause)
        bars.append(Interval(label, change.after, 0.0, change.after, "chosen"))
        helped = say("diagnosed.of_repeats", helped=change.helped, repeats=change.repeats)
        gained = f"{share(change.before)} → {share(change.after)}"
        cells.append([label, gained, helped])
    head = [say(f"diagnosed.{key}") for key in ("cause", "gained", "helped")]
    title = say("diagnosed.changes")
    chart = both(lambda width: intervals(bars, title, digits=2, width=width))
    text = [say("diagnosed.changes_text")]
    return Section("changes", text, chart, head, cells, words="diagnosed")


def _by_layer(
    what: str, seen: Stability, pairs: Sequence[tuple[float | None, float | None]]
) -> Section:
    """A chart, where there is something to draw."""
    measured, theory = (
        [(float(n), _positive(pair[side])) for n, pair in enumerate(pairs, start=1)]
        for side in (0, 1)
    )
    line = Line(
        say("diagnosed.measured"),
        measured,
        theory=theory if any(math.isfinite(y) for _, y in theory) else (),
    )
    drawn = any(math.isfinite(y) for _, y in measured)
    title = say(f"diagnosed.{what}")
    ticks = _ticks(len(pairs))
    chart = both(lambda width: lines([line], title, ticks, log_up=True, width=width))
    text = [say(f"diagnosed.{what}_text")]
    return Section(what, text, chart if drawn else None, [], [], words="diagnosed")


def _positive(value: float | None) -> float:
    return value if value and math.isfinite(value) else math.nan


def _ticks(layers: int) -> list[tuple[float, str]]:
    step = -(-layers // MOST_TICKS)
    return [(float(n), str(n)) for n in range(1, layers + 1, step)]


def _table(seen: Stability) -> Section:
    keys = ("stability.layer", "diagnosed.verdict", "stability.activation", "stability.mean",
            "stability.second", "stability.predicted", "stability.signal", "stability.dead",
            "stability.saturated", "stability.rank", "stability.gradient",
            "stability.update")  # fmt: skip
    known = zip(seen.layers, verdicts(seen), strict=True)
    rows = [_row(layer, say(f"diagnosed.kind.{verdict.kind}")) for layer, verdict in known]
    head = [say(key) for key in keys]
    return Section("table", [say("diagnosed.table_text")], None, head, rows, words="diagnosed")


def _row(layer: LayerStability, verdict: str) -> list[str]:
    return [
        layer.label,
        verdict,
        layer.activation or "–",
        number(layer.mean, ".2g"),
        number(layer.second, ".3g"),
        number(layer.predicted_second, ".3g"),
        number(layer.signal, ".2g"),
        share(layer.dead_share) if layer.dead.size else "–",
        share(layer.saturated_share) if layer.saturated.size else "–",
        f"{layer.rank:.1f}",
        number(layer.gradient, ".2g"),
        number(layer.update, ".2g"),
    ]
