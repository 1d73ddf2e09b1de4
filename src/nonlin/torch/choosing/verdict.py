"""A result in three lines of at most 80 columns, and what else is worth saying."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nonlin._text import Text, in_a_row, say, text
from nonlin.choose.verdict import beside_leader, legend, name_and_score, shown
from nonlin.torch.choosing.ranking import Standing, better, linear_row, row_of
from nonlin.torch.reading.table import table

if TYPE_CHECKING:
    from nonlin.torch.choosing.result import Result

URGENT = (  # what may make the answer another one, most of all first
    "torch_choose.linear_as_good",
    "torch_choose.no_better_than_constant",
    "torch_choose.no_better_than_mean",
    "recommend.better",
    "recommend.moved",
    "torch_choose.one_seed",
    "torch_choose.repeated",
    "torch_choose.repeated_own",
    "choose.left_out",
    "torch_choose.kept",
    "torch_choose.ended_budget",
    "torch_choose.fits",
    "torch_choose.others",
    "recommend.rate_beyond",
    "recommend.rate_edge",
    "choose.diverged",
    "recommend.worse",
    "recommend.equal",
    "recommend.open",
    "recommend.cheaper",
)


def verdict(result: Result) -> tuple[Text, ...]:
    """What to use, how good it is, and whether that is better than what there was."""
    return _use(result), _score(result), _beside(result)


def _use(result: Result) -> Text:
    advice, linear = result.recommendation, linear_row(result.standings)
    known = {"rate": f"{advice.learning_rate:g}", "old": advice.replaced}
    if linear is result.chosen:
        return text("torch_choose.verdict.none", **known)
    key = "keep" if advice.label == advice.replaced else "use"
    return text(f"torch_choose.verdict.{key}", name=advice.label, **known)


def _score(result: Result) -> Text:
    row = result.chosen
    what = _what(result, row)
    if row.interval is None:
        return text("torch_choose.verdict.once", what=what)
    low, high = (_shown(result, end) for end in row.interval)
    return text("verdict.score", what=what, low=low, high=high)


def _what(result: Result, row: Standing) -> Text:
    name, score = result.score.name, _shown(result, row.score.value)
    if name == "accuracy":
        return text("verdict.what.accuracy", score=score, error="", beside="")
    return text("torch_choose.verdict.what", name=row.score.what, score=score)


def _shown(result: Result, value: float) -> str:
    return shown(value, result.score.name if result.score.name in ("accuracy", "r2") else "")


def _beside(result: Result) -> Text:
    """The chosen one beside the identity, and beside what the model has now."""
    chosen, linear = result.chosen, linear_row(result.standings)
    own = row_of(result.standings, result.recommendation.replaced)
    if linear is None or chosen is linear:
        said = text("torch_choose.verdict.linear_lost" if linear is None else
                    "torch_choose.verdict.linear_itself")  # fmt: skip
    else:
        answer = text(f"verdict.answer.{_better(result, linear)}")
        score = _shown(result, linear.score.value)
        said = text("torch_choose.verdict.linear", score=score, answer=answer)
    if own is None or own is chosen:
        return said
    answer = text(f"verdict.answer.{_better(result, own)}")
    return text("torch_choose.verdict.both", linear=said, old=own.label, answer=answer)


def _better(result: Result, other: Standing) -> str:
    return better(result.chosen, other, result.race.scores)


def everything(result: Result) -> Iterator[Text]:
    """All that is worth saying beside the three lines."""
    yield result.recommendation.headline
    yield from _worth(result)
    yield from result.recommendation.reasons
    seeds = len(result.race.rounds)
    yield text(f"torch_choose.repeated{'' if result.score.bounded else '_own'}", seeds=seeds)
    if result.shares is not None:
        yield result.shares.told("torch_choose.shares")
    yield from result.notes


def _worth(result: Result) -> Iterator[Text]:
    """Is there a model without a non-linearity, or a constant, that is as good?"""
    chosen, linear = result.chosen, linear_row(result.standings)
    if linear is not None and linear is not chosen:
        answer = _better(result, linear)
        near = chosen.score.value <= linear.score.value
        if answer in ("no", "open", "behind") or (answer == "unknown" and near):
            scores = {"linear": linear.score.value, "own": chosen.score.value}
            said = {name: _shown(result, value) for name, value in scores.items()}
            said |= {"name": chosen.label, "old": result.recommendation.replaced}
            yield text("torch_choose.linear_as_good", **said)
    if max(row.score.value for row in result.standings if not row.stopped) <= result.score.least:
        key = "mean" if result.score.name == "r2" else "constant"
        yield text(f"torch_choose.no_better_than_{key}")


def lines(result: Result) -> Iterator[str]:
    """As `print` gives it: three lines, the ranking, the first points, where more is."""
    yield from map(str, result.said)
    yield ""
    names = [say("report.column.activation").strip(), str(result.score.what)]
    names += [say(f"report.column.{name}") for name in ("rate", "difference", "seconds")]
    header = [in_a_row(name.split("\n")) for name in names]
    yield from table(header, [list(_cells(result, row)) for row in result.standings])
    yield "   ".join(legend(result))
    yield ""
    yield from (f" - {each}" for each in result.points.first)
    yield from map(str, result.more)


def _cells(result: Result, row: Standing) -> Iterator[str]:
    yield from name_and_score(result, row)
    yield f"{row.rate:g}"
    yield beside_leader(row)
    yield f"{row.seconds.value:.3g}"
