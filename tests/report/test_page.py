"""The report as one file: complete, escaped, in both languages, written whole or not at all."""

import os
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.choose.verdict import verdict
from nonlin.cli import run
from nonlin.report.page import checked, html
from nonlin.report.page.charts import Interval, Line, intervals, lines, stacked
from nonlin.trials.contest import Arm
from nonlin.trials.race import Budget

SCRIPT = (Path(nl.__file__).parent / "report/page/templates/page.js").read_text(encoding="utf-8")
EVIL = "<script>alert('x')</script>"
WIDTHS = ("wide", "narrow")
VOID = {"meta", "br"}


@pytest.fixture(scope="module")
def result():
    random = np.random.default_rng(0)
    frame = pl.DataFrame({EVIL: random.standard_normal(120), "b": random.standard_normal(120)})
    target = np.where(frame["b"].to_numpy() > 0, EVIL, "no & yes")
    options = {"activations": ["relu", "tanh", "gelu"], "hidden": (6,), "rates": (1e-3, 1e-2)}
    return nl.choose(frame, target, seeds=3, full=True, **options)


class Tags(HTMLParser):
    """Opened and closed in order; what is loaded from elsewhere."""

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.loaded = [], [], []

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        self.loaded += [value for name, value in attributes if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_one_sound_file(result, language):
    with speaking(language):
        page = html(result, f"nonlin choose {EVIL}.csv")
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert [each[0] for each in tags.loaded] == ["#"] * len(tags.loaded)
    assert {each[1:] for each in tags.loaded} <= set(re.findall(r'<section id="(\w+)"', page))
    assert len(tags.loaded) >= 10
    assert tags.seen.count("script") == 1
    assert re.search(r"<script[^>]*>(.*?)</script>", page, re.S)[1].strip() == SCRIPT.strip()
    assert "http" not in re.sub(r"<dd>.*?</dd>", "", page)
    assert len(page) < 1_000_000
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert tags.seen.count("svg") >= 4


def test_everything_is_escaped(result):
    page = html(result, f"nonlin choose {EVIL}.csv")
    assert EVIL not in page
    assert "&lt;script&gt;" in page


def test_it_says_what_the_result_says(result):
    page = html(result)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("&#39;", "'")
    for row in result.standings:
        assert f"{row.score.value:.4f}" in text
    for sentence in (result.recommendation.headline, result.baseline.sentence):
        assert str(sentence).replace("<", "&lt;").replace(">", "&gt;") in text
    for sentence in result.untried:
        assert str(sentence) in text
    assert nl.__version__ in text
    assert text.index(str(verdict(result)[0])) < text.index("Ranking")


def test_chinese_has_no_english_headings(result):
    with speaking("zh"):
        page = html(result)
    heads = re.findall(r"<h[12]>(.*?)</h[12]>", page)
    assert len(heads) >= 8
    assert all(re.search("[\u4e00-\u9fff]", head) for head in heads)


def test_a_single_round_and_a_single_rate():
    X, y = np.random.default_rng(0).standard_normal((60, 2)), np.arange(60.0)
    one = nl.choose(X, y, activations=["relu"], rates=[0.01], seeds=1, hidden=(4,))
    assert "<h2>" in html(one)


def section(page, name):
    """As wide pages show it."""
    found = re.search(rf'<section id="{name}">(.*?)</section>', page, re.S)[1]
    wide, narrow = (re.findall(rf'<svg class="{look}".*?</svg>', found) for look in WIDTHS)
    assert len(wide) == len(narrow)
    assert all(
        one.count("<circle") == other.count("<circle")
        for one, other in zip(wide, narrow, strict=True)
    )
    return re.sub(r'<svg class="narrow".*?</svg>', "", found)


def cells(part):
    rows = re.findall(r"<tr>(.*?)</tr>", part, re.S)[1:]
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def test_stability_by_layer(result):
    """Points of every network in the chart, a dashed line of theory for each; all in the table."""
    part = section(html(result), "layers")
    networks = len(result.standings) + 1  # the recommended one twice
    assert part.count("dashed") == networks
    assert part.count("<circle") == 2 * networks
    assert part.count("hollow") == 2
    rows = cells(part)
    assert len(rows) == 2 * networks
    relu = next(each for each in result.layers if each.label == "relu" and not each.trained)
    first, last = relu.stability.layers
    wanted = ["relu", "before", "1", *(f"{v:.3g}" for v in (first.second, first.predicted_second))]
    wanted += [f"{v / last.gradient:.3g}" for v in (first.gradient, first.predicted_gradient)]
    assert [row[:7] for row in rows if row[:3] == wanted[:3]] == [wanted]
    outputs = [row for row in rows if row[2] == "output"]
    assert all(row[5:] == ["1", "1", "–", "–"] for row in outputs)


def test_networks_of_different_depth_and_gradients_that_vanish():
    X = np.random.default_rng(0).standard_normal((80, 2))
    options = {"activations": ["relu", "sigmoid"], "rates": [0.01], "seeds": 1, "quick": True}
    part = section(html(nl.choose(X, X[:, 0], hidden=[(3,) * 12, (4,)], **options)), "layers")
    assert "−12" in part
    assert len(re.findall(r'class="tick"[^>]*middle', part)) == 7  # thinned out
    assert "nan" not in part


def test_every_cost_has_a_bar(result):
    part = section(html(result), "cost")
    assert part.count('class="dot') == len(result.standings)
    assert part.count('class="bar') == len(result.standings)


def test_learning_rates_are_means_over_splits(result):
    rows = {row[0]: row[1:] for row in cells(section(html(result), "rates"))}
    for candidate, label in zip(result.plan.candidates, result.plan.labels, strict=True):
        for place, rate in enumerate(result.plan.rates):
            arm = Arm(candidate, rate)
            scores = [each.outcomes[arm].validated for each in result.race.rounds]
            assert rows[label][place] == f"{np.mean(scores):.4f} (3)"


def test_what_the_command_gives(result):
    """The same result, unless seconds or Ctrl-C ended the race."""
    assert "gives the same result:" in html(result, "nonlin")
    timed = replace(result, plan=replace(result.plan, budget=Budget(seconds=1.0)))
    assert "as far as its seconds suffice" in html(timed, "nonlin")
    counted = replace(result, plan=replace(result.plan, budget=Budget(runs=18)))
    assert "gives the same result:" in html(counted, "nonlin")
    stopped = replace(result, race=replace(result.race, ended="interrupted"))
    assert "interrupted after 3 splits; this command" in html(stopped, "nonlin")


def test_rows_of_a_sample(result):
    assert "<dd>120</dd>" in html(result)
    large = replace(result, rows=100_000, of_rows=1_000_000)
    assert "<dd>100,000 of 1,000,000, drawn at random</dd>" in html(large)


@pytest.mark.parametrize("pace", ["race", "full"])
def test_settings_are_in_the_language_of_the_reader(result, pace):
    with speaking("zh"):
        page = html(replace(result, plan=replace(result.plan, pace=pace)))
    settings = re.search(r'<dl class="settings">(.*?)</dl>', page, re.S)[1]
    assert "weight decay" not in page
    assert re.search("[\u4e00-\u9fff]", re.findall("<dd>(.*?)</dd>", settings)[-1])


def test_the_leader_is_explained(result):
    assert html(result).count("The leader has the lowest loss on validation rows") == 1


def test_writing(result, tmp_path):
    path = nl.report.write(result, tmp_path / "report.html")
    before = path.read_text(encoding="utf-8")
    assert before.startswith("<!doctype html>")
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]
    nl.report.write(result, path)


