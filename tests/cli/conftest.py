"""English on a screen of no known width, and a command that is run."""

import numpy as np
import polars as pl
import pytest

from nonlin.cli import run

QUICK = ["--quick", "-a", "tanh", "--rates", "0.01", "--seeds", "2", "--hidden", "8", "--quiet"]


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("NONLIN_LANG", "en")
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def said(capsys):
    """Run a command that succeeds and give back what it printed on stdout."""

    def answer(*arguments):
        assert run(list(arguments)) == 0
        return capsys.readouterr().out

    return answer


@pytest.fixture
def refused(capsys):
    """Run a command that fails and give back the one line that it says."""

    def answer(*arguments):
        assert run(list(arguments)) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "Traceback" not in error
        return error

    return answer


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A table, rows to predict, and a model for each of two columns."""
    place = tmp_path_factory.mktemp("work")
    random = np.random.default_rng(0)
    size, shop = random.normal(size=90), random.choice(["north", "south"], 90)
    price = 3 * size + (shop == "north")
    targets = {"sold": np.where(price > 0, "yes, soon", "no"), "price": price}
    for name, target in targets.items():
        table = pl.DataFrame({"size": size, "shop": shop, name: target})
        table.write_csv(place / f"{name}.csv")
        line = ["choose", str(place / f"{name}.csv"), "-t", name, *QUICK]
        assert run([*line, "--save", str(place / name)]) == 0
    new = "extra,shop,size\n1,north,0.5\n2,nowhere,\n3,,-1\n4,south,0.5\n"
    (place / "new.csv").write_text(new)
    return place


@pytest.fixture
def there(folder, capsys, monkeypatch):
    """Run a command in that folder and give back exit code, output and messages."""
    monkeypatch.chdir(folder)

    def run_it(line):
        code = run(line.split())
        found = capsys.readouterr()
        return code, found.out, found.err

    return run_it
