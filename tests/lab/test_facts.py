"""What the lab knows is what nonlin says: the same numbers, the same sentences."""

import json
import math
import re

import pytest

import nonlin as nl
from nonlin import portrait
from nonlin._text import speaking
from nonlin.lab import entries, facts
from nonlin.lab.texts import texts

KNOWN = ("relu", "gelu", "leaky_relu", "sine", "hard_tanh", "exponential", "softmax", "swiglu",
        "crelu", "rrelu", "probact", "gumbel_softmax")  # fmt: skip
PLAIN_GAPS = re.compile(r"([^{}]|\{\w+\})*")  # as the pages fill them


@pytest.fixture(scope="module", params=KNOWN)
def both(request):
    """An activation, and what is written of it."""
    found = nl.get(request.param)
    return found, json.loads(entries.as_json(facts.entry(found, "family")))


def number(value):
    return float(value) if isinstance(value, str) else value


def test_numbers_are_those_of_the_activation(both):
    activation, known = both
    assert list(map(number, known["range"])) == pytest.approx(activation.range)
    assert known["kinks"] == pytest.approx(activation.kinks)
    defaults = [each["default"] for each in known["parameters"]]
    assert defaults == pytest.approx([*activation.values.values()])
    if activation.elementwise:
        assert known["gain"] == pytest.approx(activation.gain)
        found = activation.properties
        assert known["lipschitz"] in (pytest.approx(found.lipschitz), None)
        assert (known["lipschitz"] is None) == math.isinf(found.lipschitz)
        assert known["exponentials"] == found.exponentials


def test_what_no_kernel_draws_is_sampled(both):
    activation, known = both
    drawn = {"elementwise": None, "gated": "curve"}.get(activation.kind, "row")
    expected = None if activation.elementwise else drawn
    assert [name for name in ("curve", "row") if name in known] == ([expected] if expected else [])
    if expected == "curve":
        x = known["curve"]["low"] + 20 * known["curve"]["step"]
        assert known["curve"]["y"][20] == pytest.approx(float(activation([1.0], [x])[0]), abs=1e-3)
    if expected == "row":
        assert known["row"]["y"] == pytest.approx(list(activation(known["row"]["x"])))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sentences_are_those_of_show(both, language):
    activation, known = both
    with speaking(language):
        told = entries.told(activation, known)
        lines = dict(portrait.rows(activation))
        assert told["title"] == activation.title
        assert told["lines"]
        assert told["weaknesses"] == list(map(str, activation.weaknesses))
        assert {said for _, said in told["lines"]} <= {
            v for v in lines.values() if isinstance(v, str)
        }


def test_regions_without_a_slope():
    relu, clipped = (facts.entry(nl.get(name)) for name in ("relu", "hard_tanh"))
    assert relu["dead"] == [["-Infinity", 0]]
    assert clipped["dead"] == [["-Infinity", -1], [1, "Infinity"]]
    left, right = facts.entry(nl.get("tanh"))["saturated"]
    assert (left[0], right[1]) == ("-Infinity", "Infinity")
    assert left[1] == pytest.approx(-right[0])


def test_edge_of_chaos():
    assert facts.entry(nl.get("relu"))["critical"] == {"weight_variance": 2, "bias_variance": 0}
    assert facts.entry(nl.get("sigmoid"))["critical"] is None


def test_a_formula_is_given_again_where_a_language_writes_it_otherwise():
    found = nl.get("hard_tanh")
    with speaking("en"):
        known = facts.entry(found)
        assert "mathml" not in entries.told(found, known)
    with speaking("zh"):
        assert {"mathml", "mathml_slope"} & entries.told(nl.get("selu"), known).keys()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"a": math.inf, "b": [math.inf, -math.inf, math.nan]},
         {"a": None, "b": ["Infinity", "-Infinity", "NaN"]}),
        ({"a": 0.1 + 0.2, "b": 3.0}, {"a": 0.3, "b": 3}),
        ({"a": [[0.0, math.inf]]}, {"a": [[0, "Infinity"]]}),
        ({"a": {"b": math.nan}}, {"a": {"b": None}}),
    ],
)  # fmt: skip
def test_numbers_that_json_lacks(given, expected):
    assert entries.as_plain(given) == expected


def test_facts_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("NONLIN_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(facts, "catalogue", lambda language: {"language": language})
    assert facts.written("en") == b'{"language":"en"}'
    monkeypatch.setattr(facts, "catalogue", lambda language: pytest.fail("made again"))
    assert facts.written("en") == b'{"language":"en"}'


def test_facts_are_made_again_where_any_kind_changes(monkeypatch):
    asked = []
    monkeypatch.setattr(facts, "digest", lambda *modules: asked.extend(modules) or "")
    facts._key("en")
    assert {f"nonlin.kinds.{nl.get(name).kind}" for name in nl.names()} <= {*asked}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_have_gaps_that_pages_can_fill(language):
    found = texts(language)
    assert "lab.title" in found
    assert not [key for key, said in found.items() if not PLAIN_GAPS.fullmatch(said)]