@pytest.mark.parametrize("given", [3, None, "iris", nl.choose])
def test_what_is_no_result(given, tmp_path):
    with pytest.raises(InputError, match=f"of type {type(given).__name__}"):
        nl.report.write(given, tmp_path / "report.html")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["report.txt", "report", "nowhere/report.html"])
def test_places_that_are_refused(result, tmp_path, name):
    with pytest.raises(InputError):
        nl.report.write(result, tmp_path / name)
    with pytest.raises(InputError):
        nl.report.write(result, tmp_path)


def test_the_command_refuses_before_it_trains(capsys, tmp_path):
    target = tmp_path / "nowhere" / "report.html"
    assert run(["choose", "digits", "--report", str(target)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_command_writes_how_to_get_it_again(capsys, tmp_path):
    path = tmp_path / "iris.html"
    line = ["choose", "iris", "--quick", "--seeds", "2", "--hidden", "4", "--report", str(path)]
    assert run(line) == 0
    assert str(path) in capsys.readouterr().err
    assert "nonlin choose iris --quick --seeds 2" in path.read_text(encoding="utf-8")
    assert os.access(path, os.R_OK)


def test_charts_hold_every_label_and_point():
    rows = [Interval("a<b", 0.5, 0.4, 0.6, "chosen"), Interval("c", 0.1, 0.1, 0.1, "tied")]
    drawn = intervals(rows, "title")
    assert "a&lt;b" in drawn
    assert drawn.count("<circle") == 2
    found = [Line("one", [(1.0, 0.1), (2.0, 0.2)], strong=True), Line("two", [(1.0, float("nan"))])]
    drawn = lines(found, "title", [(1.0, "1"), (2.0, "2")])
    assert drawn.count("<polyline") == 1
    assert "strong" in drawn
    assert stacked([("a", 0.25), ("b", 0.75)], "title").count('height="30"') == 2


def test_labels_do_not_overlap():
    found = [Line(f"line {k}", [(1.0, 0.5), (2.0, 0.5 + 1e-6 * k)]) for k in range(8)]
    drawn = lines(found, "title", [])
    places = [float(y) for y in re.findall(r'<text class="name[^>]* y="([\d.]+)"', drawn)]
    assert len(places) == 8
    assert np.diff(sorted(places)).min() > 14
    assert min(places) > 0


def test_a_legend_stays_inside():
    parts = [(f"a source with a long name {k}", 0.2) for k in range(5)]
    drawn = stacked(parts, "title")
    rights = [
        float(x) + 8 * len(label)
        for x, label in re.findall(r'<text class="tick" x="([\d.]+)"[^>]*>([^<]*)<', drawn)
    ]
    assert len(rights) == 5
    assert max(rights) <= 720
    assert "0 0 720 72" not in drawn  # several lines


def test_what_is_recommended_has_one_look():
    found = [Line(f"l{k}", [(1.0, 0.1 * k), (2.0, 0.2)], strong=k == 4) for k in range(8)]
    drawn = lines(found, "title", [])
    assert drawn.count('class="line c1 strong"') == 1
    assert 'class="line c1"' not in drawn
    assert len(set(re.findall(r'class="line (c\d)', drawn))) == 8


def test_the_verdict_is_three_sentences(result):
    box = re.search(r'<div class="verdict">(.*?)</div>', html(result), re.S)[1]
    sentences = re.findall(r"<p>(.*?)</p>", box)
    assert [unescape(each) for each in sentences] == [str(line) for line in verdict(result)]
    assert len(sentences) == 3


def test_all_points_are_there_and_most_are_folded(result):
    page = html(result)
    shown, folded = re.search(r"<ul>(.*?)</ul>\s*<details>.*?<ul>(.*?)</ul>", page, re.S).groups()
    found = result.points
    for part, wanted in ((shown, found.first), (folded, found.rest)):
        said = [unescape(each) for each in re.findall("<li>(.*?)</li>", part, re.S)]
        assert said == [str(point) for point in wanted]


def test_a_folder_that_cannot_be_written_to_is_refused_at_once():
    with pytest.raises(InputError):
        checked("/proc/report.html")


def test_the_answer_is_printed_even_if_the_report_fails(capsys, tmp_path, monkeypatch):
    def full(*_, **__):
        raise InputError("cannot_write", path="iris.html", reason="No space left on device")

    monkeypatch.setattr("nonlin.report.page.write", full)
    line = ["choose", "iris", "--quick", "--seeds", "2", "--hidden", "4", "--rates", "0.01"]
    assert run([*line, "--report", str(tmp_path / "iris.html")]) == 2
    said = capsys.readouterr()
    assert said.out.startswith("Use ")
    assert "No space left" in said.err


LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
SEEN = {  # linear light as most people see it; without red or green cones (Machado et al. 2009)
    "normal": (np.eye(3), 0.2),
    "deuteranopia": (
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.01182, 0.04294, 0.968881]], 0.09,
    ),
    "protanopia": (
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]], 0.09,
    ),
}  # fmt: skip


def linear(colour):
    """Linear light of #rrggbb, as in the relative luminance of WCAG 2."""
    share = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("eyes", SEEN)
def test_colours_of_lines_can_be_told_apart(result, eyes):
    """In each theme no two are alike, and all can be read on its paper."""
    matrix, apart = SEEN[eyes]
    style = re.search(r"<style>(.*?)</style>", html(result), re.S)[1]
    themes = re.findall(r"--paper: (#\w+);.*?(--c0:.*?)\}", style, re.S)
    assert len(themes) == 3  # light, dark, print
    for paper, colours in themes[:2]:
        found = [linear(each) for each in re.findall(r"--c\d: (#\w{6})", colours)]
        assert len(found) == 8
        for one in found:
            dark, light = sorted((LUMINANCE @ one, LUMINANCE @ linear(paper)))
            assert (light + 0.05) / (dark + 0.05) >= 3
        seen = [np.cbrt(np.clip(matrix @ each, 0, 1)) for each in found]
        pairs = [(a, b) for k, a in enumerate(seen) for b in seen[:k]]
        assert min(float(np.linalg.norm(a - b)) for a, b in pairs) > apart
