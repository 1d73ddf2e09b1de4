"""A model comes back from its folder as it was; a folder is replaced whole or not at all."""

import json
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.keep import folder
from nonlin.keep.plain_values import plain

TASKS = {
    "regression": lambda a, b: a,
    "robust": lambda a, b: a,
    "positive": lambda a, b: np.exp(a),
    "counts": lambda a, b: np.floor(np.exp(a)),
    "proportion:-4,4": lambda a, b: np.tanh(a),
    "quantiles:0.1,0.9": lambda a, b: a + b,
    "binary": lambda a, b: a > b,
    "multiclass": lambda a, b: np.digitize(a, [-0.5, 0.5]),
    "ordinal:low,mid,high": lambda a, b: np.array(["low", "mid", "high"])[np.digitize(a, [-1, 1])],
    "multilabel": lambda a, b: np.stack([a > 0, b > 0], axis=1).astype(int),
}


def test_it_predicts_the_same_bit_for_bit(result, table, tmp_path):
    frame = table[0]
    found = nl.load(result.save(tmp_path / "model"))
    assert np.array_equal(found.predict(frame), result.predict(frame))
    assert np.array_equal(found.network.parameters, result.network.parameters)
    assert found.network.hidden == result.network.hidden
    assert repr(found.network) == repr(result.network)
    assert found.about == result.model.about
    assert plain(found.task) == plain(result.task)
    assert found.about.training == result.final.settings


def test_probabilities(classes, numbers, table, tmp_path):
    frame = table[0]
    found = nl.load(classes.save(tmp_path / "model"))
    shares = found.predict_proba(frame)
    assert np.array_equal(shares, classes.predict_proba(frame))
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-6)
    assert np.array_equal(found.task.labels[shares.argmax(axis=1)], found.predict(frame))
    with pytest.raises(InputError, match="y is predicted as numbers"):
        numbers.predict_proba(frame)


@pytest.mark.parametrize("task", TASKS)
def test_every_task(task, tmp_path):
    a, b = np.random.default_rng(0).normal(size=(2, 120))
    X = np.stack([a, b], axis=1)
    y = TASKS[task](a, b)
    result = nl.choose(
        X, y, task=task, activations=["tanh"], rates=[0.01], seeds=1, hidden=(4,), quick=True
    )
    found = nl.load(result.save(tmp_path))
    assert np.array_equal(found.predict(X), result.predict(X))
    assert f"task={task!r}" in found.about.command or ":" in task
    if found.task.classes:
        shares = found.predict_proba(X)
        assert shares.shape == (120, len(found.task.labels))
        assert ((shares >= 0) & (shares <= 1)).all()
    inputs, target = found.arrays(X, y)
    score, _ = found.task.judge(found.network.logits(inputs), target)
    assert np.isfinite(score)


def test_whole_numbers_are_the_text_of_their_digits(classes):
    """The same codes, in a file where no row holds a letter."""
    written = pl.DataFrame({"size": [0.1, 2.0], "shop": ["north", "nobody"], "code": ["1", "2"]})
    read = written.with_columns(pl.col("code").cast(pl.Int64))
    assert np.array_equal(classes.model.inputs(read), classes.model.inputs(written))
    assert classes.model.inputs(read)[:, -4:].tolist() == [[0, 1, 0, 0], [0, 0, 1, 0]]


@pytest.fixture(scope="module")
def days():
    """Sales by the hour, at their best in the afternoon, and the model of them."""
    when = [datetime(2024, 1, 1) + timedelta(hours=7 * at) for at in range(300)]
    y = np.array([np.sin(2 * np.pi * (each.hour - 9) / 24) for each in when])
    options = {"activations": ["tanh"], "rates": [0.03], "seeds": 1, "hidden": (16,)}
    frame = pl.DataFrame({"when": when, "a": np.random.default_rng(0).normal(size=300)})
    return frame, nl.choose(frame, y, **options)


def test_dates_come_back(days, tmp_path):
    frame, result = days
    assert result.chosen.score.value > 0.9  # the hour of the day is seen
    found = nl.load(result.save(tmp_path))
    expected = result.predict(frame)
    assert np.array_equal(found.predict(frame), expected)
    other = frame.with_columns(pl.col("when").dt.cast_time_unit("ns"))
    assert np.array_equal(found.predict(other), expected)
    written = frame.with_columns(pl.col("when").dt.to_string())
    assert np.array_equal(found.predict(written), expected)
    with pytest.raises(InputError, match="'when' holds '0', where training had a date"):
        found.predict(frame.with_columns(pl.lit(0).alias("when")))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kind", "century"),
        ("kind", "time"),  # which has no weekday
        ("column", "a"),
        ("cycles", ["moon"]),
        ("cycles", ["hour"]),
        ("cycles", "hour"),
    ],
)
def test_damaged_dates(key, value, days, tmp_path):
    path = days[1].save(tmp_path) / folder.PREPARATION
    table = json.loads(path.read_text(encoding="utf-8"))
    table["preparation"]["dated"][0][key] = value
    path.write_text(json.dumps(table), encoding="utf-8")
    with pytest.raises(InputError, match="The model is damaged"):
        nl.load(tmp_path)


