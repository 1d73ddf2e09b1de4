"""nonlin predict: rows predicted by a saved model, and what is refused."""

import io
import os
import re
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

import nonlin as nl

CHINESE = re.compile("[一-鿿]")


def test_predictions_are_those_of_the_model(there, folder):
    code, out, err = there("predict price new.csv")
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
def test_probabilities_and_files(ending, there, folder):
    code, out, err = there(f"predict sold new.csv --probabilities -o found.{ending}")
    assert (code, out) == (0, "")
    assert f"4 predictions written to found.{ending}" in err
    read = pl.read_csv if ending == "csv" else pl.read_parquet
    found = read(folder / f"found.{ending}")
    assert found.columns == ["sold", "p_no", "p_yes, soon"]
    shares = nl.load(folder / "sold").predict_proba(pl.read_csv(folder / "new.csv"))
    assert np.array_equal(found[:, 1:].to_numpy().astype(np.float32), shares)
    likelier = np.where(shares[:, 1] > 0.5, "yes, soon", "no")
    assert found["sold"].to_list() == likelier.tolist()


def test_the_order_and_number_of_rows_are_kept(there, folder):
    rows = pl.read_csv(folder / "price.csv").sample(80, seed=1)
    rows.drop("price").write_parquet(folder / "mixed.parquet")
    assert there("predict price mixed.parquet -o mixed.csv")[0] == 0
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
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_cannot_be(line, words, language, there, folder):
    (folder / "wrong.csv").write_text("sise,shop\n1,north\n")
    (folder / "text.csv").write_text("size,shop\nlarge,north\n")
    code, out, err = there(f"{line} --lang {language}")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert words in err if language == "en" else CHINESE.search(err)


@pytest.mark.parametrize("output", ["new.csv", "./new.csv", "link.csv", "hard.csv", "a/../new.csv"])
@pytest.mark.parametrize("data", ["new.csv", "ne[w].csv"])
def test_outputs_never_replace_an_input(output, data, there, folder):
    (folder / "a").mkdir(exist_ok=True)
    for name, make in (("link.csv", "symlink_to"), ("hard.csv", "hardlink_to")):
        (folder / name).unlink(missing_ok=True)
        getattr(folder / name, make)(folder / "new.csv")
    before = (folder / "new.csv").read_bytes()
    code, out, err = there(f"predict price {data} -o {output}")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "outputs never replace an input" in err
    assert (folder / "new.csv").read_bytes() == before


def test_a_full_disk_leaves_nothing_half(there, folder, monkeypatch):
    (folder / "found.csv").write_text("older")

    def full(*arguments):
        raise OSError(28, "No space left on device")

    before = {each.name for each in folder.iterdir()}
    with monkeypatch.context() as broken:
        broken.setattr("nonlin._files.os.fdopen", full)
        code, out, err = there("predict price new.csv -o found.csv")
    assert (code, out) == (2, "")
    assert "No space left on device" in err
    assert (folder / "found.csv").read_text() == "older"
    assert {each.name for each in folder.iterdir()} == before


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["C", "C.ISO-8859-1"])
def test_a_locale_that_is_not_utf_8(locale, folder, tmp_path):
    place = tmp_path / "数据"
    place.mkdir()
    (place / "新.csv").write_bytes((folder / "new.csv").read_bytes())
    switches = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for ending in ("csv", "parquet"):
        line = ["predict", str(folder / "price"), str(place / "新.csv")]
        done = subprocess.run(
            [sys.executable, "-m", "nonlin", *line, "-o", str(place / f"出.{ending}")],
            env=os.environ | switches,
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr
        assert (place / f"出.{ending}").exists()


def test_a_column_of_gaps_only(there, folder):
    (folder / "gaps.csv").write_text("size,shop\n,\n,\n")
    code, out, _ = there("predict price gaps.csv")
    assert code == 0
    assert len(set(out.splitlines()[1:])) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_begins_with_examples(language, there):
    code, out, _ = there(f"predict --help --lang {language}")
    assert code == 0
    assert "nonlin predict model" in "\n".join(out.splitlines()[:10])
    assert bool(CHINESE.search(out)) == (language == "zh")
