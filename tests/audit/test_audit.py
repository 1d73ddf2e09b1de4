"""Known faults of other libraries are found, confirmed and reproduced; ours has none."""

import json
import math
import subprocess
import sys

import numpy as np
import pytest

import nonlin as nl
from nonlin import report
from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.audit import libraries
from nonlin.audit.results import Audit
from nonlin.audit.told import remarks
from nonlin.cli import run


def findings(audit, **wanted):
    return [
        each
        for each in audit.findings
        if all(getattr(each, key) == value for key, value in wanted.items())
    ]


def covers(finding, x):
    return any(low <= x <= high for low, high in finding.where)


def test_gelu_of_torch(audits):
    (wrong,) = findings(audits["torch"], format="float32", order=0, kind="wrong")
    assert covers(wrong, -5.5)
    assert covers(wrong, -6)
    assert not covers(wrong, -1)
    assert wrong.share > 0.4
    assert wrong.ours == pytest.approx(wrong.truth, rel=1e-6)
    (limit,) = findings(audits["torch"], order=0, kind="limit")
    assert covers(limit, -math.inf)
    assert limit.also == ("float16", "bfloat16")


def test_slope_of_elu_in_jax(audits):
    (wrong,) = findings(audits["jax"], format="float32", kind="wrong")
    assert (wrong.name, wrong.order) == ("jax.nn.elu", 1)
    assert covers(wrong, -18.7)


def test_what_is_right_has_no_fault(audits):
    assert audits["torch"].libraries[0].sound == ("torch.nn.functional.relu",)
    assert audits["jax"].libraries[0].sound == ("jax.nn.relu6",)  # subnormal numbers, kinks


def test_what_a_library_cannot_is_told(audits):
    (library,) = audits["onnxruntime"].libraries
    (left,) = library.left_out
    assert (left.name, left.format) == ("onnx.Celu", "float16")
    assert "float16" in left.reason
    assert {(row.format, row.order) for row in library.rows} == {("float32", 0), ("float16", 0)}


def test_what_it_cannot_for_one_reason_is_told_at_once(monkeypatch):
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)  # as where only nonlin is installed
    (library,) = nl.audit("nonlin", names=["relu", "gelu"]).libraries
    said = [str(each) for each in remarks(library)]
    assert "Not computed in bfloat16: relu, gelu (ModuleNotFoundError" in said[-1]
    assert sum("bfloat16" in each for each in said) == 1


@pytest.mark.parametrize(
    ("library", "name"),
    [
        ("torch", "torch.nn.LeakyReLU(0.1)"),
        ("torch", "torch.nn.Threshold(0.1, 20)"),
        ("onnxruntime", "onnx.LeakyRelu(alpha=0.1)"),
        ("onnxruntime", "onnx.PRelu(alpha=0.3)"),
    ],
)
def test_what_stands_in_brackets_is_what_runs(library, name):
    pytest.importorskip(library)
    (found,) = nl.audit(library, names=[name]).libraries
    assert (found.sound, found.left_out) == ((name,), ())


def test_three_lines_show_each_fault(audits):
    found = [each for audit in audits.values() for each in audit.findings]
    assert len(found) > 8
    assert all(each.lines.count("\n") == 2 for each in found)
    code = "\n".join(each.lines for each in found)
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    shown = [line.split(" instead of ") for line in ran.stdout.splitlines()]
    got = [float(line[0]) for line in shown]
    np.testing.assert_array_equal(got, [each.got for each in found])
    np.testing.assert_allclose(
        [float(line[1]) for line in shown], [each.truth for each in found], rtol=1e-8
    )


def test_ours_has_no_fault():
    found = nl.audit("nonlin", names=["gelu", "squareplus", "erf", "hard_sigmoid", "tanhshrink"])
    assert found.findings == ()
    assert {row.format for row in found.libraries[0].rows} == {"float32", "float16", "bfloat16"}
    assert all(row.worst == row.ours for row in found.libraries[0].rows)
    assert "No fault in nonlin" in str(found)


def test_a_stricter_limit_finds_more():
    found = nl.audit("nonlin", names=["gelu"], ulp=0.55)
    assert findings(found, kind="wrong")
    assert not findings(found, format="float16")


def test_the_table(audits):
    table = audits["torch"].table
    assert table.height == 2 * 3 * 2
    gelu = table.filter(entry="gelu", format="float32", order=0).row(0, named=True)
    assert gelu["worst"] == math.inf
    assert gelu["ours"] < 4
    assert gelu["findings"] == 3


class Broken:
    """A library whose function is 0 wherever ours is small."""

    def __init__(self, written):
        self.activation = nl.get(written.path)

    def run(self, x, kind):
        value, slope = self.activation.value_and_derivative(x)
        return np.where(np.abs(value) < 1e-3, 0, value), slope

    def at(self, x, kind, order):
        return float(self.run(np.array([x], np.float32), kind)[order][0])

    def lines(self, x, kind, order):
        return "", "", f"{x}"


def library(program):
    return libraries.Library("nonlin", ("nonlin",), (), program, ("float32",))


def test_a_fault_that_is_planted(monkeypatch):
    monkeypatch.setitem(libraries.LIBRARIES, "nonlin", library(Broken))
    (found,) = nl.audit("nonlin", names=["sigmoid"]).findings
    assert (found.kind, found.order, found.got) == ("wrong", 0, 0.0)
    assert found.truth == pytest.approx(1e-3, rel=0.01)  # the largest of those that are lost
    assert found.share == 1
    ((low, high),) = found.where
    assert low < -80
    assert high == pytest.approx(math.log(1e-3), abs=0.01)


