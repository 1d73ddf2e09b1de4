"""The faces of the packages: looked up when used, and a sentence where a library is missing."""

import subprocess
import sys
from importlib import import_module

import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin._public import public_names

PACKAGES = {"jax": ("get", "mish", "initializers"), "torch": ("get", "Mish", "functional")}


def test_importing_them_imports_no_library():
    imports = "; ".join(f"import nonlin.{package}" for package in PACKAGES)
    code = f"import sys; {imports}; print({{*{[*PACKAGES]}}} & {{*sys.modules}})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("package", "name"), [(package, name) for package in PACKAGES for name in PACKAGES[package]]
)
def test_without_the_library(package, name, monkeypatch):
    monkeypatch.setattr("nonlin._public.find_spec", lambda _: None)
    with pytest.raises(InputError, match=rf"nonlin\[{package}\]"):
        import_module(f"nonlin.{package}").__getattr__(name)


def test_what_is_looked_up(monkeypatch):
    """A module, an attribute of one, another name; each once."""
    asked = []
    homes = {"export": "nonlin.export", "plot": "nonlin.figures", "ready": "nonlin.data"}
    look_up = public_names("nonlin", homes, lambda name: asked.append(name) or "found")
    for name in (*homes, "other"):
        monkeypatch.delitem(vars(nl), name, raising=False)
    assert look_up("export") is sys.modules["nonlin.export"]
    assert look_up("plot") is sys.modules["nonlin.figures"].plot
    assert look_up("other") == "found"
    assert vars(nl).pop("other") == "found"
    assert asked == ["other"]
    with pytest.raises(AttributeError):
        look_up("ready")
    with pytest.raises(AttributeError, match=r"^__wrapped__$"):
        look_up("__wrapped__")
    with pytest.raises(AttributeError, match=r"'nonlin' has no attribute 'plott'\. Did you mean"):
        public_names("nonlin", homes, lambda _: None)("plott")
