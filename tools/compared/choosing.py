"""Choosing: on tables of every kind, on workers, interrupted, resumed, saved and loaded."""

from __future__ import annotations

import multiprocessing
import shutil
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import nonlin as nl
from compared import tables
from compared.cases import Answers, Place, case, in_chinese
from compared.plain import ask, asked, texts, untimed
from compared.stabilities import measured

TIMED = ("ns_per_element", "seconds_per_network")
SMALL: dict[str, Any] = {
    "hidden": (8,),
    "activations": ["relu", "tanh", "gelu"],
    "rates": [0.01, 0.03],
    "seeds": 2,
}
ADVICE = (
    "label", "learning_rate", "gain", "tied", "hidden", "initialisation", "output", "loss",
)  # fmt: skip
PLAIN = ("name", "rows", "of_rows", "columns", "target", "interrupted", "shares", "tied")
TRAINED = ("train_loss", "validation_loss", "best_epoch", "epochs", "steps", "diverged_at")
SENTENCES = ("recommendation.reasons", "notes", "untried", "interruption")
CODES = ("torch", "keras", "jax", "sklearn", "tensorflow")


def told(result: Any, rows: Any) -> dict[str, Any]:
    """All that a result says, without what depends on the clock; rows: to predict."""
    found = asked(result, PLAIN) | {
        "recommendation": asked(ask(result, "recommendation"), ADVICE),
        "table": lambda: _untimed(ask(result, "table")),
        "baseline": lambda: str(ask(result, "baseline.sentence")),
        "text": partial(str, result),
        "text zh": in_chinese(partial(str, result)),
        "repr": partial(repr, result),
        "record": asked(ask(result, "record"), TRAINED),
        "parameters": partial(ask, result, "network.parameters"),
        "predict": lambda: result.predict(rows),
        "probabilities": lambda: result.predict_proba(rows),
        "json": lambda: untimed(nl.report.as_json(result)),
    }
    return found | {name: lambda name=name: texts(ask(result, name)) for name in SENTENCES}


def _untimed(table: Any) -> Any:
    return table.drop(TIMED, strict=False) if hasattr(table, "drop") else table


def more(result: Any) -> dict[str, Any]:
    """What takes longer: code, and every layer of every candidate."""
    codes: dict[str, Any] = {to: partial(result.code, to) for to in CODES}
    codes["python zh"] = in_chinese(partial(result.code, "torch"))
    return codes | {
        "layers": lambda: [
            [ask(each, "label"), ask(each, "trained"), measured(ask(each, "stability"))]
            for each in ask(result, "layers")
        ]
    }


@case("choose.classes")
def classes(place: Place) -> Answers:
    """Texts, gaps and a constant column; quick, and raced to the end."""
    frame, labels = tables.classes()
    quick = nl.choose(frame, labels, **SMALL | {"quick": True, "seeds": 3})
    full = nl.choose(frame, labels, full=True, seed=5, **SMALL)
    strange = frame.head(9).with_columns(pl.lit("violet").alias("colour"))
    return {
        "quick": told(quick, frame.head(20)) | more(quick),
        "full": told(full, strange),
        "remarks": lambda: texts(full.model.remarks(strange)),
    }


@case("choose.dates")
def dates(place: Place) -> Answers:
    """A quantity that follows dates, with time as a column and as a role."""
    frame = tables.dated()
    x, y = frame.drop("price"), frame["price"]
    plain = nl.choose(x, y, **SMALL)
    ahead = nl.choose(x, y, time="day", **SMALL | {"seeds": 3})
    return {"plain": told(plain, x.tail(20)) | more(plain), "time": told(ahead, x.tail(20))}


@case("choose.groups")
def groups(place: Place) -> Answers:
    """Groups, several architectures, a formula of one's own, limits, a budget."""
    x, y, group = tables.grouped()
    several = nl.choose(x, y, group=group, **SMALL | {"hidden": [(8,), (6, 4)]})
    own = nl.activation("own", "x*sigmoid(beta*x)", beta=1.3)
    mixed = SMALL | {"activations": [own, "relu", "abs(x)", "tanh"]}
    limits = {"int8": True, "smooth": 1}
    return {
        "several": told(several, x[:20]),
        "own": told(nl.choose(x, y, **mixed), x[:20]),
        "limited": told(nl.choose(x, y, limits=limits, **mixed), x[:20]),
        "budget": told(nl.choose(x, y, budget="7-networks", **SMALL | {"seeds": 5}), x[:20]),
        "once": told(nl.choose(x, y, **SMALL | {"seeds": 1}), x[:20]),
        "default": told(nl.choose(x[:, :2], y, hidden=(6,), quick=True, seeds=2), x[:20, :2]),
    }