def test_what_is_not_confirmed_is_not_told(monkeypatch):
    class Once(Broken):
        def at(self, x, kind, order):
            return float(self.activation(x, precision="exact"))

    monkeypatch.setitem(libraries.LIBRARIES, "nonlin", library(Once))
    assert nl.audit("nonlin", names=["sigmoid"]).findings == ()


def test_ctrl_c_keeps_what_is_done():
    seen = []

    def on_progress(done, total, name):
        seen.append((done, total))
        if name == "tanh":
            raise KeyboardInterrupt

    found = nl.audit("nonlin", names=["relu", "tanh"], on_progress=on_progress)
    assert found.interrupted
    assert found.libraries[0].functions == ("relu",)
    assert seen[0][0] == 1
    assert "Interrupted" in str(found)
    with pytest.raises(KeyboardInterrupt):
        nl.audit("nonlin", names=["tanh"], on_progress=on_progress)
    with pytest.raises(ZeroDivisionError):
        nl.audit("nonlin", names=["relu"], on_progress=lambda done, total, name: 1 // 0)


@pytest.mark.parametrize(
    ("given", "options", "sentence"),
    [
        ((), {}, "at least one library"),
        (("torhc",), {}, r"no audit of 'torhc': .* Did you mean torch"),
        (("tensorflow",), {}, "no audit of 'tensorflow'"),
        (("nonlin",), {"names": ["softmax"]}, "nonlin has no element-wise activation called"),
        (("nonlin",), {"names": ["rleu"]}, "no activation 'rleu'"),
        (("nonlin",), {"names": ["leaky_relu(0.2)"]}, r"'leaky_relu\(0.2\)'.* mean leaky_relu"),
        (
            ("nonlin",),
            {"names": [nl.get("leaky_relu(0.2)")]},
            "called <Act.*=0.2>",
        ),
        (("nonlin",), {"names": []}, r"names is \[\]: give a list"),
        (("nonlin",), {"names": 3}, "names is 3: give a list"),
        ((["torch", "jax"],), {}, r"no audit of \['torch', 'jax'\]"),
        (("nonlin",), {"ulp": 0.1}, "ulp is 0.1"),
    ],
)
def test_bad_input_is_one_sentence(given, options, sentence):
    with pytest.raises(InputError, match=sentence):
        nl.audit(*given, **options)


def test_a_name_alone_is_a_list_of_one():
    torch = libraries.LIBRARIES["torch"]
    assert torch.wanted("gelu") == torch.wanted(["gelu"]) == torch.wanted([nl.gelu])


def test_parameters_of_ours_are_those_of_the_library():
    keras = libraries.LIBRARIES["keras"]  # whose default is 0.2, and ours is 0.01
    assert list(keras.wanted("leaky_relu(0.2)")) == ["keras.activations.leaky_relu"]
    with pytest.raises(InputError, match=r"called 'leaky_relu\(0.01\)'"):
        keras.wanted("leaky_relu(0.01)")


def test_a_library_that_is_not_installed(monkeypatch):
    monkeypatch.setattr(libraries, "find_spec", lambda package: None)
    with pytest.raises(InputError, match="torch is not installed on this machine"):
        nl.audit("torch")


def test_keras_on_what_it_does_not_know(monkeypatch):
    def refuse(name):
        raise ValueError("Unable to import backend : tensrflow")

    monkeypatch.setattr(libraries, "find_spec", lambda package: package)
    monkeypatch.setattr(libraries, "import_module", refuse)
    with pytest.raises(InputError, match=r"Keras runs on tensrflow here, .* KERAS_BACKEND"):
        nl.audit("keras")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_reports(audits, language, tmp_path):
    both = Audit(
        (*audits["torch"].libraries, *audits["onnxruntime"].libraries),
        audits["torch"].allowed,
        exhaustive=False,
        seconds=1.0,
        interrupted=False,
    )
    with speaking(language):
        pages = {
            ending: report.write(both, tmp_path / f"a{ending}").read_text(encoding="utf-8")
            for ending in (".html", ".md", ".json")
        }
    lines = both.findings[0].lines.splitlines()
    for page in pages.values():
        assert all(word in page for word in ("gelu", "Softsign", lines[1]))
    assert pages[".html"].count('class="copy"') == len(both.findings)
    assert "e-\u206007" in pages[".html"]  # no line ends inside a number
    plain = json.loads(pages[".json"])
    assert len(plain["libraries"][0]["findings"]) == len(audits["torch"].findings)
    with pytest.raises(InputError, match=r"\.html, \.htm, \.md"):
        report.write(both, tmp_path / "a.txt")


def test_the_command(capsys, tmp_path):
    pytest.importorskip("onnxruntime")
    line = ["audit", "onnxruntime", "--names", "softsign", "-o", str(tmp_path / "a.md"), "-q"]
    assert run(line) == 0
    said = capsys.readouterr()
    assert ": 1, in 1 of 1 functions" in said.out
    assert "print(onnxruntime.InferenceSession" in said.out
    assert "a.md" in said.err
    assert "Softsign" in (tmp_path / "a.md").read_text()
    assert run(["audit", "nonlin", "--ulp", "0"]) == 2
    assert "--ulp is '0': it must be a number with 0.5 <= --ulp" in capsys.readouterr().err
    assert run(["audit", "nonlin", "--names", "relu", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["libraries"][0]["findings"] == []


def test_names_of_the_command_have_commas_between_them_only(capsys):
    assert run(["audit", "nonlin", "--names", "relu, Threshold(0.1, 20)"]) == 2
    assert "called 'Threshold(0.1, 20)'" in capsys.readouterr().err
    assert run(["audit", "nonlin", "--names", ","]) == 2
    assert "no activation ','" in capsys.readouterr().err
