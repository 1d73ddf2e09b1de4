"""The file of weights: written, and read without running anything that stands in it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from nonlin._errors import InputError
from nonlin.keep.plain_values import shown
from nonlin.network import Network

DTYPES = {"float32": "F32", "float64": "F64"}  # as the file calls them


def tensors(network: Network) -> dict[str, np.ndarray]:
    """Weights (fan_in, fan_out) and biases (fan_out,) by the names that the file gives them."""
    arrays = [each for pair in zip(network.weights, network.biases, strict=True) for each in pair]
    return dict(zip(_shapes(network.sizes), arrays, strict=True))


def write(path: Path, network: Network) -> None:
    """The weights and biases of each layer."""
    from safetensors.numpy import save

    path.write_bytes(save(tensors(network), {"format": "np"}))


def read(path: Path, sizes: tuple[int, ...], dtype: str) -> list[np.ndarray]:
    """Weights and biases of each layer; names, dtypes and shapes are checked before any is read."""
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise InputError("model_no_file", path=str(path.parent), name=path.name)
    shapes = _shapes(sizes)
    try:
        with safe_open(path, framework="numpy") as file:
            _check(file, shapes, dtype, path.name)
            return [file.get_tensor(name) for name in shapes]
    except (SafetensorError, OSError) as error:
        raise InputError("model_weights", name=path.name, reason=str(error)[:100]) from None


def _shapes(sizes: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for number, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        found[f"layer{number}.weight"] = (fan_in, fan_out)
        found[f"layer{number}.bias"] = (fan_out,)
    return found


def _layout(shape: Iterable[int], dtype: str) -> str:
    """As in 9 x 64, F32."""
    return f"{' x '.join(map(str, shape))}, {dtype}"


def _check(file: Any, shapes: dict[str, tuple[int, ...]], dtype: str, name: str) -> None:
    given = sorted(file.keys())
    for tensor in (*shapes, *given):
        if tensor not in shapes or tensor not in given:
            key = "model_tensor_missing" if tensor in shapes else "model_tensor_unknown"
            raise InputError(key, name=name, tensor=shown(tensor))
    for tensor, shape in shapes.items():
        part = file.get_slice(tensor)
        found = _layout(part.get_shape(), part.get_dtype())
        needed = _layout(shape, DTYPES[dtype])
        if found != needed:
            raise InputError("model_tensor", name=name, tensor=tensor, given=found, needed=needed)
