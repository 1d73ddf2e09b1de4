"""Bad input: one sentence on stderr, exit code 2, in the language asked for."""

import os
import re
import subprocess
import sys

import pytest

from nonlin.cli import run
from nonlin.cli.app import COMMANDS

CHINESE = re.compile("[一-鿿]")
LONG_FORMULA = "+".join(["x"] * 200)
BAD = {
    "shw relu": "no command 'shw'.*Did you mean show",
    "show": "NAME is missing",
    "show rleu": "no activation 'rleu'.*relu",
    "show relu --drk": "no option '--drk'.*--dark",
    "show relu extra": "more than the command takes: extra",
    "show relu -o": "-o needs a value",
    "show relu --dark=1": "--dark takes no value",
    "show relu -o a.bmp": r"'a.bmp'.*\.png, \.svg, \.pdf",
    "show relu -o missing/a.png": "missing/a.png cannot be written",
    "show relu -p alpha=2": "relu has no parameters, so 'alpha'",
    "show leaky_relu -p alpha": "'alpha' has no value",
    "show leaky_relu -p alpha=1 -p alpha=2": "'alpha' is given more than once",
    "show leaky_relu -p alpha=1,2": "alpha is '1,2'",
    "show leaky_relu -p alpha=inf": "alpha is inf",
    "show leaky_relu -p alhpa=1": "no parameter 'alhpa'.*alpha",
    "show x.__class__": "'x.__class__' at column 1 is not allowed",
    "show __import__('os')": "no function '__import__'",
    "show sigmoid(x": "cannot be read from column 8",
    "show x**x": "exponent",
    "show x+b": "no name 'b'",
    f"show {LONG_FORMULA}": "399 characters",
    "compare relu,elu,selu,gelu,silu,mish": "at most 5 curves can be told apart, not 6",
    "compare relu elu selu gelu silu mish": "at most 5 curves can be told apart, not 6",
    "export relu": "add --to and one of python, .* such as --to torch",
    "compare ,": "nothing to compare: name at least one activation",
    "stability ,": "nothing to compare: name at least one activation",
    "bench ,": "nothing to compare: name at least one activation",
    "compare -o f.png": "NAME is missing",
    "compare rleu -o f.png": "no activation 'rleu'",
    "forward 3,0,2": "size number 2 is 0",
    "forward 3": "at least two layer sizes",
    "forward a,b": "'a,b'",
    "forward 3,2.5,1": "'3,2.5,1'",
    "forward 3,4,2 -i 1,2": "as many numbers as the network has inputs: 3, and not 2",
    "forward 3,4,2 -i nan,1,2": "'nan,1,2': numbers separated by commas .* 1,2.5,-3",
    "forward 3,4,2 -i 1,,2": "'1,,2'",
    "forward 3,4,2 --seed x": "--seed is 'x': a whole number",
    "forward 3,4,2 --seed -1": "seed is -1",
    "forward 3,4,2 --init he": "no initialisation 'he'.*he_normal",
    "forward 3,4,2 --hidden softmax": "softmax is a function of whole rows",
    "forward 3,4,2 --hidden relu,tanh": r"\(2\) is not that of the hidden layers \(1\)",
    "forward 1000000000,1000000000,2": "at most 1000000000 are allowed",
    "forward 3,4,4 --output-activation glu -o a.svg": "glu makes 2 values of .* 4 neurons",
    f"init relu --fan-in {10**400}": "--fan-in is 10{400}: it must be an integer from 1 to",
    f"choose {300 * 'n'}.csv": r"n{300}\.csv cannot be used: the system says 'File name too long'",
    "choose": "DATA is missing",
    "lab --port 0": "--port is 0: a number from 1 to 65535",
    "lab --port x": "--port is 'x': a whole number",
    "lab --port 8765 --export site": "--port and --export exclude each other",
    "lab --export lab.svg": "lab.svg has the ending of another kind of file",
    "lab extra": "more than the command takes: extra",
    "choose iris --output foo": "no option '--output': the options are --target, .*--help",
    "show relu -o foo": r"'foo' needs one of these endings: \.png, \.svg, \.pdf",
    "show relu -o .": r"'\.' needs one of these endings",
    "choose iris --seed 1.5": "--seed is '1.5'",
    "choose iris --activations rleu": "no activation 'rleu'",
    "choose iris --activations ,": "No activation was given",
    "choose iris --rates 0.1,inf": "'0.1,inf': numbers separated by commas .* 0.001,0.01",
    "choose iris --hidden x": "--hidden is 'x'",
    "audit": "LIBRARY is missing",
    "audit torhc": r"no audit of 'torhc': the libraries are torch, .*Did you mean torch",
    "audit nonlin --names softmax": "nonlin has no element-wise activation called 'softmax'",
    "audit nonlin --names rleu": "no activation 'rleu'",
    "audit nonlin --ulp x": "--ulp is 'x'",
    "audit nonlin -o a.txt": r"a.txt must end in one of \.html, \.htm, \.md, \.json",
    "audit nonlin -o /proc/a.html": "/proc/a.html cannot be written",
    "bench rleu": "no activation 'rleu'.*relu",
    "bench relu softmax": "softmax is not element-wise, and only element-wise",
    "bench relu --seconds 0": "--seconds is '0': a number above 0 and at most 3600",
    "bench relu --seconds x": "--seconds is 'x'",
    "bench relu --precision slow": "no precision 'slow'.*fast, exact",
    "bench relu -o a.bmp": r"'a.bmp'.*\.png, \.svg, \.pdf",
    "bench relu -o missing/a.png": "missing/a.png cannot be written",
    "code nowhere --to torch": "no folder nowhere",
    "diagnose nowhere.py:model --data nowhere.py:rows": "no file 'nowhere.py'",
    "export relu --to torhc": "no target 'torhc'.*torch",
    "init rleu": "no activation 'rleu'",
    "predict nowhere rows.csv": "no folder nowhere",
    "stability relu -o /proc/a.svg": "/proc/a.svg cannot be written",
    "choose iris --save /dev/null/model": "to /dev/null/model: Not a directory",
    "diagnose a.py:f --data a.py:g -o a.txt": r"a.txt must end in one of \.html, \.png",
    "stability rleu": "no activation 'rleu'",
    "theory relu --sw 1e300": "--sw is '1e300': .* < 1e\\+100",
    "theory rleu": "no activation 'rleu'",
    "list --lang fr": "no language 'fr'",
    "list --lang": "--lang needs a value",
}


