"""nonlin: see, choose and use activation functions for neural networks.

    >>> import nonlin as nl
    >>> nl.relu([-1.0, 2.0])
    array([0., 2.])

Nothing heavy is imported before it is used: names are looked up on first access.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from nonlin._public import entries, public_names

__version__ = "0.2.0"

# where each public name lives; every other name is looked up in the catalogue
_HOMES = {
    "Activation": "nonlin.activation",
    "activation": "nonlin.activation",
    "get": "nonlin.catalogue",
    "names": "nonlin.catalogue",
    "equivalents": "nonlin.catalogue.equivalents",
    "Network": "nonlin.network",
    "Initialisation": "nonlin.network",
    "choose": "nonlin.choose",
    "load": "nonlin.keep",
    "export": "nonlin.export",
    "moments": "nonlin.theory.propagation",
    "gain": "nonlin.theory.propagation",
    "mean_field": "nonlin.theory.propagation",
    "critical": "nonlin.theory.propagation",
    "nngp": "nonlin.theory.infinite_width",
    "ntk": "nonlin.theory.infinite_width",
    "shape": "nonlin.theory.shaping",
    "stability": "nonlin.stability",
    "diagnose": "nonlin.stability",
    "audit": "nonlin.audit",
    "report": "nonlin.report",
    "plot": "nonlin.figures",
    "compare": "nonlin.figures",
    "NonlinError": "nonlin._errors",
    "set_language": "nonlin._text",
    "set_threads": "nonlin.kernels.threads",
    "get_threads": "nonlin.kernels.threads",
}


def _entry(name: str) -> Any:
    if find_spec(f"nonlin.{name}"):  # `from nonlin import theory` asks here before it imports
        raise AttributeError(name)
    return import_module("nonlin.catalogue").find(name)


__getattr__ = public_names(__name__, _HOMES, _entry)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *entries()})
