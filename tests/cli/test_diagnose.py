"""nonlin diagnose: a model of the user's own file, both languages, what is written, errors."""

import json
import re
import textwrap

import pytest

import nonlin.torch
from nonlin.cli import run

SCRIPT = """
    import torch
    from torch import nn

    print("the script runs")
    torch.manual_seed(0)
    X = torch.randn(96, 4)
    Y = (X[:, 0] > 0).long()

    def make_model():
        return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2), nn.Softmax(1))

    def make_batches():
        print("batches are made")
        return list(zip(X.split(16), Y.split(16)))

    def wide():
        return [(torch.cat([X, X], 1), Y)]

    def train(model, optimizer, batches):
        for x, y in batches:
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()

    def make_optimizer(parameters):
        return torch.optim.SGD(parameters, 0.1)

    def fails():
        raise ValueError("no data today")

    class Loss(nn.CrossEntropyLoss):
        pass
"""
GIVEN = (
    "diagnose script.py:make_model --data script.py:make_batches --loss cross_entropy --epochs 2"
)


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("nonlin.torch.training_badly.SECONDS", 0.1)
    (tmp_path / "script.py").write_text(textwrap.dedent(SCRIPT))
    (tmp_path / "broken.py").write_text("x = 1\ny = = 2\n")
    (tmp_path / "quits.py").write_text("import sys\nsys.exit(3)\n")


def test_what_it_says(capsys):
    """What the script prints does not stand in the answer; an unhealthy model is no error."""
    assert run(GIVEN.split()) == 0
    out, error = capsys.readouterr()
    assert "the script runs" in error
    assert "the script runs" not in out
    assert "mean z²" in out
    assert run([*GIVEN.split(), "--json", "--optimizer", "script.py:make_optimizer"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in found["layers"]] == ["0", "2"]
    assert found["learns"] in (True, False)
    assert run([*GIVEN.split(), "--lang", "zh", "--loop", "script.py:train"]) == 0
    assert "层" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["found.html", "found.svg"])
def test_what_it_writes(name, capsys, tmp_path):
    line = [*GIVEN.split(), "-o", name, "--loss", "script.py:Loss", "--optimizer", "SGD"]
    assert run([*line, "--lr", "0.1"]) == 0
    assert (tmp_path / name).stat().st_size > 5000
    assert name in capsys.readouterr().err


M, D = "script.py:make_model", "--data script.py:make_batches"
BAD = {
    f"{M}": "--data is missing",
    f"nowhere.py:make {D}": "no file 'nowhere.py'",
    f"scrip.py:make {D}": "no file 'scrip.py'. Did you mean script.py",
    f"script.py {D}": "FILE.py:NAME is 'script.py': .* such as script.py:make_model",
    f"script.txt:make {D}": "FILE.py:NAME is 'script.txt:make'",
    f"script.py:make_modl {D}": "nothing named 'make_modl'. Did you mean make_model",
    f"broken.py:x {D}": "broken.py fails in line 2: SyntaxError",
    f"quits.py:x {D}": "quits.py fails in line 2: SystemExit: 3",
    f"script.py:fails {D}": "fails of script.py fails in line 29: ValueError: no data today",
    f"script.py:train {D}": "train of script.py is called without arguments, .* missing 3 required",
    f"script.py:X {D} --loss cross_entropy": "must be a torch.nn.Module",
    f"{M} --data script.py:wide --loss cross_entropy": r"fails on an example of \(2, 8\)",
    f"{M} --data script.py:X --loss cross_entropy": "must be pairs of inputs and targets",
    f"{M} {D}": "give a loss",
    f"{M} {D} --loss cross_entrpy": "no loss 'cross_entrpy'.*such as .* mean cross_entropy",
    f"{M} {D} --loss script.py:X": "names 'X' of script.py, which is no function",
    f"{M} {D} --loss mse_loss": "The loss fails",
    f"{M} {D} --optimizer adam": "no optimizer 'adam' here.*Did you mean Adam",
    f"{M} {D} --optimizer SGD --lr fast": "--lr is 'fast'",
    f"{M} {D} --optimizer script.py:make_optimizer --lr 1": "sets the learning rate itself",
    f"{M} {D} --epochs 0": "--epochs is 0",
    f"{M} {D} --loss cross_entropy --loop script.py:fails": "The loop fails on a copy",
    f"{M} {D} -o found": "'?found'? must end in one of .html",
    f"{M} {D} -o found.bmp": r"found.bmp must end in one of \.html, \.png",
    f"{M} {D} -o no/found.html": "no/found.html cannot be written",
}


@pytest.mark.parametrize("line", BAD, ids=lambda line: line[:60])
def test_errors_are_one_sentence(line, capsys):
    assert run(["diagnose", *line.split()]) == 2
    error = capsys.readouterr().err.splitlines()
    assert re.search(BAD[line], error[-1]), error[-1]
    assert sum(each.startswith("nonlin: error") for each in error) == 1
    assert run(["diagnose", *line.split(), "--lang", "zh"]) == 2
    assert re.search("[一-鿿]{3}", capsys.readouterr().err.splitlines()[-1])


def test_without_torch(capsys, monkeypatch):
    monkeypatch.setattr("nonlin._public.find_spec", lambda _: None)
    monkeypatch.delitem(vars(nonlin.torch), "diagnose", raising=False)  # if it was used before
    assert run(GIVEN.split()) == 2
    assert "pip install 'nonlin[torch]'" in capsys.readouterr().err
