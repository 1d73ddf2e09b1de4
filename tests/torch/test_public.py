"""The face of nonlin.torch: looked up when used, and a sentence where PyTorch is missing."""

import subprocess
import sys

import pytest

import nonlin.torch as nt
from nonlin._errors import InputError


def test_importing_it_does_not_import_torch():
    code = "import nonlin.torch, sys; print('torch' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


@pytest.mark.parametrize("name", ["get", "Mish", "functional"])
def test_without_torch(name, monkeypatch):
    monkeypatch.setattr("nonlin.torch.find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"nonlin\[torch\]"):
        nt.__getattr__(name)


def test_names():
    pytest.importorskip("torch")
    assert {"get", "functional"} <= set(dir(nt))
    with pytest.raises(AttributeError, match="Did you mean"):
        nt.gett  # noqa: B018 - asked for
