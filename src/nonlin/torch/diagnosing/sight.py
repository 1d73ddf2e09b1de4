"""A pass through a model that sees the weighted sums of every layer, and their gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.overrides import TorchFunctionMode

MOST_PLACES = 1024  # of a batch, where a layer has several sums for a row
PRODUCTS = {"linear": 1, "matmul": 1, "__matmul__": 1, "mm": 1, "addmm": 2}
CONVOLUTIONS = ("conv1d", "conv2d", "conv3d")
TRANSPOSED = ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")


@dataclass(frozen=True, slots=True)
class Place:
    """A weight that data is multiplied with: a parameter, or a part of one.

    kind: "linear", "product" (data @ weight), "convolution" or "transposed".
    """

    parameter: str
    kind: str
    size: tuple[int, ...]
    stride: tuple[int, ...]
    offset: int
    bias: str = ""

    def part(self, parameter: torch.Tensor) -> torch.Tensor:
        """The weights, or their gradients; a view."""
        return torch.as_strided(parameter.detach(), self.size, self.stride, self.offset)

    def matrix(self, parameter: torch.Tensor) -> np.ndarray:
        """The weights, (fan_in, neurons), float64 if they are, else float32; a copy."""
        found = self.part(parameter)
        if self.kind == "product" or self.kind == "transposed":
            found = found.transpose(0, 1)
        return _array(found.reshape(found.shape[0], -1).t())


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One use of a weight: sums, (rows, neurons), a selection of `places` for each row of data.

    errors: the gradient of the same sums, once it went back.
    """

    place: Place
    sums: np.ndarray
    places: float
    errors: list[np.ndarray]


class Sight(TorchFunctionMode):
    """While it is on, every product of data with a parameter is noted in `looks`.

    Sums are copied at once, before anything overwrites them; a gradient is that of the sums as
    they were then. A weight is known wherever and however its product is called.
    """

    def __init__(self, model: nn.Module, rows: int) -> None:
        super().__init__()
        self.rows = rows
        self.looks: list[Look] = []
        self.again = False  # the way back, where a checkpoint runs forward a second time
        self._names = {id(each): name for name, each in model.named_parameters()}

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        given = dict(kwargs or {})
        opened = _OPEN.get(func)
        if opened is not None:
            with self:  # what happens inside is seen as well
                return opened(*args, **given)
        result = func(*args, **given)
        name = getattr(func, "__name__", "")
        if isinstance(result, torch.Tensor) and (name in PRODUCTS or name in _CONVOLVING):
            place = self._place(name, args, given)
            if place is not None:
                self.see(place, result)
        return result

    def _place(self, name: str, args: Any, given: Mapping[str, Any]) -> Place | None:
        where = PRODUCTS.get(name, 1)
        keys = {"linear": "weight", "addmm": "mat2", "mm": "mat2", "matmul": "other"}
        weight = args[where] if len(args) > where else given.get(keys.get(name, "weight"))
        parameter = self._parameter(weight)
        if parameter is None or not isinstance(weight, torch.Tensor) or weight.ndim < 2:
            return None
        bias = given.get("bias", args[2] if len(args) > 2 else None)
        bias = args[0] if name == "addmm" and args else bias
        kind = "linear" if name == "linear" else "product"
        if name in _CONVOLVING:
            kind = "transposed" if name in TRANSPOSED else "convolution"
        size, stride = tuple(weight.shape), tuple(weight.stride())
        known = self._parameter(bias) or ""
        return Place(parameter, kind, size, stride, int(weight.storage_offset()), known)

    def _parameter(self, value: Any) -> str | None:
        """The name of the parameter that a tensor is, or is a view of."""
        if not isinstance(value, torch.Tensor):
            return None
        base = value if value._base is None else value._base
        return self._names.get(id(value), self._names.get(id(base)))

    def see(self, place: Place, result: torch.Tensor) -> None:
        """Note the sums that a weight was used for."""
        taken = _taker(place, result, self.rows)
        if self.again:
            self._see_again(place, result, taken)
            return
        count = result.numel() // max(1, _neurons(place, result)) / self.rows
        look = Look(place, taken(result), count, [])
        self.looks.append(look)
        if result.requires_grad:
            _listen(result, look, taken)

    def _see_again(
        self, place: Place, result: torch.Tensor, taken: Callable[[torch.Tensor], np.ndarray]
    ) -> None:
        """Only where the first time had no gradient."""
        silent = [each for each in self.looks if each.place == place and not each.errors]
        if silent and result.requires_grad:
            _listen(result, silent[0], taken)


def _listen(result: torch.Tensor, look: Look, taken: Callable[[torch.Tensor], np.ndarray]) -> None:
    def hear(gradient: torch.Tensor) -> None:
        look.errors.append(taken(gradient))

    result.register_hook(hear)


def _neurons(place: Place, result: torch.Tensor) -> int:
    return result.shape[_axis(place, result)]


def _axis(place: Place, result: torch.Tensor) -> int:
    if place.kind in ("linear", "product"):
        return -1
    return result.ndim - len(place.size) + 1


def _taker(place: Place, result: torch.Tensor, rows: int) -> Callable[[torch.Tensor], np.ndarray]:
    """What makes rows of sums, at most MOST_PLACES of them, evenly spread."""
    axis, neurons = _axis(place, result), _neurons(place, result)
    count = result.numel() // max(1, neurons)
    step = max(1, -(-count // max(MOST_PLACES, rows)))
    while step > 1 and count % step == 0:  # else it would meet the same columns in each row
        step += 1

    def take(values: torch.Tensor) -> np.ndarray:
        return _array(values.detach().movedim(axis, -1).reshape(-1, neurons)[::step])

    return take


def _array(values: torch.Tensor) -> np.ndarray:
    """A copy in NumPy, on the CPU, of what it can hold."""
    kept = values.dtype if values.dtype in (torch.float32, torch.float64) else torch.float32
    found: np.ndarray = values.to("cpu", kept, copy=True).numpy()
    return found


_CONVOLVING = (*CONVOLUTIONS, *TRANSPOSED)


def _opened(function: Any) -> Any:
    """The same function, which does not hand itself over to modes that are on."""
    names = [name for name in function.__code__.co_names if name.startswith("has_torch_function")]
    known = {**function.__globals__, **dict.fromkeys(names, lambda *_: False)}
    found = FunctionType(function.__code__, known, function.__name__, function.__defaults__)
    found.__kwdefaults__ = function.__kwdefaults__
    return found


# attention is made of products; a checkpoint runs forward on the way back
_OPEN = {each: _opened(each) for each in (F.multi_head_attention_forward, torch.autograd.backward)}
