"""nonlin code: a saved model as a script, and what is refused."""

import re

import pytest

from nonlin.keep.code import TARGETS

CHINESE = re.compile("[一-鿿]")


def test_code(there, folder):
    code, out, _ = there("code price --to torch")
    assert code == 0
    assert out.startswith("# Predicts price: ")
    assert there("code price --to torch -o train.py") == (0, "", "Written to train.py\n")
    assert (folder / "train.py").read_text() == out
    assert there("code price --to jax --lang zh")[1].startswith("# 预测 price")


def test_the_help_lists_every_target(there):
    assert "|".join(TARGETS) in there("code --help")[1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("code price --to pytorch", "Did you mean torch"),
        ("code price --to torch -o no/such/train.py", "no/such/train.py"),
        ("code nowhere --to torch", "There is no folder nowhere"),
        ("code price --to torch -o price/settings.json", "outputs never replace an input"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_cannot_be(line, words, language, there):
    code, out, err = there(f"{line} --lang {language}")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert words in err if language == "en" else CHINESE.search(err)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_begins_with_examples(language, there):
    code, out, _ = there(f"code --help --lang {language}")
    assert code == 0
    assert "nonlin code model" in "\n".join(out.splitlines()[:10])
    assert bool(CHINESE.search(out)) == (language == "zh")
