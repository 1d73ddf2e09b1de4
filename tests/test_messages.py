"""Every text exists in both languages, and every key that the code names exists."""

import ast
import re
import string
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import nonlin
from nonlin._errors import InputError, nearest
from nonlin._text import (
    bracketed,
    catalogue,
    language,
    listed,
    percent,
    power,
    say,
    set_language,
    speaking,
    text,
)
from nonlin.checks import real_array

ROOT = Path(nonlin.__file__).parent
ENGLISH, CHINESE = catalogue("en"), catalogue("zh")
ERRORS = ("NonlinError", "InputError", "CompileError")


def placeholders(message):
    return {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}


def test_the_same_keys_in_both_languages():
    assert set(ENGLISH) == set(CHINESE)


def test_the_same_placeholders():
    same = {key: placeholders(ENGLISH[key]) == placeholders(CHINESE[key]) for key in ENGLISH}
    assert not [key for key in same if not same[key]]


def test_no_key_stands_in_two_files():
    for name in ("en", "zh"):
        files = sorted((ROOT / "messages" / name).glob("*.toml"))
        tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
        assert sum(_count(table) for table in tables) == len(catalogue(name))


def _count(table):
    return sum(_count(v) if isinstance(v, dict) else 1 for v in table.values())


def nodes():
    """Those of the syntax trees of all our files."""
    for path in ROOT.rglob("*.py"):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


@cache
def written():
    """Keys that calls name, and patterns: strings, and f-strings with their gaps open."""
    found = [(named_key(node), pattern(node)) for node in nodes()]
    return [set(filter(None, column)) for column in zip(*found, strict=True)]


def named_key(node):
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
        return None
    key = node.args[0]
    if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
        return None
    if node.func.id in ("say", "text", "message"):
        return key.value
    return f"errors.{key.value}" if node.func.id in ERRORS else None


def pattern(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if not (isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)):
        return None
    parts = [getattr(part, "value", None) for part in node.values]
    known = [re.escape(p) if isinstance(p, str) else ".+" for p in parts]
    return "".join(known) if "." in parts[0] else None


def test_every_key_that_is_named_exists():
    keys, _ = written()
    assert not keys - set(ENGLISH)


@cache
def patterns_of_pages():
    """Keys of messages that the pages of the lab name, whole or with a gap: between quotes."""
    files = (ROOT.parents[1] / "web" / "src").rglob("*")
    pages = [path.read_text("utf-8") for path in files if path.suffix in (".ts", ".svelte")]
    named = re.compile(r"""['"`](lab\w*\.(?:[\w.]|\$\{[^}]+\})+)['"`]""")
    keys = {key for page in pages for key in named.findall(page)}
    return {re.sub(r"\\\$\\{.*?\\}", r"\\w+", re.escape(key)) for key in keys}


def test_every_key_that_the_pages_name_exists():
    found = patterns_of_pages()
    assert {r"lab\.title", r"lab\.view\.\w+"} <= found
    assert not [key for key in found if not any(re.fullmatch(key, each) for each in ENGLISH)]


class TestValuesAreNoPython:
    """What a sentence quotes is written as people write it, not as Python prints it."""

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            ("it's", "'it's'"),
            (np.str_("red"), "'red'"),
            (np.float64(0.5), "0.5"),
            (np.int64(3), "3"),
            (np.float32(2), "2.0"),
            (np.bool_(True), "True"),
            (np.array(7), "7"),
        ],
    )
    def test_of_numpy(self, value, shown):
        for key in ("errors.precision", "errors.unknown_activation"):
            said = say(key, given=value, allowed="fast", hint="")
            assert f" {shown}:" in said

    @pytest.mark.parametrize("language_", ["en", "zh"])
    def test_in_every_sentence(self, language_):
        """A number of NumPy in each gap that takes one."""
        gaps = {key: placeholders(message) for key, message in ENGLISH.items()}
        single = [key for key, names in gaps.items() if not set("[.") & set("".join(names))]
        with speaking(language_):
            said = {key: say(key, **dict.fromkeys(gaps[key], np.float64(0.5))) for key in single}
        assert not [key for key, sentence in said.items() if "np." in sentence]

    def test_of_a_model(self):
        """As its files, which are JSON, hold them."""
        from nonlin.keep.plain_values import shown

        values = [None, True, "größe", [1, "a"], {"a": None}]
        assert [shown(value) for value in values] == [
            "null", "true", "'größe'", '[1, "a"]', '{"a": null}',
        ]  # fmt: skip

    def test_of_types(self):
        with pytest.raises(InputError, match=r"of type str:"):
            real_array("X", ["a", "b"])


