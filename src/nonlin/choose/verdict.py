"""A result in three lines of at most 80 columns, and what else is worth saying, in its order.

The lines say what to use, how good it is on rows that training never saw, and whether that is
better than a linear model and than the same prediction for all. They claim what the sentences of
`recommend` and `baseline` claim, in fewer words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nonlin._text import Text, bracketed, language, percent, say, text

if TYPE_CHECKING:
    from nonlin.choose.raced import Raced
    from nonlin.choose.ranked import Ranked
    from nonlin.choose.result import Result
    from nonlin.choose.standing import Standing
    from nonlin.tasks.task import Task

NOTHING = "–"  # a cell without a number
SHARES = ("accuracy", "wrong", "missed")  # measures that people say in per cent
MARKS = {"leader": "*", "worse": "<", "better": ">", "equal": "=", "open": "?", "stopped": "·"}
CONSTANTS = {  # what the best prediction is that is the same for every row, by the score
    "accuracy": "class",
    "kappa": "class",
    "r2": "mean",
    "d2_poisson": "mean",
    "d2_cross_entropy": "mean",
    "d2_absolute": "median",
}
URGENT = (  # what may make the answer another one, most of all first
    "choose.leaks",
    "choose.like_target",
    "choose.no_better_than_mean",
    "choose.no_better_than_constant",
    "choose.random_in_time",
    "recommend.better",
    "recommend.moved",
    "recommend.one_round",
    "recommend.only",
    "choose.as_gap_numbers",
    "choose.labels_alike",
    "choose.late_classes",
    "choose.left_out",
    "choose.beyond_seconds",
    "choose.beyond_networks",
    "choose.ended_budget",
    "recommend.equal",
    "recommend.open",
    "recommend.worse",
    "recommend.cheaper",
    "recommend.rate_beyond",
    "recommend.rate_edge",
    "choose.diverged",
    "task.taken_as_classes",
    "task.taken_as_quantity",
    "choose.target_taken",
)


def verdict(result: Result) -> tuple[Text, ...]:
    """The three lines."""
    than_linear, than_nothing = _answers(result)
    linear = None if result.baseline is None else result.baseline.linear.value
    score = "" if linear is None else shown(linear, result.task.score)
    constant = text(f"verdict.constant.{CONSTANTS.get(result.task.score, 'any')}")
    beside = {"linear": score, "constant": constant}
    if than_linear == "unknown":
        third = text("verdict.unknown" if linear is None else "verdict.once", **beside)
    else:
        answers = {"than_linear": than_linear, "than_nothing": than_nothing}
        said = {name: text(f"verdict.answer.{answer}") for name, answer in answers.items()}
        third = text("verdict.better", **beside, **said)
    return _use(result, than_linear, than_nothing), _score(result), third


def _use(result: Result, than_linear: str, than_nothing: str) -> Text:
    advice, found = result.recommendation, result.baseline
    key = "none" if than_nothing == "no" else "use"
    if than_linear == "no" and found and found.linear.value > found.least:
        key = "linear"
    rate = f"{advice.learning_rate:g}"
    return text(f"verdict.{key}", name=advice.label, rate=rate)


def _score(result: Result) -> Text:
    row, name = result.chosen, result.task.score
    error = "" if row.error is None else shown(row.error.value, result.task.error or "")
    score, also = shown(row.score.value, name), _beside(row, result.task.beside)
    what = text(f"verdict.what.{name}", score=score, error=error, beside=also)
    if row.interval is None:
        return text("verdict.score_once", what=what)
    low, high = (shown(end, name) for end in row.interval)
    key = "score_short" if error and also else "score"
    return text(f"verdict.{key}", what=what, low=low, high=high)


def _beside(row: Standing, measure: str | None) -> Text | str:
    if row.beside is None or measure is None:
        return ""
    return text(f"verdict.beside.{measure}", value=shown(row.beside.value, measure))


def _answers(result: Result) -> tuple[str, str]:
    """Is it better than a linear model, and than the best constant: see `answered`; or "unknown".

    For the constant, the interval of the score decides: what a constant has varies little.
    """
    found, row = result.baseline, result.chosen
    if found is None or found.sure is None or row.interval is None:
        return "unknown", "unknown"
    linear = answered(found.sure, found.gain.value > 0)
    nothing = "yes" if row.interval[0] > found.least else "open"
    return linear, "no" if found.worthless else nothing


def answered(sure: bool, ahead: bool) -> str:
    """Is one better than the other: "yes" or "no"; where chance may be all, "open" if it is ahead,
    else "behind", which is a no that is not proven.
    """
    return ("yes" if ahead else "no") if sure else ("open" if ahead else "behind")


def everything(result: Result) -> Iterator[Text]:
    """All that is worth saying beside the three lines."""
    yield result.recommendation.headline
    yield from result.recommendation.reasons
    for found in (result.baseline, result.shares):
        if found is not None:
            yield found.sentence
    yield from result.notes


def splits(row: Ranked, rounds: int) -> Text:
    """In how many of the splits what stopped early ran."""
    return text("verdict.splits", ran=row.rounds, rounds=rounds)


def shown(value: float, measure: str = "") -> str:
    """A score or an error as people write it: 96.5 %, 0.507, 183,418."""
    if measure in SHARES:
        return str(percent(value, ".1f"))
    if measure and measure not in ERRORS:
        return f"{value:.3f}" if abs(value) < 1000 else f"{value:.3g}"
    if not 1000 <= abs(value) < 1e15:
        return f"{value:.4g}"
    undivided = language() == "zh" and abs(value) < 10_000
    return f"{value:.0f}" if undivided else f"{value:,.0f}"


def figure(value: float) -> str:
    """A score as tables show it."""
    return f"{value:.3f}" if abs(value) < 1000 else f"{value:.3g}"  # R^2 has no lower end


def beside_leader(row: Ranked) -> str:
    """Its difference to the leader, on the splits that both ran, with half of the 95 % interval;
    of what stopped the difference of the validation loss, which decided.
    """
    if row.leader:
        return say("report.leader")
    if row.stopped:
        return say("report.loss", gap=f"{row.ran.loss_difference:+.3f}")
    half, gap = row.difference_half_width, figure(row.difference)
    sign = "" if gap.startswith("-") else "+"
    return sign + gap + (f" ± {figure(half)}" if half is not None else "")


def name_and_score(result: Raced, row: Ranked) -> Iterator[str]:
    """Cells: its mark and name, and `score_cell`."""
    yield f"{'→' if row is result.chosen else MARKS[row.verdict]} {row.label}"
    yield score_cell(result, row)


def score_cell(result: Raced, row: Ranked) -> str:
    """Its score with the interval; of what stopped no score, since that of fewer splits, or of
    validation rows, would look comparable in the same column.
    """
    if row.stopped:
        return str(bracketed(NOTHING, result.ran_in(row)))
    ends = [figure(end) for end in row.interval or ()]
    return figure(row.score.value) + (f" [{', '.join(ends)}]" if ends else "")


def legend(result: Raced) -> list[str]:
    """Of the marks that are there."""
    marks = dict.fromkeys(
        "recommended" if row is result.chosen else row.verdict for row in result.standings
    )
    return [say(f"report.legend.{mark}") for mark in marks]


ERRORS = ("rmse", "mae", "pinball", "steps")  # in the units of the target


def other_measures(row: Standing, task: Task) -> Iterator[str]:
    """Cells of error and second measure; a dash for what stopped, which claims nothing."""
    for name, each in ((task.error, row.error), (task.beside, row.beside)):
        if name:
            yield NOTHING if row.stopped or each is None else shown(each.value, name)


def lines(result: Raced) -> Sequence[str]:
    """The verdict as `print` gives it: three lines, an aside, the first points, where more is."""
    first = (f" - {each}" for each in result.points.first)
    return [*map(str, result.said), *first, *map(str, result.more)]
