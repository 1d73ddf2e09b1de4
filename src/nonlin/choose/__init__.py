"""Choosing: "which activation, for my data?", answered by training and measuring (floor F7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from nonlin._callable import make_callable

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from nonlin.activation import Activation
    from nonlin.choose.recommend import Recommendation as Recommendation
    from nonlin.choose.result import Result as Result

__all__ = ["Recommendation", "Result", "choose", "choose_file"]


def choose(
    X: Any,
    y: Any,
    *,
    hidden: Sequence[int] | Sequence[Sequence[int]] = (64, 64),
    seed: int = 0,
    quick: bool = False,
    full: bool = False,
    activations: Sequence[str | Activation] | None = None,
    rates: Sequence[float] | None = None,
    seeds: int | None = None,
    task: str | None = None,
    group: Any = None,
    time: Any = None,
    weights: Any = None,
    budget: str | float | None = None,
    limits: Mapping[str, Any] | None = None,
    threads: int | None = None,
    journal: str | PathLike[str] | None = None,
    resume: bool = False,
    executor: Executor | None = None,
    on_progress: Callable[[int, int, str], None] | None = None,
) -> Result:
    """Train every candidate on X and y, and say which hidden activation to use, and why.

    X: (rows, columns), numbers; a polars or pandas frame may hold text, dates and gaps too.
    y: (rows,), numbers or labels, or (rows, labels) of 0 and 1; rows without one are left out.
    hidden: neurons per hidden layer, or several of these to be tried with every activation, such as
    [(64, 64), (128,)]. activations: the candidates to try: names,
    formulas such as "x*sigmoid(x)", or Activations.
    rates: learning rates of AdamW; the best one is chosen for each candidate on validation rows.
    seeds: random splits, at most; what is clearly behind on validation rows stops earlier
    (`nonlin.trials.race`).
    task: "regression", "robust", "positive", "counts", "proportion", "quantiles", "binary",
    "multiclass", "multilabel" or "ordinal" instead of the one that y suggests, with details as in
    "quantiles:0.05,0.95", "proportion:0,10" (bounds), "ordinal:low,mid,high" or
    "binary:probabilities" (compared by these, as where one class has most rows, not by accuracy).
    group, time, weights: values (rows,), or the name of a column of X, which is no feature then.
    Rows of one group are never in two parts of a split. With time, training rows come before
    validation rows, and these before test rows, and every round forecasts from another origin.
    weights, positive: how much a row counts in training and in every score. quick: fewer
    candidates, seeds and steps, and the worse half stops after each split. full: nothing
    stops (not both).
    budget: seconds, or "60s", "5min", "500-networks": no split is begun that would exceed it.
    limits: what a candidate must keep to: max_ns (per element, measured here), int8, smooth
    (continuous derivatives), monotone, no_exp, bounded, such as {"max_ns": 1.0, "int8": True}.
    threads: networks trained at once; the result does not depend on it. journal: a folder in
    which finished networks are written down; resume: go on from there. executor: whose workers
    train the networks (a ProcessPoolExecutor, Dask's `Client.get_executor()`, ...), two at a
    time with one thread; the result does not depend on it. on_progress(done, total, label):
    called after each network. Ctrl-C ends with what is finished; it is raised again if no split
    is. Raises InputError for what cannot be used, NonlinError if all workers are lost.
    """
    from nonlin.choose.answer import Way, from_arrays

    return from_arrays(
        X,
        y,
        task,
        {"group": group, "time": time, "weights": weights},
        Way(on_progress=on_progress, journal=journal, resume=resume, executor=executor),
        hidden=hidden,
        seed=seed,
        quick=quick,
        full=full,
        activations=activations,
        rates=rates,
        seeds=seeds,
        threads=threads,
        budget=budget,
        limits=limits,
    )


def choose_file(
    data: str,
    target: str | Sequence[str] | None = None,
    *,
    hidden: Sequence[int] | Sequence[Sequence[int]] = (64, 64),
    seed: int = 0,
    quick: bool = False,
    full: bool = False,
    activations: Sequence[str | Activation] | None = None,
    rates: Sequence[float] | None = None,
    seeds: int | None = None,
    task: str | None = None,
    group: str | None = None,
    time: str | None = None,
    weights: str | None = None,
    budget: str | float | None = None,
    limits: Mapping[str, Any] | None = None,
    threads: int | None = None,
    journal: str | PathLike[str] | None = None,
    resume: bool = False,
    executor: Executor | None = None,
    on_progress: Callable[[int, int, str], None] | None = None,
) -> Result:
    """`choose` for a table: a CSV, TSV or Parquet file, or a data set of scikit-learn.

    data: a path, or iris, wine, digits, breast_cancer, diabetes. target: the column to
    predict, or several of 0 and 1 ("a,b" or a list); the one called target, label, class or y if
    not given, else the last one.
    Raises InputError for what cannot be read or used.
    """
    from nonlin.choose.answer import Way, from_file

    return from_file(
        data,
        target,
        task,
        {"group": group, "time": time, "weights": weights},
        Way(on_progress=on_progress, journal=journal, resume=resume, executor=executor),
        hidden=hidden,
        seed=seed,
        quick=quick,
        full=full,
        activations=activations,
        rates=rates,
        seeds=seeds,
        threads=threads,
        budget=budget,
        limits=limits,
    )


def __getattr__(name: str) -> Any:
    if name == "Result":
        from nonlin.choose.result import Result

        return Result
    if name == "Recommendation":
        from nonlin.choose.recommend import Recommendation

        return Recommendation
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


make_callable(__name__)
