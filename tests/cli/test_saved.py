"""nonlin choose --save, predict and code: from a table to predictions, and what is refused."""

import io
import re

import numpy as np
import polars as pl
import pytest

import nonlin as nl
from nonlin.cli import run

FAST = ["--quick", "-a", "tanh", "--rates", "0.01", "--seeds", "2", "--hidden", "8", "--quiet"]
CHINESE = re.compile("[一-鿿]")


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("NONLIN_LANG", "en")


@pytest.fixture(scope="module")
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
        line = ["choose", str(place / f"{name}.csv"), "-t", name, *FAST]
        assert run([*line, "--save", str(place / name)]) == 0
    new = "extra,shop,size\n1,north,0.5\n2,nowhere,\n3,,-1\n4,south,0.5\n"
    (place / "new.csv").write_text(new)
    return place


@pytest.fixture
def said(folder, capsys, monkeypatch):
    """Runs a command in the folder and gives exit code, output and messages."""
    monkeypatch.chdir(folder)

    def run_it(line):
        code = run(line.split())
        found = capsys.readouterr()
        return code, found.out, found.err

    return run_it


def test_saving_says_what_to_do_next(said, folder):
    code, out, err = said(f"choose sold.csv -t sold {' '.join(FAST)} --save again --json")
    assert code == 0
    assert out.startswith("{")  # the answer stays what programs can read
    assert (
        err == "Model saved in again. To use it: nonlin predict again new.csv -o predictions.csv\n"
    )
    typed = nl.load(folder / "again").about.command
    assert typed == f"nonlin choose sold.csv -t sold {' '.join(FAST)} --save again --json"


def test_predictions_are_those_of_the_model(said, folder):
    code, out, err = said("predict price new.csv")
    assert code == 0
    found = pl.read_csv(io.StringIO(out))
    frame = pl.read_csv(folder / "new.csv")
    assert found.columns == ["price"]
    assert np.array_equal(found["price"].to_numpy(), nl.load(folder / "price").predict(frame))
    assert err.splitlines() == [
        "Not used for the prediction: extra.",
        "Missing values were filled by the training median: size (1).",
        "Missing values in text columns count as a value of their own: shop (1).",
        "Values that training did not see, or too rarely to tell them apart "
        "(in parentheses: rows): shop (1).",
    ]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_probabilities_and_files(ending, said, folder):
    code, out, err = said(f"predict sold new.csv --probabilities -o found.{ending}")
    assert (code, out) == (0, "")
    assert f"4 predictions written to found.{ending}" in err
    read = pl.read_csv if ending == "csv" else pl.read_parquet
    found = read(folder / f"found.{ending}")
    assert found.columns == ["sold", "p_no", "p_yes, soon"]
    shares = nl.load(folder / "sold").predict_proba(pl.read_csv(folder / "new.csv"))
    assert np.array_equal(found[:, 1:].to_numpy().astype(np.float32), shares)
    likelier = np.where(shares[:, 1] > 0.5, "yes, soon", "no")
    assert found["sold"].to_list() == likelier.tolist()


def test_the_order_and_number_of_rows_are_kept(said, folder):
    rows = pl.read_csv(folder / "price.csv").sample(80, seed=1)
    rows.drop("price").write_parquet(folder / "mixed.parquet")
    assert said("predict price mixed.parquet -o mixed.csv")[0] == 0
    found = pl.read_csv(folder / "mixed.csv")["price"].to_numpy()
    assert len(found) == 80
    assert np.corrcoef(found, rows["price"].to_numpy())[0, 1] > 0.95


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("predict price price.csv --probabilities", "price is predicted as numbers"),
        ("predict nowhere new.csv", "There is no folder nowhere"),
        ("predict price gone.csv", "There is no file 'gone.csv'"),
        ("predict price new.csv -o found.xlsx", "the endings are .csv, .parquet"),
        ("predict price new.csv -o no/such/found.csv", "no/such/found.csv"),
        ("predict price wrong.csv", "missing: size. Did you mean sise?"),
        ("predict price text.csv", "size"),
        ("predict price.csv new.csv", "There is no folder price.csv"),
        ("code price --to pytorch", "Did you mean torch"),
        ("code price --to torch -o no/such/train.py", "no/such/train.py"),
        ("code nowhere --to torch", "There is no folder nowhere"),
        ("choose price.csv --save .", "which is no part of a model"),
        ("choose price.csv --save price.csv", "is a file"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_cannot_be(line, words, language, said, folder):
    (folder / "wrong.csv").write_text("sise,shop\n1,north\n")
    (folder / "text.csv").write_text("size,shop\nlarge,north\n")
    code, out, err = said(f"{line} --lang {language}")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert words in err if language == "en" else CHINESE.search(err)


def test_a_column_of_gaps_only(said, folder):
    (folder / "gaps.csv").write_text("size,shop\n,\n,\n")
    code, out, _ = said("predict price gaps.csv")
    assert code == 0
    assert len(set(out.splitlines()[1:])) == 1


def test_code(said, folder):
    code, out, _ = said("code price --to torch")
    assert code == 0
    assert out.startswith("# Predicts price: ")
    assert said("code price --to torch -o train.py") == (0, "", "Written to train.py\n")
    assert (folder / "train.py").read_text() == out
    assert said("code price --to jax --lang zh")[1].startswith("# 预测 price")


@pytest.mark.parametrize("command", ["predict", "code"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_begins_with_examples(command, language, said):
    code, out, _ = said(f"{command} --help --lang {language}")
    assert code == 0
    assert f"nonlin {command} model" in "\n".join(out.splitlines()[:10])
    assert bool(CHINESE.search(out)) == (language == "zh")
