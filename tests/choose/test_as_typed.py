"""The ways in which people hand over a table, and what they ask of the answer."""

import numpy as np
import polars as pl
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.choose.verdict import verdict

FAST = {"quick": True, "activations": ["relu", "tanh"], "hidden": (4,), "rates": [0.01]}


@pytest.fixture(scope="module")
def frame():
    random = np.random.default_rng(0)
    size, town = random.normal(size=90), random.choice(["a", "b"], 90)
    return pl.DataFrame({"price": 1e5 * size + 3e5, "size": size, "town": town})


@pytest.fixture(scope="module")
def result(frame):
    return nl.choose(frame, target="price", **FAST)


def scores(result):
    return [row.score.value for row in result.standings]


def test_a_column_of_a_frame(frame, result):
    apart = nl.choose(frame.drop("price"), frame["price"], **FAST)
    assert result.target == "price"
    assert scores(result) == scores(apart)
    assert scores(nl.choose(frame, "price", **FAST)) == scores(apart)
    assert scores(nl.choose(frame.lazy(), "price", **FAST)) == scores(apart)
    assert scores(nl.choose(frame, "price", weights=np.ones(90), **FAST)) == scores(apart)


def test_pandas(frame, result):
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(frame.to_dict(as_series=False))
    assert scores(nl.choose(table, "price", **FAST)) == scores(result)


def test_a_file_and_a_data_set(frame, result, tmp_path):
    frame.write_csv(tmp_path / "flats.csv")
    for path in (tmp_path / "flats.csv", str(tmp_path / "flats.csv")):
        assert scores(nl.choose(path, "price", **FAST)) == scores(result)
    iris = nl.choose("iris", **FAST)
    assert scores(iris) == scores(nl.choose.choose_file("iris", **FAST))


def test_without_a_target_the_usual_column_is_taken_and_said(frame):
    found = nl.choose(frame.rename({"price": "y"}), **FAST)
    assert found.target == "y"
    assert "The column 'y' was taken as the target." in map(str, found.notes)


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((np.ones((50, 2)),), {}, "nothing to predict: give y"),
        (("frame", "prise"), {}, "Did you mean price"),
        (("frame", "price"), {"target": "price"}, "Both y and target"),
        (("iris", [1, 2]), {}, "name the column with target="),
        (("frame",), {"target": "price", "group": "price"}, "price"),
    ],
)
def test_what_cannot_be_meant_is_said(frame, arguments, options, said):
    given = [frame if isinstance(each, str) and each == "frame" else each for each in arguments]
    with pytest.raises(InputError, match=said):
        nl.choose(*given, **options, **FAST)


def test_report_and_picture(result, tmp_path):
    assert result.report(tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!doctype")
    for dark in (False, True):
        (axes,) = result.plot(dark=dark).axes
        names = [label.get_text() for label in axes.get_yticklabels()]
        assert names == [row.label for row in result.standings]
    assert str(verdict(result)[0]) in result.plot().get_suptitle()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_notebooks_show_the_answer(result, language):
    with speaking(language):
        card = result._repr_html_()
        assert card.startswith(f"<p><b>{verdict(result)[0]}</b>")
        assert card.count("<tr") == 1 + len(result.standings)
        network = result.network._repr_html_()
    assert network.count("<tr") == 3
    assert ">4</td>" in network
    trace = result.network.trace(np.zeros((1, result.network.sizes[0])))
    assert trace._repr_html_().startswith("<pre")
