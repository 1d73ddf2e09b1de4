"""The face of nonlin.jax: looked up when used, and a sentence where JAX is missing."""

import subprocess
import sys

import pytest

import nonlin.jax as nj
from nonlin._errors import InputError


def test_importing_it_does_not_import_jax():
    code = "import nonlin.jax, sys; print('jax' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


@pytest.mark.parametrize("name", ["get", "mish", "initializers"])
def test_without_jax(name, monkeypatch):
    monkeypatch.setattr("nonlin.jax.find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"nonlin\[jax\]"):
        nj.__getattr__(name)


def test_names():
    pytest.importorskip("jax")
    assert {"get", "mish", "initializers"} <= set(dir(nj))
    assert nj.get("mish") is nj.mish
    assert nj.mish.__name__ == "mish"
    with pytest.raises(AttributeError, match="Did you mean mish"):
        nj.mihs  # noqa: B018 - asked for
