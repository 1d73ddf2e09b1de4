"""Classes and labels: which was taken for which, ROC curves, and what probabilities are worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nonlin._text import say
from nonlin.report.page.charts import NARROW, Line, Spot, lines, matrix, scatter
from nonlin.report.page.fit_quantities import interval
from nonlin.report.page.section import FEW_LINES, Section, captioned, number, said, share

if TYPE_CHECKING:
    from nonlin.choose.held_out import HeldOut

MOST_CLASSES = 12  # of the matrix; the table has all
BINS = 10  # of probabilities
TALL = 6  # classes from which the matrix is as high as two charts
PER_BIN = 15  # rows, as a rule
STEPS = 60  # points of a ROC curve, at most
Curve = tuple[str, float, np.ndarray]  # name, area, points (rates of false and true positives)


def classes(held: HeldOut, logits: np.ndarray, told: Sequence[str]) -> Section:
    """One class of several."""
    from sklearn.metrics import confusion_matrix

    names = [str(label) for label in held.task.labels]
    shares, true = held.predicted(logits), held.target.astype(np.int64)
    taken = held.task.read(logits).astype(np.int64)
    counts = confusion_matrix(true, taken, labels=np.arange(len(names)))
    kept, more = _confused(counts)
    few = counts[np.ix_(kept, kept)]
    axes = say("page.axis.taken"), say("page.axis.true")
    title = say("page.fitted.matrix")
    charts = [captioned(title, matrix([names[k] for k in kept], few, title, axes))]
    truths = _one_by_one(true, len(names))
    curves = list(_curves(names[-truths.shape[1] :], truths, shares))
    surest = shares[:, 0] if len(names) == 2 else shares.max(axis=1)
    right = true if len(names) == 2 else true == taken
    beside = [_roc(curves), _calibration(surest, right, len(names) == 2)]
    charts += ["".join(beside)] if len(kept) > TALL else beside  # beside a tall matrix, one column
    text = [*told, say("page.fitted.classes"), *more, *_few(len(true))]
    areas = {name: area for name, area, _ in curves}
    cells = [
        [name, *_rates(counts, k), number(areas.get(name), ".3f"), _mistaken(names, counts, k)]
        for k, name in enumerate(names)
    ]
    head = said(
        "fitted.class", "fitted.rows_in", "fitted.found", "fitted.precise", "fitted.area",
        "fitted.mistaken",
    )  # fmt: skip
    return Section("fit", text, None, head, cells, [each for each in charts if each])


def labels(held: HeldOut, logits: np.ndarray, told: Sequence[str]) -> Section:
    """Labels of which none, one or several hold."""
    names = [str(label) for label in held.task.labels]
    shares, true = held.predicted(logits), held.target > 0
    taken = held.task.read(logits) > 0
    curves = list(_curves(names, true, shares))
    charts = [_roc(curves), _calibration(shares.ravel(), true.ravel(), True)]
    areas = {name: area for name, area, _ in curves}
    cells = []
    for k, name in enumerate(names):
        both = int((true[:, k] & taken[:, k]).sum())
        there, claimed = int(true[:, k].sum()), int(taken[:, k].sum())
        rates = _share(both, there), _share(both, claimed)
        cells.append([name, str(there), *rates, number(areas.get(name), ".3f")])
    head = said("fitted.label", "fitted.rows_in", "fitted.found", "fitted.precise", "fitted.area")
    text = [*told, say("page.fitted.labels"), *_few(len(true))]
    return Section("fit", text, None, head, cells, [each for each in charts if each])


def _few(rows: int) -> list[str]:
    return [say("page.fitted.few", rows=rows)] if rows < 2 * PER_BIN else []


def _confused(counts: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """The classes that are drawn, in their order, and what is said if these are not all."""
    if len(counts) <= MOST_CLASSES:
        return np.arange(len(counts)), []
    wrong = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diag(counts)
    kept = np.sort(np.argsort(-wrong, kind="stable")[:MOST_CLASSES])
    return kept, [say("page.fitted.most_confused", drawn=MOST_CLASSES, classes=len(counts))]


def _one_by_one(true: np.ndarray, count: int) -> np.ndarray:
    """Is it this class? (rows, classes); of two classes the second one only."""
    return np.asarray(true[:, None] == np.arange(1 if count == 2 else 0, count))


def _rates(counts: np.ndarray, k: int) -> Iterator[str]:
    """Rows of a class, how many of them were found, how many that were taken for it are of it."""
    right, rows, taken = counts[k, k], counts[k].sum(), counts[:, k].sum()
    yield str(rows)
    yield _share(right, rows)
    yield _share(right, taken)


def _share(part: int, whole: int) -> str:
    return share(part / whole) if whole else "–"


def _mistaken(names: Sequence[str], counts: np.ndarray, k: int) -> str:
    """What a class is most often taken for instead."""
    others = counts[k].copy()
    others[k] = 0
    worst = int(others.argmax())
    return f"{names[worst]} ({others[worst]})" if others[worst] else "–"


def _curves(names: Sequence[str], true: np.ndarray, shares: np.ndarray) -> Iterator[Curve]:
    """Of what occurs in some of the rows, but not in all of them."""
    from sklearn.metrics import auc, roc_curve

    for name, truth, likely in zip(names, true.T, shares.T, strict=True):
        if 0 < truth.sum() < len(truth):
            false, found, _ = roc_curve(truth, likely)
            kept = np.unique(np.linspace(0, len(false) - 1, STEPS).round().astype(int))
            points = np.column_stack([false, found])[kept]
            yield name, float(auc(false, found)), points


def _roc(curves: Sequence[Curve]) -> str:
    """Those that are told apart worst; nothing if there are none."""
    if not curves:
        return ""
    worst = sorted(curves, key=lambda curve: curve[1])[:FEW_LINES]
    drawn = [
        Line(f"{area:.3f} {name}", [(float(x), float(y)) for x, y in points], curve=True)
        for name, area, points in worst
    ]
    axes = say("page.axis.false"), say("page.axis.found")
    title = say("page.fitted.roc")
    chart = lines(drawn, title, (), width=NARROW, axes=axes, diagonal=True)
    return captioned(title, chart)


def _calibration(shares: np.ndarray, right: np.ndarray, two: bool) -> str:
    """Of rows with similar probabilities: how often is it true? Nothing for hardly any rows."""
    count = min(BINS, len(shares) // PER_BIN)
    if count < 2:
        return ""
    spots = []
    for part in np.array_split(np.argsort(shares, kind="stable"), count):
        said_here, true = float(shares[part].mean()), float(right[part].mean())
        note = say("page.fitted.bin", said=share(said_here), true=share(true), rows=len(part))
        spots.append(Spot(said_here, true, note, *interval(true, len(part))))
    across = say("page.axis.probability" if two else "page.axis.surest")
    axes = across, say("page.axis.true_share")
    name = say("page.fitted.calibration")
    return captioned(name, scatter(spots, name, axes, joined=True, both=(0.0, 1.0)))
