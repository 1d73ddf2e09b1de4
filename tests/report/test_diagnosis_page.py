"""The page and the picture of what `stability` and `diagnose` found, in both languages."""

import re

import numpy as np
import pytest

import nonlin as nl
from nonlin import figures, report
from nonlin._errors import InputError
from nonlin._text import catalogue, speaking
from nonlin.network import Settings
from nonlin.report.page import diagnosis_html
from nonlin.stability.verdicts import Kind


@pytest.fixture(scope="module")
def found():
    """Inputs a thousand times too large; few and short trainings."""
    random = np.random.default_rng(0)
    X = random.standard_normal((200, 4))
    network = nl.Network([4, 8, 8, 2], "tanh", "softmax", seed=0)
    settings = Settings(epochs=8, learning_rate=0.01)
    y = (X[:, 0] > 0).astype(int)
    return nl.diagnose(network, 1000 * X + 500, y, settings=settings)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_says_it_all(found, language):
    with speaking(language):
        page = diagnosis_html(found)
        sentences = [str(each) for each in found.sentences]
        plain = diagnosis_html(found.stability)
    text = re.sub(r"&#34;|&quot;", '"', page).replace("&#39;", "'")
    assert all(sentence in text for sentence in sentences)
    assert page.count("<svg") == 2 * 3  # for wide pages and for narrow ones
    assert plain.count("<svg") == 2 * 2
    assert page.count('<th scope="row">') == len(found.changes) + len(found.verdicts)
    for each in (page, plain):
        assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in each
        assert "prefers-color-scheme: dark" in each
        assert "<script" not in each
        assert "http" not in each


def test_it_is_written(found, tmp_path):
    for each in (found, found.stability):
        path = report.write(each, tmp_path / "found.html")
        assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(InputError, match="must end in one of"):
        report.write(found, tmp_path / "found.txt")


@pytest.mark.parametrize("dark", [False, True])
def test_the_picture(found, dark):
    """A panel more where something was changed; bars from what it was to what it became."""
    figure = figures.layers(found, dark=dark)
    signals, gradients, gains = figure.axes
    marked = sum(len(line.get_xdata()) for line in signals.lines[:2])
    assert marked == len(found.stability.layers)
    assert gradients.get_yscale() == "log"
    widths = [bar.get_width() for bar in gains.patches]
    assert widths == [found.changes[0].before, *(each.after for each in found.changes)]
    assert len(figures.layers(found.stability, dark=dark).axes) == 2


def test_every_kind_and_cause_has_its_word():
    """Causes: those of the sentences, and the rates, which are one."""
    words = catalogue("en")
    kinds = {key for key in words if key.startswith("diagnosed.kind.")}
    assert kinds == {f"diagnosed.kind.{kind}" for kind in Kind.__args__}
    causes = {key.removeprefix("diagnosed.cause_is.") for key in words if ".cause_is." in key}
    told = {key.removeprefix("change.") for key in words if key.startswith("change.")}
    assert (
        told - {"initialisation_only", "rate", "counts", "effect", "effects", "or", "untried"}
        <= causes
    )
