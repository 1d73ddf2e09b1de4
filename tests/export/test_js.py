"""Exported JavaScript: every entry in one run of node."""

import json
import shutil
import subprocess

import numpy as np
import pytest

import nonlin as nl
from nonlin.export.exported import Exported

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed")
RUN = """
import { readFileSync, writeFileSync } from "node:fs";
const given = JSON.parse(readFileSync("given.json"));
const found = {};
for (const [name, x] of Object.entries(given)) {
  const module = await import(`./${name}.mjs`);
  found[name] = Object.values(module).map((f) => x.map((each) => String(f(Number(each)))));
}
writeFileSync("found.json", JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory, functions):
    """(x, values, derivatives) of every element-wise entry, as node computes them."""
    from numpy import linspace, logspace

    folder = tmp_path_factory.mktemp("js")
    given = {}
    for name in functions:
        activation = nl.get(name)
        text = nl.export(name, to="js")
        assert text.count("export function") == 2
        (folder / f"{name}.mjs").write_text(text, encoding="utf-8")
        far = logspace(-8, 4, 61)
        kinks = [k + d for k in activation.properties.breakpoints for d in (0, -1e-9, 1e-9)]
        x = [*linspace(-9, 9, 361), *far, *-far, *kinks, -0.0, np.inf, -np.inf, np.nan]
        given[name] = [repr(float(each)).replace("inf", "Infinity") for each in x]
        given[name] = [each.replace("nan", "NaN") for each in given[name]]
    (folder / "given.json").write_text(json.dumps(given))
    (folder / "run.mjs").write_text(RUN)
    subprocess.run([NODE, "run.mjs"], cwd=folder, check=True)
    found = json.loads((folder / "found.json").read_text())
    as_floats = {"Infinity": "inf", "-Infinity": "-inf"}
    return {
        name: [np.array([float(as_floats.get(v, v)) for v in row]) for row in (x, *found[name])]
        for name, x in given.items()
    }


def test_every_entry(entry, results, judge):
    activation = nl.get(entry)
    x, *found = results[entry]
    for order, got in enumerate(found):
        judge("js").check(activation, order, x, got)


def test_parameters_are_arguments():
    text = nl.export("leaky_relu", to="js", alpha=0.2)
    assert "export function leaky_relu(x, alpha = 0.2) {" in text
    assert Exported(nl.activation("new", "x")).name == "new_"
