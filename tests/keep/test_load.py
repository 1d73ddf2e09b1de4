"""A folder that is damaged, or made to do harm, ends in one clear sentence."""

import json
import typing
from dataclasses import fields, is_dataclass

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import nonlin as nl
from nonlin._errors import InputError
from nonlin.data.plan import Plan
from nonlin.data.prepare import Preparation
from nonlin.keep import folder
from nonlin.keep.describe import Blueprint
from nonlin.keep.predictor import About
from nonlin.tasks.task import Task

HUGE = 2**40
# which file, where in it, what stands there instead, and a part of the sentence
CHANGES = [
    ("settings", "schema", 4, "version 4 of the format, and this nonlin reads version 3"),
    ("settings", "schema", True, "version True"),
    ("settings", "format", "other", "not a file of a model"),
    ("settings", "network", None, "network cannot be null"),
    ("settings", "network.sizes", [9, 64, 64], "layer3.bias', which the network does not have"),
    ("settings", "network.sizes", [HUGE, HUGE, HUGE, 1], "needs .*1099511627776"),
    ("settings", "network.sizes", [8, 64, -1, 1], "size"),
    ("settings", "network.sizes", "8-64-64-1", "network.sizes cannot be '8-64-64-1'"),
    ("settings", "network.sizes", [8, 64.5, 64, 1], "network.sizes.1. cannot be 64.5"),
    ("settings", "network.dtype", "object", "network.dtype cannot be 'object'"),
    ("settings", "network.dtype", "float64", "the network needs .*F64"),
    ("settings", "network.init", "malevolent", "malevolent"),
    ("settings", "network.seed", -1, "seed"),
    ("settings", "network.hidden", [], "hidden"),
    ("settings", "network.hidden.0.name", ["mish"], "cannot be"),
    ("settings", "network.hidden.0.formula", "os.system('x')", "is no activation"),
    ("settings", "network.hidden.0.formula", "x" * 10**5, "is no activation"),
    ("settings", "network.hidden.0.parameters", {"alpha": "1"}, "cannot be '1'"),
    ("settings", "network.output.name", "softmax", "ends in softmax"),
    ("settings", "task.kind", "binery", "binary"),
    ("settings", "task.kind", "regression", "task.labels cannot be"),
    ("settings", "task.kind", "multiclass", "task.labels cannot be"),
    ("settings", "task.labels.values", ["large"], "task.labels cannot be"),
    ("settings", "task.labels.values", ["large", 3], "task.labels.values cannot be 3"),
    ("settings", "task.labels.dtype", "object", "task.labels.dtype cannot be 'object'"),
    *(
        ("settings", "task.labels.dtype", odd, "task.labels.dtype cannot be")
        for odd in ([], {}, None, 3)
    ),
    ("settings", "task.outputs", 7, "task.outputs|7"),
    ("settings", "task.reason.key", "no.such.text", "task.reason cannot be"),
    ("settings", "task.reason.values", {}, "task.reason cannot be"),
    ("settings", "task.numbers", [1.0], "task.numbers cannot be"),
    ("settings", "task.extra", 1, "task.extra means nothing"),
    ("settings", "about.training.epochs", 0, "epochs"),
    ("settings", "about.training.learning_rate", "fast", "about.training.learning_rate"),
    ("settings", "about.target", None, "about.target cannot be null"),
    ("preparation", "schema", None, "version None"),
    ("preparation", "preparation", [], "preparation cannot be"),
    ("preparation", "reading", [], "reading cannot be"),
    ("preparation", "preparation.names", ["one"], "preparation"),
    ("preparation", "preparation.numeric", [], "preparation"),
    ("preparation", "preparation.scale", 0.0, "preparation.scale cannot be 0"),
    ("preparation", "preparation.mean", "0", "preparation.mean cannot be '0'"),
]


@pytest.fixture
def model(classes, tmp_path):
    return classes.save(tmp_path / "model")


def refused(path, words="."):
    with pytest.raises(InputError, match=words) as caught:
        nl.load(path)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(("file", "where", "value", "words"), CHANGES)
def test_a_changed_value(model, file, where, value, words):
    path = model / f"{file}.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    part = table
    *above, last = [int(key) if key.isdigit() else key for key in where.split(".")]
    for key in above:
        part = part[key]
    part[last] = value
    path.write_text(json.dumps(table), encoding="utf-8")
    refused(model, words)


