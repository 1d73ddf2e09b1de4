"""The same functions in PyTorch and JAX: value and first derivative, as their users get them."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import nonlin as nl
from nonlin.audit.libraries import LIBRARIES
from nonlin.audit.programs import Program, written
from nonlin.audit.tally import Array

PEERS = tuple(name for name in ("torch", "jax") if find_spec(name))
MORE = {  # functions of theirs that are no activations there
    "torch": {"arctan": "torch.atan", "sine": "torch.sin"},
    "jax": {"arctan": "jax.numpy.arctan", "erf": "jax.scipy.special.erf", "sine": "jax.numpy.sin"},
}


def knows(peer: str, name: str) -> bool:
    """Does the library have that function, with the same parameters?"""
    return name in _names(peer)


def run(peer: str, name: str, x: Array, kind: str = "float32") -> Any:
    """f(x) and f'(x) computed in the format `kind`, widened to float32."""
    return _program(peer, name).run(x, kind)


@cache
def _program(peer: str, name: str) -> Program:
    return LIBRARIES[peer].program(written(_names(peer)[name]))


@cache
def _names(peer: str) -> dict[str, str]:
    """What it calls our entries."""
    if peer == "torch":
        import torch

        torch.set_num_threads(1)
    known = LIBRARIES[peer].functions().items()
    found = {each.name: name for name, each in known if each == nl.get(each.name)}
    return found | MORE[peer]