@case("choose.kinds")
def kinds(place: Place) -> Answers:
    """Every kind of task on few rows, weighted and not."""
    x, counts, weights = tables.counted()
    signal = x[:, 0] - 0.5 * x[:, 1]
    y, share = signal + 0.1 * x[:, 2], 1 / (1 + np.exp(-2 * signal))
    grade = np.digitize(signal, [-0.7, 0, 0.7])
    rare = np.where(signal > 1.1, "yes", "no")
    given = {
        "regression": y,
        "robust": np.where(np.arange(len(y)) % 17 == 0, 40 * y, y),
        "positive": np.exp(y),
        "counts": counts,
        "proportion": share,
        "quantiles:0.1,0.5,0.9": y,
        "binary": (signal > 0).astype(int),
        "binary:probabilities": rare,
        "multiclass": grade,
        "ordinal": grade,
    }
    one = {task: partial(_of_kind, x, target, task) for task, target in given.items()}
    guessed = {f"guess {task}": partial(_of_kind, x, each) for task, each in given.items()}
    weighted = partial(_of_kind, x, counts, "counts", weights=weights)
    labels = partial(_of_kind, *tables.labelled())
    return {**one, **guessed, "weighted": weighted, "multilabel": labels}


def _of_kind(x: Any, y: Any, task: str | None = None, **options: Any) -> Any:
    result = nl.choose(x, y, task=task, **SMALL | {"activations": ["relu", "tanh"]} | options)
    return told(result, x[:20]) | {"torch": partial(result.code, "torch")}


@case("choose.refused")
def refused(place: Place) -> Answers:
    """What cannot be used, in sentences of both languages."""
    x, y = tables.numbers(30), tables.numbers(30)[:, 0]
    calls = {
        "rows": partial(nl.choose, x[:20], y),
        "few": partial(nl.choose, x[:3], y[:3]),
        "both": partial(nl.choose, x, y, quick=True, full=True),
        "activation": partial(nl.choose, x, y, activations=["reluu"]),
        "rates": partial(nl.choose, x, y, rates=[-1.0]),
        "task": partial(nl.choose, x, y, task="regresion"),
        "limit": partial(nl.choose, x, y, limits={"smoth": 1}),
        "nothing left": partial(nl.choose, x, y, activations=["relu"], limits={"bounded": True}),
        "budget": partial(nl.choose, x, y, budget="soon"),
        "executor": partial(nl.choose, x, y, executor=3),
        "group": partial(nl.choose, x, y, group="shop"),
        "hidden": partial(nl.choose, x, y, hidden=(0,)),
        "file": partial(nl.choose.choose_file, "nowhere.csv"),
        "target": partial(nl.choose.choose_file, "iris", "colour"),
        "model": partial(nl.load, "nowhere"),
    }
    return calls | {f"{name} zh": in_chinese(call) for name, call in calls.items()}


@case("choose.workers")
def workers(place: Place) -> Answers:
    """The same on one thread, on threads of an executor, and on processes."""
    x, y = tables.images(80)
    own = nl.activation("own", "x*sigmoid(beta*x)", beta=1.3)
    given = SMALL | {"activations": ["relu", own]}
    spawn = multiprocessing.get_context("spawn")
    found = {"alone": told(nl.choose(x, y, threads=1, **given), x[:10])}
    for name, executor in {
        "threads": ThreadPoolExecutor(2),
        "processes": ProcessPoolExecutor(1, spawn),
    }.items():
        with executor:
            found[name] = told(nl.choose(x, y, executor=executor, **given), x[:10])
    return found


class Ticks:
    """Takes down what `on_progress` is told; raises Ctrl-C at the call of this number."""

    def __init__(self, stop: int | None = None) -> None:
        self.calls: list[list[str]] = []
        self.stop = stop

    def __call__(self, *told: Any) -> None:
        """What a race calls."""
        self.calls.append([str(each) for each in told])
        if len(self.calls) == self.stop:
            raise KeyboardInterrupt


