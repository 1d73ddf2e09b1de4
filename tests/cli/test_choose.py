"""nonlin choose from the command line: real data in, an answer out, bad data refused."""

import json
import os
import re
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

import nonlin as nl
from nonlin.cli import run
from nonlin.cli.shared import typed

FAST = ("--quick", "--activations", "relu,tanh", "--rates", "0.01", "--seeds", "2", "--hidden", "8")
CHINESE = re.compile("[一-鿿]")


@pytest.fixture
def table(tmp_path):
    """Sizes and shops with gaps; the price depends on both."""
    random = np.random.default_rng(0)
    lines = ["size,shop,price"]
    for row in range(60):
        size, shop = random.normal(), random.choice(["north", "south", "east"])
        price = 3 * size + (shop == "north") + random.normal() / 10
        lines.append(
            f"{'' if row % 9 == 0 else size:.4},{'' if row % 11 == 0 else shop},{price:.3f}"
        )
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_table_with_text_and_gaps(table, capsys, monkeypatch):
    monkeypatch.setattr(typed, "seconds", lambda: 123.0)
    assert run(["choose", str(table), "--target", "price", *FAST, "--why"]) == 0
    out, error = capsys.readouterr()
    assert error == ""  # not a terminal: no progress bar
    assert re.search(r"What to build: (relu|tanh) in the hidden layers \(8\)", out)
    assert "Missing values were filled by the training median: size (7)." in out
    assert "in 123 s" in " ".join(out.split())  # what the user has waited
    assert not any(line.endswith(" ") for line in out.splitlines())


