"""nonlin for PyTorch: any activation as a module or function of tensors.

    import nonlin.torch as nt
    nt.Mish(), nt.get("prelu", channels=64), nt.functional.mish(x)

Names are looked up on first use; a class for each entry of the catalogue is among them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from nonlin._public import needs, public_names

# where each public name lives; every other name is that of a class, such as Mish
_HOMES = {
    "get": "nonlin.torch.layer",
    "Layer": "nonlin.torch.layer",
    "functional": "nonlin.torch.functional",
    "inspect": "nonlin.torch.inspecting",
    "init_": "nonlin.torch.initialise",
    "calculate_gain": "nonlin.torch.gains",
    "swap": "nonlin.torch.swapping",
    "choose": "nonlin.torch.which_activation",
    "stability": "nonlin.torch.training_badly",
    "diagnose": "nonlin.torch.training_badly",
    "watch": "nonlin.torch.watching",
    "lightning_callback": "nonlin.torch.lightning",
}


def _class(name: str) -> Any:
    return import_module("nonlin.torch.layer").class_of(name) if name[0].isupper() else None


__getattr__ = public_names(__name__, _HOMES, _class, lambda: needs("torch"))


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