def test_no_message_is_left_over():
    """Each key stands in the code, whole or with a gap; errors stand without their table."""
    _, patterns = written()
    named = re.compile("|".join([*patterns, *patterns_of_pages()]))
    keys = {key: (key, key.removeprefix("errors.")) for key in ENGLISH}
    assert not [key for key, names in keys.items() if not any(map(named.fullmatch, names))]


def test_chinese_is_chinese():
    """A message without a Chinese character is a name, a number or a sign, not a sentence."""
    latin = {key for key, said in CHINESE.items() if not re.search("[\u4e00-\u9fff]", said)}
    words = {word for key in latin for word in re.findall("[A-Za-z]{4,}", bare(CHINESE[key]))}
    assert words <= {"LaTeX"}


def bare(message):
    return re.sub(r"{\w*(![rs])?(:[^}]*)?}", "", message)


def test_choosing_a_language(monkeypatch):
    for variable in ("NONLIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    assert language() == "en"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert language() == "zh"
    monkeypatch.setenv("NONLIN_LANG", "en")
    assert language() == "en"
    with speaking("zh"):
        assert say("errors.out_read_only") == CHINESE["errors.out_read_only"]
    with pytest.raises(InputError, match="languages are en, zh"):
        set_language("fr")


def test_a_text_is_rendered_when_it_is_read():
    kept = text("errors.axis", given=3, dimensions=2)
    with speaking("zh"):
        assert "3" in str(kept)
        assert str(kept) != ENGLISH["errors.axis"]
    assert str(nearest("rleu", ["relu", "elu"])) == " Did you mean relu, elu?"
    assert str(nearest("qqq", ["relu"])) == ""


def test_names_in_a_sentence():
    """Separated, and said to be more or one of them, as the language does it."""
    names, some, one = listed(["a", "b"]), listed("abc", 2), listed("abc", choice=True)
    assert [str(each) for each in (names, some, one)] == ["a, b", "a, b, ...", "a, b, c"]
    assert not listed([])
    with speaking("zh"):
        assert [str(each) for each in (names, some, one)] == ["a、b", "a、b 等", "a、b 或 c"]
        assert str(listed(["甲", "乙", "丙"], 2)) == "甲、乙等"
        assert str(listed([bracketed("size", 3)])) == "size（3）"
        assert str(percent(0.956, ".1f")) == "95.6%"
    assert str(percent(0.956)) == "96 %"
    assert (power(3579.0, 3), power(0.5, 3), power(1e-4 / 3, 2)) == ("3.58×10³", "0.5", "3.3×10⁻⁵")


def test_all_that_only_element_wise_functions_have_is_named():
    call = re.compile(r'(?:\bneeds_elementwise\(|nonlinearity\([^"()]*(?:\[[^"]*\])?, )"(\w+)"\)')
    sources = ROOT.rglob("*.py")
    asked = {name for path in sources for name in call.findall(path.read_text(encoding="utf-8"))}
    assert {"gain", "gain_backward", "gate", "moments", "shape", "stability"} <= asked
    assert {f"asked.{name}" for name in asked} <= set(ENGLISH)