def test_what_the_folder_holds(classes, tmp_path):
    path = classes.save(tmp_path / "a" / "model")
    assert {each.name for each in path.iterdir()} == set(folder.FILES)
    settings = json.loads((path / folder.SETTINGS).read_text(encoding="utf-8"))
    assert settings["network"]["hidden"][0]["name"] == "mish"
    assert settings["task"]["labels"]["values"] == ["large", "small"]
    assert settings["about"]["score"]["value"] == classes.standings[0].score.value
    assert settings["about"]["command"].startswith("nl.choose(X, y, hidden=(64, 64), ")
    assert list(path.parent.iterdir()) == [path]  # nothing is left beside it


def test_without_the_onnx_package(classes, tmp_path, monkeypatch):
    monkeypatch.setattr("nonlin.keep.model.find_spec", lambda name: None)
    path = classes.save(tmp_path)
    assert not (path / folder.ONNX).exists()
    assert nl.load(path).network.sizes == classes.network.sizes


def test_a_model_is_replaced(classes, numbers, table, tmp_path):
    classes.save(tmp_path)
    numbers.save(tmp_path)
    assert nl.load(tmp_path).predict(table[0]).dtype == np.float64


def test_anything_else_is_not(classes, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match=r"holds thesis\.txt, which is no part of a model"):
        classes.save(tmp_path)
    with pytest.raises(InputError, match="is a file"):
        classes.save(tmp_path / "thesis.txt")
    with pytest.raises(InputError, match="No model can be written"):
        classes.save(tmp_path / "thesis.txt" / "model")
    classes.save(tmp_path / "model")
    (tmp_path / "model" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"holds notes\.txt"):
        classes.save(tmp_path / "model")
    assert (tmp_path / "model" / "notes.txt").read_text() == "mine"


def test_settings_of_something_else_are_not_overwritten(classes, tmp_path):
    (tmp_path / folder.SETTINGS).write_text('{"theme": "dark"}')
    with pytest.raises(InputError, match=r"holds settings\.json"):
        classes.save(tmp_path)


@pytest.mark.parametrize("before", [False, True])
def test_the_folder_somebody_stands_in_stays(before, classes, tmp_path, monkeypatch):
    place = tmp_path / "here"
    place.mkdir()
    if before:
        classes.save(place)
    monkeypatch.chdir(place)
    number = place.stat().st_ino
    classes.save(".")
    assert place.stat().st_ino == number
    assert nl.load(".").about == classes.model.about
    assert list(tmp_path.iterdir()) == [place]


def test_a_model_of_the_version_before_predicts(classes, table, tmp_path):
    """It says nothing of how its file was read."""
    path = classes.save(tmp_path)
    for name in (folder.SETTINGS, folder.PREPARATION):
        written = json.loads((path / name).read_text(encoding="utf-8"))
        written["schema"] = 2
        written.pop("reading", None)
        (path / name).write_text(json.dumps(written), encoding="utf-8")
    found = nl.load(path)
    assert found.reading is None
    assert np.array_equal(found.predict(table[0]), classes.predict(table[0]))


def test_how_the_file_was_read_goes_with_the_model(tmp_path):
    rows = [f"0{k % 4},{'NA' if k % 3 else 'EU'},0{k % 4 * 2}" for k in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(["code,where,y", *rows]) + "\n")
    options = {"activations": ["tanh"], "rates": [0.01], "seeds": 1, "hidden": (4,), "quick": True}
    result = nl.choose.choose_file(str(tmp_path / "t.csv"), "y", **options)
    found = nl.load(result.save(tmp_path / "model"))
    assert found.reading == result.reading
    assert found.reading.rules[0].kind == "text"
    assert found.reading.rules[1].levels == ("NA",)
    assert result.task.labels.tolist() == ["00", "02", "04", "06"]
    frame = pl.DataFrame({"code": ["01", "02"], "where": ["NA", "EU"]})
    assert np.array_equal(found.predict(frame), result.predict(frame))


def test_a_failure_leaves_the_old_model(classes, numbers, tmp_path, monkeypatch):
    path = classes.save(tmp_path / "model")
    before = {each.name: each.read_bytes() for each in path.iterdir()}

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nonlin.keep.weights.write", full)
    with pytest.raises(InputError, match="No space left on device"):
        numbers.save(path)
    assert {each.name: each.read_bytes() for each in path.iterdir()} == before
    assert list(tmp_path.iterdir()) == [path]
