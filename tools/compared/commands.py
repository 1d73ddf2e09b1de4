"""The command line: python -m nonlin, what it prints in both languages, what it writes."""

from __future__ import annotations

import io
import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from compared import tables
from compared.cases import Answers, Place, case
from compared.plain import untimed

COMMANDS = (
    "choose", "predict", "code", "list", "show", "compare", "export", "forward", "theory", "init",
    "stability", "bench",
)  # fmt: skip
FORMULA = "x*sigmoid(beta*x)"
TYPED = (
    "list",
    "list --sort cost --smooth --bounded",
    "list --json --search swish",
    "show gelu",
    "show leaky_relu -p alpha=0.2 --json",
    "show softmax",
    f"show {FORMULA} -p beta=1.5 -o show.png",
    "compare relu tanh softmax -o compare.png --dark",
    "export mish --to c",
    "export mish --to numpy -o mish.py",
    "forward",
    "forward 2,3,1 --input 0.5,-1 --hidden tanh --output-activation sigmoid --json",
    "theory tanh",
    "theory gelu --depth 30 --sw 1.3 --sb 0.3 --json",
    "init gelu --fan-in 512",
    "init tanh --depth 50 --json",
    "init silu --scheme critical --q 0.5",
    "stability relu tanh --depth 6 --width 16 --seeds 2",
    "stability gelu,gelu --init he_normal,auto --depth 5 --width 16 --seeds 2 --json",
    "stability elu --data iris --depth 3 --width 8 --seeds 2 -o layers.png",
)
WRONG = (
    "", "shwo gelu", "show geluu", "show gelu --jsn", "show", "list --kind round", "theory softmax",
    "choose nowhere.csv", "choose table.csv --rates fast", "predict nowhere table.csv",
    "export relu --to torhc", "stability relu --depth 0", "forward 3", "init gelu --scheme best",
    "code nowhere --to torch", "--lang fr list", "show gelu -o gelu.xyz", "--version",
)  # fmt: skip
SHORT = "--hidden 8 --rates 0.01,0.03 --seeds 2 -a relu,tanh,gelu -q"
CHAIN = (
    f"choose table.csv {SHORT} --save model --report page.html",
    f"choose table.csv {SHORT} --resume",
    f"choose table.csv {SHORT} --json",
    f"choose prices.csv -t price --time day {SHORT}",
    f"choose iris {SHORT} --no-exp --quick",
    "predict model table.csv",
    "predict model table.csv -o predicted.csv --probabilities",
    "code model --to torch",
    "code model --to keras -o train.py",
)
# times: in how long a race ran, then the two columns of the clock in its table
MASKS = (
    (re.compile(r"(, in|，用时|用时) *\d+ *(s|秒)"), r"\1 TIME"),
    (re.compile(r"(?<=\s)\d+\.\d\d +\d+\.\d{3}(?= |$)", re.M), "TIME TIME"),
    (re.compile(r"─+"), "─"),
    (re.compile(r" +"), " "),
)
COST = re.compile(r'<section id="cost">.*?</section>', re.S)
SECONDS = re.compile(r">\d+ s<")
NUMBER = re.compile(r"\d+(\.\d+)?(e[-+]\d+)?")


@contextmanager
def _inside(folder: Path, arguments: Sequence[str]) -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    """Working folder, arguments and streams as a new process has them."""
    kept = os.getcwd(), sys.argv, sys.stdout, sys.stderr
    out, errors = io.BytesIO(), io.BytesIO()
    os.chdir(folder)
    sys.argv = ["nonlin", *arguments]
    sys.stdout, sys.stderr = (io.TextIOWrapper(each, encoding="utf-8") for each in (out, errors))
    try:
        yield out, errors
    finally:
        os.chdir(kept[0])
        _, sys.argv, sys.stdout, sys.stderr = kept


def typed(folder: Path, arguments: Sequence[str]) -> dict[str, Any]:
    """What `python -m nonlin` does with these arguments; in this process, which is faster."""
    with _inside(folder, arguments) as (out, errors):
        code: Any = 0
        try:
            runpy.run_module("nonlin", run_name="__main__")
        except SystemExit as end:
            code = end.code
        sys.stdout.flush()
        sys.stderr.flush()
        printed, said = out.getvalue().decode(), errors.getvalue().decode()
    show = _untimed if "choose" in arguments else str
    return {"code": code, "out": show(printed), "err": show(said)}


def _untimed(printed: str) -> Any:
    try:
        return untimed(json.loads(printed))
    except ValueError:
        return masked(printed)


def masked(text: str) -> str:
    """Without times, and without the widths of columns that depend on them."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


def _folder(place: Place, name: str) -> Path:
    """A folder with the tables that are named on the line."""
    folder = place.own / name
    folder.mkdir(parents=True, exist_ok=True)
    frame, labels = tables.classes()
    frame.with_columns(pl.Series("label", labels)).write_csv(folder / "table.csv")
    tables.dated().write_csv(folder / "prices.csv")
    return folder


def _all(folder: Path, lines: Sequence[str]) -> dict[str, Any]:
    return {
        f"{language} {line}": partial(typed, folder, ["--lang", language, *line.split()])
        for language in ("en", "zh")
        for line in lines
    }


def _written(folder: Path, names: Sequence[str]) -> dict[str, Any]:
    return {name: (folder / name).read_bytes for name in names}


@case("commands.help")
def helps(place: Place) -> Answers:
    """The help of every command."""
    return _all(place.own, ["--help", *(f"{name} --help" for name in COMMANDS)])


@case("commands.shown")
def shown(place: Place) -> Answers:
    """What is read off formulas and measured on random networks, and the pictures."""
    folder = _folder(place, "shown")
    pictures = ("show.png", "compare.png", "layers.png", "mish.py")
    return _all(folder, TYPED) | _written(folder, pictures)


@case("commands.wrong")
def wrong(place: Place) -> Answers:
    """Errors: a sentence and a code."""
    return _all(_folder(place, "wrong"), WRONG)


@case("commands.choose")
def choose(place: Place) -> Answers:
    """From a table to a model, predictions, code and a page."""
    folder = _folder(place, "chosen")
    files = ("predicted.csv", "train.py", "model/weights.safetensors", "model/settings.json")
    page = {"page": lambda: _untimed_page((folder / "page.html").read_text(encoding="utf-8"))}
    return _all(folder, CHAIN) | _written(folder, files) | page


def _untimed_page(page: str) -> str:
    """Without how long it took, and the costs, which are measured and put in order by them."""
    return SECONDS.sub(">TIME<", COST.sub("COST", page))


@case("commands.bench")
def bench(place: Place) -> Answers:
    """All that is printed but the numbers."""
    lines = ("bench relu --seconds 0.1 -q", "bench tanh --seconds 0.1 -q --json")
    found = {line: typed(place.own, ["--lang", "en", *line.split()]) for line in lines}
    return {line: NUMBER.sub("#", masked(str(each))) for line, each in found.items()}


@case("commands.process")
def process(place: Place) -> Answers:
    """A process of its own: how the module is found and started, and what it exits with."""
    return {line: partial(_process, place.own, line) for line in ("--version", "show nothing")}


def _process(folder: Path, line: str) -> Any:
    command = [sys.executable, "-m", "nonlin", *line.split()]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr}