def test_json_for_programs_and_the_same_again(capsys):
    answers = []
    for threads in ("1", "2"):
        assert run(["choose", "iris", *FAST, "--json", "--threads", threads]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    first = answers[0]["recommendation"]
    assert first["activation"] in ("relu", "tanh")
    assert first["output"] == "softmax"
    assert first["learning_rate"] == 0.01
    scores = [[row["score"] for row in answer["ranking"]] for answer in answers]
    assert scores[0] == scores[1]


def test_in_chinese(capsys):
    assert run(["choose", "iris", "--lang", "zh", *FAST, "--why"]) == 0
    out = capsys.readouterr().out
    assert "具体配置：隐藏层" in out
    words = set(re.findall(r"[A-Za-z]{4,}", re.sub("出处：.*?。", "", out, flags=re.S)))
    names = {"iris", "target", "relu", "tanh", "softmax", "AdamW", "logits", "sqrt"}
    assert words <= names | {"Nadeau", "Bengio", "Holm"}


def test_several_labels(tmp_path, capsys):
    random = np.random.default_rng(0)
    path = tmp_path / "films.csv"
    rows = [f"{x:.3f},{int(x > 0)},{int(x < 1)}" for x in random.normal(size=80)]
    path.write_text("\n".join(["x,comedy,war", *rows]) + "\n", encoding="utf-8")
    assert run(["choose", str(path), "--target", "comedy,war", *FAST, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["task"]["classes"] == ["comedy", "war"]
    assert found["score"] == "d2_labels"
    assert run(["choose", str(path), "--target", "comedy,wars", *FAST]) == 2
    assert "There is no column 'wars'" in capsys.readouterr().err


def test_the_task_can_be_given(table, capsys):
    options = [str(table), "--target", "price", *FAST]
    assert run(["choose", *options, "--task", "quantiles:0.1,0.9", "--why"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Quantiles of the target at 0.1, 0.9: identity outputs" in out
    assert "Source: Koenker and Bassett" in out
    assert "explained pinball loss D²" in out
    assert run(["choose", *options, "--task", "count"]) == 2
    assert "Did you mean counts" in capsys.readouterr().err


def test_a_formula_may_compete(capsys):
    formulas = ["--activations", "relu, where(x > 0, x, 0.1 * x)"]
    assert run(["choose", "iris", *FAST, *formulas, "--json"]) == 0
    found = {row["activation"] for row in json.loads(capsys.readouterr().out)["ranking"]}
    assert found == {"relu", "where(x > 0, x, 0.1 * x)"}


def rows(*values):
    return "\n".join(["a,b,y", *(f"{n},{n % 3},{v}" for n, v in enumerate(values))]) + "\n"


BAD = {
    "no file": (None, [], "no file"),
    "empty": ("", [], "empty"),
    "header only": ("a,b,y\n", [], "rows"),
    "unknown column": (
        rows(*range(50)),
        ["--target", "z"],
        "no column 'z': the columns are a, b, y",
    ),
    "near column": ("price,b\n1,2\n" * 20, ["--target", "prise"], "Did you mean price"),
    "one class": (rows(*["only"] * 50), [], "only one value"),
    "no target": (rows(*["nan", "inf", ""] * 20), [], "NaN or infinite in every row"),
    "ragged": ("a,b\n1,2\n1,2,3\n", [], "line 3 has 3 fields, and the first one has 2 names"),
    "few rows": (rows(*["u", "v"] * 2), [], "rows"),
    "text for regression": (rows(*["u", "v"] * 30), ["--task", "regression"], "holds text"),
    "unknown task": (rows(*["u", "v"] * 30), ["--task", "multyclass"], "no task.*multiclass"),
    "layer of none": (rows(*range(50)), ["--hidden", "8,0"], "size"),
    "layer of text": (rows(*range(50)), ["--hidden", "big"], "--hidden is 'big'"),
    "row-wise": (rows(*range(50)), ["--activations", "softmax"], "softmax"),
    "rate of text": (rows(*range(50)), ["--rates", "fast"], "--rates is 'fast'"),
    "negative rate": (rows(*range(50)), ["--rates", "-1"], "-1"),
    "no seed": (rows(*range(50)), ["--seeds", "0"], "seeds is 0"),
    "half a thread": (rows(*range(50)), ["--threads", "0.5"], "--threads is '0.5'"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", BAD)
def test_bad_data_is_one_sentence(name, language, tmp_path, capsys):
    content, options, sentence = BAD[name]
    path = tmp_path / "data.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert run(["choose", str(path), *options, "--lang", language]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.count("\n") == 1
    if language == "en":
        assert error.startswith("nonlin: error: ")
        assert re.search(sentence, error)
    else:
        assert len(CHINESE.findall(error)) >= 6


def test_files_as_people_have_them(tmp_path, capsys):
    """GBK, semicolons, decimal commas, per cent, gaps in the target: all of it is said."""
    lines = ["尺寸;城市;折扣;价格"]
    for row in range(60):
        price = "" if row == 7 else f"{row % 7 + 0.5}".replace(".", ",")
        lines.append(f"{row % 7},5;{'北京' if row % 2 else '上海'};{row % 5} %;{price}")
    path = tmp_path / "销售.csv"
    path.write_bytes("\n".join(lines).encode("gbk"))
    assert run(["choose", str(path), "--lang", "zh", *FAST, "--why"]) == 0
    out = capsys.readouterr().out
    for part in (
        "按 GB18030 读取",
        "逗号按小数点读取",
        "百分号和货币符号：折扣",
        "共 1 行，第一处是第 8 行",
    ):
        assert part in out
    assert "目标是连续数值" in out


def test_ctrl_c_shows_what_is_finished(tmp_path):
    """Interrupted after some splits: their ranking, a sentence and code 130."""
    arguments = ["choose", "iris", *FAST, "--seeds", "400", "--json"]
    code = (
        "import sys, nonlin.cli.choose as c, nonlin.cli;"
        "from contextlib import contextmanager\n"
        "@contextmanager\n"
        "def told(*_):\n"
        "    yield lambda done, total, label: print(done, file=sys.stderr, flush=True)\n"
        "c.progress = told\n"
        f"sys.exit(nonlin.cli.run({arguments!r}))"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "NONLIN_LANG": "en"},
        cwd=tmp_path,
    )
    watch = threading.Timer(60, running.kill)  # a hang fails and leaves nothing behind
    watch.start()
    while int(running.stderr.readline() or "9") < 6:  # three splits of two networks
        pass
    running.send_signal(signal.SIGINT)
    out, error = running.communicate()
    watch.cancel()
    assert running.returncode == 130
    assert error.endswith("nonlin: interrupted.\n")
    assert json.loads(out)["recommendation"]["activation"] in ("relu", "tanh")


def test_saving_says_what_to_do_next(there, folder):
    code, out, err = there(f"choose sold.csv -t sold {' '.join(FAST)} --save again --json")
    assert code == 0
    assert out.startswith("{")  # the answer stays what programs can read
    assert (
        err == "Model saved in again. To use it: nonlin predict again new.csv -o predictions.csv\n"
    )
    typed = nl.load(folder / "again").about.command
    assert typed == f"nonlin choose sold.csv -t sold {' '.join(FAST)} --save again --json"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("choose price.csv --save .", "which is no part of a model"),
        ("choose price.csv --save price.csv", "is a file"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_where_no_model_can_be_saved(line, words, language, there):
    code, out, err = there(f"{line} --lang {language}")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert words in err if language == "en" else CHINESE.search(err)


def test_a_limit_of_nothing_is_a_limit(capsys):
    assert run(["choose", "iris", *FAST, "--smooth", "0"]) == 2
    assert "smooth is 0" in capsys.readouterr().err
