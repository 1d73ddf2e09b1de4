"""nonlin list: what each filter keeps, alone and together."""

import json
import math

import pytest

import nonlin as nl
from nonlin.cli import list as listing
from nonlin.cli import run


def test_list_names_every_entry(said):
    lines = said("list").splitlines()
    assert [line.split()[0] for line in lines[2:-1]] == list(nl.names())
    entries = json.loads(said("list", "--json"))
    assert [entry["name"] for entry in entries] == list(nl.names())
    assert "带泄漏修正线性单元" in said("list", "--lang", "zh")


@pytest.fixture
def listed(capsys):
    def names(*arguments):
        assert run(["list", *arguments, "--json"]) == 0
        return [entry["name"] for entry in json.loads(capsys.readouterr().out)]

    return names


def elementwise():
    return [entry for entry in map(nl.get, nl.names()) if entry.elementwise]


HOLDS = {
    "smooth": lambda p: p.smoothness == math.inf and p.defined_everywhere,
    "monotone": lambda p: p.monotone in ("increasing", "decreasing"),
    "bounded": lambda p: math.isfinite(p.range[0]) and math.isfinite(p.range[1]),
    "odd": lambda p: p.parity == "odd",
    "even": lambda p: p.parity == "even",
    "zero-centred": lambda p: abs(p.mean) < 0.01,
}
KNOWN = {  # in, out
    "smooth": ("gelu", "relu"),
    "monotone": ("relu", "gelu"),
    "bounded": ("sigmoid", "relu"),
    "odd": ("tanh", "sigmoid"),
    "even": ("gaussian", "tanh"),
    "zero-centred": ("tanh", "relu"),
}


def test_every_flag_of_the_table_is_tested():
    assert set(HOLDS) == set(KNOWN) == {row.name for row in listing.FILTERS if row.read is None}


@pytest.mark.parametrize("flag", HOLDS)
def test_a_flag_keeps_what_has_the_property(flag, listed):
    found = listed(f"--{flag}")
    assert found == [entry.name for entry in elementwise() if HOLDS[flag](entry.properties)]
    inside, outside = KNOWN[flag]
    assert inside in found
    assert outside not in found


def test_filters_are_combined(listed):
    found = listed("--smooth", "--bounded", "--odd", "--cost", "1exp")
    assert "tanh" in found
    assert not {"sigmoid", "gelu", "softsign"} & set(found)
    alone = [set(listed(flag)) for flag in ("--smooth", "--bounded", "--odd")]
    assert set(found) == set.intersection(*alone, set(listed("--cost=1exp")))


def test_cost_is_an_upper_bound(listed):
    free = listed("--cost", "0exp")
    assert free == listed("--cost", "0")
    assert {"relu", "hard_swish", "softsign"} <= set(free)
    assert "sigmoid" not in free
    assert set(free) < set(listed("--cost", "1")) < set(listed("--cost", "2"))


def test_kinds(listed):
    rows = listed("--kind", "rowwise")
    assert {"softmax", "log_softmax"} <= set(rows)
    kinds = {nl.get(name).kind for name in nl.names()}
    found = [name for kind in kinds for name in listed("--kind", kind.title())]
    assert sorted(found) == sorted(nl.names())


@pytest.mark.parametrize(
    ("text", "name"),
    [("silu", "silu"), ("hard-swish", "hard_swish"), ("misra", "mish"), ("双曲 正切", "tanh"),
     ("swish", "silu"), ("1606.08415", "gelu"), ("x * normal_cdf(x)", "gelu"),
     ("SQUARED", "relu_squared"), ("torch.nn.hardswish", "hard_swish")],
)  # fmt: skip
def test_search_looks_everywhere(text, name, listed):
    assert name in listed("--search", text)


def test_search_wants_every_word(listed):
    assert listed("--search", "hard swish") == ["hard_swish"]
    assert len(listed("--search", "hard")) > 1
    assert listed("--search", "") == list(nl.names())


def test_sorting(listed):
    assert listed("--sort", "name") == sorted(nl.names())
    years = [nl.get(name).year for name in listed("--sort", "year")]
    assert years == sorted(years)
    costs = [nl.get(name).properties.exponentials for name in listed("--sort", "cost", "--bounded")]
    assert costs == sorted(costs)
    assert not nl.get(listed("--sort", "cost")[-1]).elementwise
    assert listed() == list(nl.names())


def test_nothing_found_is_said(capsys, listed):
    assert listed("--odd", "--even") == []
    assert run(["list", "--odd", "--search", "no such thing"]) == 0
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "--odd --search 'no such thing'" in said
    assert str(len(nl.names())) in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--kind", "rowise"], "--kind is 'rowise': it takes one of elementwise"),
        (["--sort", "coost"], "Did you mean cost?"),
        (["--cost", "cheap"], "such as 0exp or 1exp"),
        (["--cost", "-1"], "such as 0exp or 1exp"),
        (["--smoth"], "--smooth"),
    ],
)
def test_bad_values(arguments, sentence, capsys):
    assert run(["list", *arguments]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("columns", [80, 120])
def test_one_line_for_each_entry(columns, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    for language in ("en", "zh"):
        assert run(["list", "--lang", language]) == 0
        lines = capsys.readouterr().out.splitlines()
        entries = lines[2:-1]
        assert [line.split()[0] for line in entries] == list(nl.names())
        assert all(str(nl.get(line.split()[0]).year) in line for line in entries)
        assert max(map(len, lines)) <= columns
