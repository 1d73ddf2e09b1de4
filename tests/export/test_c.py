"""Exported C: every entry in one compilation unit, without a warning, and run."""

import shutil
import subprocess

import numpy as np
import pytest

import nonlin as nl
from nonlin.export.exported import Exported

GCC = shutil.which("gcc") or shutil.which("cc")
pytestmark = pytest.mark.skipif(GCC is None, reason="there is no C compiler")
STRICT = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-pedantic")
KINDS = {"float64": ("double", ""), "float32": ("float", "f")}
LOOP = """
void run_{symbol}(const {kind} *x, {kind} *y, long n)
{{
    for (long i = 0; i < n; i++)
        y[i] = {symbol}(x[i]);
}}
"""


def symbols(name):
    stem = f"nonlin_{Exported(nl.get(name)).name}"
    for kind, (_, suffix) in KINDS.items():
        for order, what in enumerate(("", "_derivative")):
            yield f"{stem}{what}{suffix}", kind, order


@pytest.fixture(scope="module")
def library(tmp_path_factory, functions):
    """One shared library of all element-wise entries."""
    import ctypes

    folder = tmp_path_factory.mktemp("c")
    unit = ["#include <stddef.h>"]
    for name in functions:
        (folder / f"{name}.h").write_text(nl.export(name, to="c"), encoding="utf-8")
        unit.append(f'#include "{name}.h"\n#include "{name}.h"')
        for symbol, kind, _ in symbols(name):
            unit.append(LOOP.format(symbol=symbol, kind=KINDS[kind][0]))
    source, target = folder / "all.c", folder / "all.so"
    source.write_text("\n".join(unit), encoding="utf-8")
    command = [GCC, *STRICT, "-Wno-missing-prototypes", "-shared", "-fPIC", source, "-o", target]
    ran = subprocess.run([*command, "-lm"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[:3000]
    return ctypes.CDLL(str(target))


def test_every_entry(entry, library, judge, grid):
    import ctypes

    activation = nl.get(entry)
    for symbol, kind, order in symbols(entry):
        x = grid(activation, kind)
        y = np.empty_like(x)
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in (x, y)]
        getattr(library, f"run_{symbol}")(*pointers, ctypes.c_long(x.size))
        judge("c").check(activation, order, x, y)


def test_chinese_comments_and_odd_names_do_no_harm(tmp_path):
    odd = nl.activation("*/ int main", "x*sigmoid(x)")
    text = nl.export(odd, to="c")
    path = tmp_path / "odd.c"
    path.write_text(text, encoding="utf-8")
    subprocess.run([GCC, *STRICT, "-c", path, "-o", tmp_path / "odd.o"], check=True)


@pytest.mark.parametrize(
    "name", [each for each in nl.names() if Exported(nl.get(each)).kind == "gated"]
)
def test_pairs_without_a_warning(name, tmp_path):
    path = tmp_path / "pair.c"
    path.write_text(nl.export(name, to="c"), encoding="utf-8")
    subprocess.run([GCC, *STRICT, "-c", path, "-o", tmp_path / "pair.o"], check=True)