def test_every_value_that_is_missing(model):
    """Each key of both files, at any depth, left out once."""
    count = 0
    for name in (folder.SETTINGS, folder.PREPARATION):
        path = model / name
        whole = path.read_text(encoding="utf-8")
        for keys in _paths(json.loads(whole)):
            if "parameters" in keys or "versions" in keys[:-1] or "values" in keys[:-1]:
                continue  # mappings with any keys
            table = json.loads(whole)
            part = table
            for key in keys[:-1]:
                part = part[key]
            del part[keys[-1]]
            path.write_text(json.dumps(table), encoding="utf-8")
            refused(model)
            count += 1
        path.write_text(whole, encoding="utf-8")
    assert count > 50
    nl.load(model)


FIELDS = {  # of all that is written, as schema 3 has them
    "About": "data rows columns target training score command versions",
    "Blueprint": "sizes hidden output init seed dtype",
    "Categorical": "levels other",
    "Dated": "column kind cycles",
    "Dialect": "encoding separator quoting header comments marked",
    "FunctionText": "name formula parameters",
    "Numerals": "decimal percent",
    "Numeric": "median mean scale",
    "Plan": "dialect gaps rules",
    "Preparation": "columns numeric dated categorical transformer names mean scale notes",
    "Rule": "name kind levels numerals order",
    "Score": "name value low high error_name error",
    "Settings": "optimizer learning_rate epochs batch_size weight_decay momentum patience seed",
    "Task": "kind outputs labels reason numbers by_probabilities notes",
    "Text": "key values",
    "Transform": "numeric categorical",
}


def classes_in(kind):
    """The dataclasses of which a type is made."""
    if is_dataclass(kind):
        yield kind
    inner = typing.get_type_hints(kind).values() if is_dataclass(kind) else typing.get_args(kind)
    for each in inner:
        yield from classes_in(each)


def test_other_fields_are_a_new_schema():
    """So that older files are read by what LACKS says, or refused in a sentence."""
    kept = {
        each for root in (About, Task, Preparation, Blueprint, Plan) for each in classes_in(root)
    }
    found = {each.__name__: " ".join(field.name for field in fields(each)) for each in kept}
    assert folder.SCHEMA == 3
    assert found == FIELDS


def _paths(value, above=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*above, key)
            yield from _paths(item, (*above, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _paths(item, (*above, at))


@pytest.mark.parametrize(
    "written", ["", "[]", "nonsense", '{"format": NaN}', "[" * 10**5, "\x00", "1e999", '"\\ud800"']
)
@pytest.mark.parametrize("name", [folder.SETTINGS, folder.PREPARATION])
def test_no_json(model, name, written):
    (model / name).write_text(written, encoding="utf-8")
    refused(model, name)


def test_not_utf8_and_too_large(model, monkeypatch):
    (model / folder.SETTINGS).write_bytes(b"\xff\xfe{")
    refused(model, "not JSON")
    monkeypatch.setattr(folder, "MOST_BYTES", 2)
    refused(model, "larger than 0 MiB")


@pytest.mark.parametrize("name", [folder.SETTINGS, folder.PREPARATION, folder.WEIGHTS])
def test_a_file_is_missing_or_none(model, name):
    (model / name).unlink()
    refused(model, f"holds no {name}")
    (model / name).mkdir()
    refused(model, f"holds no {name}")


def test_no_folder(tmp_path):
    refused(tmp_path / "nothing", "There is no folder")
    refused(tmp_path, "holds no settings.json")


def changed_weights(model, change):
    path = model / folder.WEIGHTS
    tensors = {name: array.copy() for name, array in load_file(path).items()}
    change(tensors)
    save_file(tensors, path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.pop("layer2.bias"), "holds no 'layer2.bias'|holds no layer2.bias"),
        (lambda t: t.update(extra=np.zeros(3)), "extra"),
        (lambda t: t.update({"layer2.bias": np.zeros(3, np.float32)}), r"layer2\.bias"),
        (lambda t: t.update({"layer2.bias": np.zeros(64, np.float64)}), "F64"),
        (lambda t: t["layer1.weight"].__setitem__((0, 0), np.nan), "weights"),
        (lambda t: t["layer1.bias"].__setitem__(0, np.inf), "biases"),
    ],
)
def test_other_weights(model, change, words):
    changed_weights(model, change)
    refused(model, words)


@pytest.mark.parametrize("cut", [0, 4, 100, -4])
def test_a_file_of_weights_that_was_cut(model, cut):
    path = model / folder.WEIGHTS
    path.write_bytes(path.read_bytes()[:cut])
    refused(model, folder.WEIGHTS)


def test_a_header_that_claims_more_than_there_is(model):
    (model / folder.WEIGHTS).write_bytes((2**62).to_bytes(8, "little") + b"{}")
    refused(model, folder.WEIGHTS)