@pytest.mark.parametrize("line", BAD, ids=lambda line: line[:40])
def test_one_sentence_and_exit_code_2(line, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("NONLIN_LANG", "en")
    monkeypatch.chdir(tmp_path)
    assert run(line.split()) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"nonlin: error: .*\n", error)  # one line
    assert re.search(BAD[line], error)
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("line", BAD, ids=lambda line: line[:40])
def test_the_same_in_chinese(line, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("NONLIN_LANG", "zh")
    monkeypatch.chdir(tmp_path)
    assert run(line.split()) == 2
    error = capsys.readouterr().err
    assert error.startswith("nonlin：错误：")
    told = error.removeprefix("nonlin：错误：")
    assert len(CHINESE.findall(told)) >= 3
    english = r"\b(There|cannot|missing|needs?|unexpected|requires|valid|allowed|argument)\b"
    assert not re.search(english, told.replace("missing/a.png", ""))


def test_every_command_is_among_them():
    assert {module.__name__.rpartition(".")[2] for module in COMMANDS} <= {
        line.split()[0] for line in BAD
    }


def test_ctrl_c_is_a_sentence(capsys, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("nonlin.cli.shared.printing.print_facts", interrupted)
    monkeypatch.setenv("NONLIN_LANG", "en")
    assert run(["show", "relu"]) == 130
    assert capsys.readouterr().err == "nonlin: interrupted.\n"


def nonlin(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "nonlin", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        encoding="utf-8",
        **options,
    )


def test_as_a_process(tmp_path):
    environment = {**os.environ, "NONLIN_LANG": "en"}
    ran = nonlin("show", "rleu", env=environment, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("nonlin: error: There is no activation 'rleu'")
    ran = nonlin("--version", env=environment, cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