@case("choose.resume")
def resume(place: Place) -> Answers:
    """A run that ends in its second round, and goes on: here, and where the version before left it.

    The calls of `on_progress` tell how many networks were known when a round began.
    """
    frame, labels = tables.classes()
    run = partial(nl.choose, frame, labels, threads=1, **SMALL)
    ticks = Ticks(stop=10)
    cut = run(journal=place.own / "cut", on_progress=ticks)
    run(journal=place.own / "whole")
    found = {"cut": told(cut, frame.head(9)), "calls": ticks.calls}
    homes = {"own": place.own, "earlier": place.earlier}
    for name, home in homes.items():
        for left in ("cut", "whole"):
            found[f"{name} {left}"] = _resumed(run, home / left, place.own / f"{name}-{left}")
    found["wider"] = _resumed(
        partial(run, activations=["elu", "relu", "tanh"]), place.own / "whole", place.own / "wider"
    )
    return found


def _resumed(run: Any, journal: Path, copy: Path) -> Any:
    """Go on from a copy of the journal, which stays as it is for others."""
    shutil.copytree(journal, copy)
    ticks = Ticks()
    result = run(journal=copy, resume=True, on_progress=ticks)
    rows = tables.classes()[0].head(9)
    return told(result, rows) | {"calls": ticks.calls, "files": _files(copy)}


def _files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@case("choose.saved")
def saved(place: Place) -> Answers:
    """Models that are loaded again: one's own, and those of the version before."""
    frame, labels = tables.classes()
    dated = tables.dated()
    x, own = dated.drop("price"), nl.activation("own", "x*sigmoid(beta*x)", beta=1.3)
    made = {
        "classes": (nl.choose(frame, labels, **SMALL), frame),
        "dates": (nl.choose(x, dated["price"], **SMALL | {"activations": ["tanh"]}), x),
        "own": (nl.choose(x, dated["price"], **SMALL | {"activations": [own]}), x),
        "labels": (nl.choose(*tables.labelled(), **SMALL), tables.labelled()[0]),
    }
    found: dict[str, Any] = {}
    for name, (result, rows) in made.items():
        result.save(place.own / name)
        found[f"{name} before"] = partial(result.predict, rows)
        for home in ("own", "earlier"):
            folder = getattr(place, home) / name
            found[f"{name} {home}"] = partial(_loaded, folder, rows)
    return found


def _loaded(folder: Path, rows: Any) -> Any:
    model = nl.load(folder)
    weights = (folder / "weights.safetensors").read_bytes()
    return {
        "predict": model.predict(rows),
        "probabilities": partial(model.predict_proba, rows),
        "inputs": partial(model.inputs, rows),
        "code": partial(model.code, "torch"),
        "repr": partial(repr, model),
        "about": partial(ask, model, "about"),
        "files": sorted(each.name for each in folder.iterdir()),
        "weights": weights,
        "preparation": (folder / "preparation.json").read_text(encoding="utf-8"),
        "settings": (folder / "settings.json").read_text(encoding="utf-8"),
    }


@case("choose.files")
def files(place: Place) -> Answers:
    """Tables in files: separators, several files, Parquet, labels, data sets of scikit-learn."""
    frame, labels = tables.classes()
    whole = frame.with_columns(pl.Series("label", labels))
    base = place.own / "files"
    base.mkdir()
    whole.write_csv(base / "plain.csv")
    whole.write_csv(base / "semicolons.csv", separator=";")
    whole.write_csv(base / "tabs.tsv", separator="\t")
    whole.write_parquet(base / "table.parquet")
    for number in range(2):
        whole[number::2].write_csv(base / f"part{number}.csv")
    x, y = tables.labelled()
    features, marks = pl.DataFrame(x, list("abcd")), pl.DataFrame(y, list("uvw"))
    features.hstack(marks).write_csv(base / "labels.csv")
    two = SMALL | {"activations": ["relu", "tanh"]}
    several = two | {"target": "u,v,w"}
    named = ("plain.csv", "semicolons.csv", "tabs.tsv", "table.parquet", "part*.csv")
    found = {name: partial(_of_file, base / name, frame, two) for name in named}
    found["labels.csv"] = partial(_of_file, base / "labels.csv", features, several)
    return found | {"diabetes": partial(_of_file, "diabetes", None, two)}


def _of_file(path: Any, rows: Any, options: dict[str, Any]) -> Any:
    result = nl.choose.choose_file(str(path), **options)
    return told(result, rows if rows is None else rows[:20])
