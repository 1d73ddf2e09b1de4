"""Dates and times: the cycles that rows show, and one unit whatever they came in."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pytest

from nonlin._errors import InputError
from nonlin.data.dates import dated
from nonlin.data.prepare import fit, unseen
from nonlin.data.table import as_frame, normalised

START = datetime(2024, 1, 1, 6)


def moments(count, **step):
    return pl.Series("when", [START + k * timedelta(**step) for k in range(count)])


def series(values):
    return normalised(pl.DataFrame({"when": values}))["when"]


@pytest.mark.parametrize(
    ("values", "cycles"),
    [
        (moments(20, hours=1), ()),  # one day shows no cycle of days
        (moments(20, hours=5), ("hour",)),
        (moments(20, days=1), ("weekday",)),
        (moments(20, days=7), ()),  # Mondays at six
        (moments(20, hours=20), ("hour", "weekday")),
        (moments(60, days=7), ("day_of_year",)),
        (moments(500, hours=23), ("hour", "weekday", "day_of_year")),
        ([date(2024, 1, 1) + timedelta(days=k) for k in range(400)], ("weekday", "day_of_year")),
        ([time(hour) for hour in range(24)], ("hour",)),
        ([timedelta(days=day) for day in range(900)], ()),
        ([START, None, START + timedelta(hours=40)], ("hour",)),
    ],
)
def test_the_cycles_that_rows_show(values, cycles):
    assert dated(series(values)).cycles == cycles


def test_inputs_by_hand():
    """Monday is at angle 0, six o'clock a quarter round; a gap is in the middle."""
    frame = normalised(moments(40, hours=12).to_frame())
    kept = fit(frame)
    assert kept.names == (
        "when",
        "when_hour_sin",
        "when_hour_cos",
        "when_weekday_sin",
        "when_weekday_cos",
    )
    assert [str(note) for note in kept.notes] == [
        "Dates and times count as numbers, and the cycles in parentheses as a sine and a cosine "
        "each: when (hour, weekday)."
    ]
    new = kept(pl.DataFrame({"when": [START, START + timedelta(days=1, hours=-6), None]}))
    turn = 2 * np.pi / 7
    expected = [[1, 0, 0, 1], [0, 1, np.sin(turn), np.cos(turn)], [0, 0, 0, 0]]
    np.testing.assert_allclose(new[:, 1:], expected, atol=1e-6)
    late = np.arange(40) * 12.0
    np.testing.assert_allclose(
        kept.inputs(frame)[:, 0], (late - late.mean()) / late.std(), rtol=1e-5
    )
    assert new[2, 0] == 0  # the median is the mean here


def test_a_cycle_joins_its_ends():
    """Sunday is as near to Monday as Monday to Tuesday, and December to January."""
    frame = normalised(moments(800, days=1).to_frame())
    kept = fit(frame)
    week = kept.inputs(frame)[:8, 1:3]
    steps = [np.linalg.norm(b - a) for a, b in pairwise(week)]
    np.testing.assert_allclose(steps, steps[0], rtol=1e-5)
    year = kept(pl.DataFrame({"when": [date(2025, 12, 31), date(2026, 1, 1)]}))[:, 3:5]
    assert np.linalg.norm(year[1] - year[0]) < 0.05


UNITS = {
    "ms": moments(40, hours=12).dt.cast_time_unit("ms"),
    "us": moments(40, hours=12),
    "ns": moments(40, hours=12).dt.cast_time_unit("ns"),
    "zone": moments(40, hours=12).dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo"),
    "text": moments(40, hours=12).dt.to_string("%Y-%m-%d %H:%M:%S"),
}


@pytest.mark.parametrize("trained", ["ms", "us", "ns", "zone"])
@pytest.mark.parametrize("given", UNITS)
def test_the_unit_does_not_matter(trained, given):
    frame = normalised(UNITS[trained].to_frame())
    kept = fit(frame)
    assert np.array_equal(kept(UNITS[given].to_frame()), kept.inputs(frame))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_and_times_of_pandas(unit):
    days = [date(2024, 1, 1) + timedelta(days=k) for k in range(20)]
    kept = fit(normalised(pl.DataFrame({"when": days})))
    same = pd.DataFrame({"when": pd.to_datetime(days).as_unit(unit)})
    assert np.array_equal(kept(same), kept(pl.DataFrame({"when": days})))
    assert np.array_equal(kept(pd.DataFrame({"when": days})), kept(same))
    assert np.array_equal(kept(same.astype(str)), kept(same))


DAYS = [date(2024, 1, 1) + timedelta(days=k) for k in range(20)]


@pytest.mark.parametrize(
    ("trained", "given", "said"),
    [
        (DAYS, [19723], "'when' holds '19723', where training had a date, such as 2024-05-31"),
        (DAYS, [1.7e9], "where training had a date"),
        (DAYS, ["hello", "2024-01-01"], "'hello', where training had a date"),
        (DAYS, ["1704067200"], "where training had a date"),
        (DAYS, [time(3)], "where training had a date"),
        ([time(hour) for hour in range(9)], DAYS, "where training had a time of day"),
        ([timedelta(hours=hour) for hour in range(9)], [3.0], "where training had a duration"),
        (list(range(9)), DAYS, "'when' holds dates or times, such as 2024-01-01, where numbers"),
    ],
)
def test_what_is_no_date(trained, given, said):
    kept = fit(normalised(pl.DataFrame({"when": trained})))
    with pytest.raises(InputError, match=said):
        kept(pl.DataFrame({"when": given}))


@pytest.mark.parametrize("gaps", [[None], [float("nan")], [""]])
def test_gaps_only(gaps):
    kept = fit(normalised(pl.DataFrame({"when": DAYS})))
    assert np.isfinite(kept(pl.DataFrame({"when": gaps}))).all()


def test_names_that_a_cycle_would_take():
    frame = pl.DataFrame({"when": DAYS, "when_weekday_sin": range(20), "b": ["x", "y"] * 10})
    frame = frame.with_columns(b_x=pl.Series(range(20)) ** 2)
    names = fit(normalised(frame)).names
    assert len(set(names)) == len(names) == 7


def test_dates_among_texts_of_training():
    """A file in which no row holds anything else is read as dates."""
    frame = normalised(pl.DataFrame({"a": ["2024-01-01", "2024-01-02", "never"] * 9}))
    kept = fit(frame)
    new = as_frame(pl.DataFrame({"a": [date(2024, 1, 2)]}))
    assert kept(new).tolist() == [[0, 1, 0]]
    assert unseen(kept.read(new), kept) == ()
