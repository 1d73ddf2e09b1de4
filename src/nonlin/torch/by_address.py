"""Compiled kernels on tensors: by address where they lie in a row, else by way of NumPy."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import torch

from nonlin.expr.nodes import Expr
from nonlin.expr.paths import Path, inputs_of, outputs_of
from nonlin.kernels import LONG, arrays, pool
from nonlin.kernels.compile import compile_kernel, machine_code, settled, without_ones
from nonlin.kernels.ufunc import STREAM_FROM, block_of, ufunc
from nonlin.torch.tensors import NAMES, Tensor

team = pool.Team(1)  # its threads share tensors: as many as PyTorch has


def ready() -> pool.Team:
    """The team, as PyTorch is set now."""
    team.limit = torch.get_num_threads()
    return team


def alike(tensors: Sequence[Tensor], dtype: torch.dtype) -> Sequence[Tensor]:
    """Of one dtype and of the shape of the last: nothing else may be read or written by address."""
    shape = tensors[-1].shape
    if all(each.dtype is dtype and each.shape == shape for each in tensors):
        return tensors
    return [each.to(dtype).expand(shape) for each in tensors]


class Call:
    """A path of a formula on tensors of one shape and a dtype of kernels.

    constants: parameters that are numbers now. numbers: those that come with each call.
    columns: those that come as tensors, after those of the path.
    """

    def __init__(
        self,
        formula: Expr,
        path: Path,
        dtype: torch.dtype,
        constants: Mapping[str, float],
        numbers: tuple[str, ...] = (),
        columns: tuple[str, ...] = (),
    ) -> None:
        self.inputs, self.outputs = len(inputs_of(path)) + len(columns), outputs_of(path)
        kernel = (formula, path, NAMES[dtype], "fast", dict(constants), columns)
        self._kernel = kernel
        known = dict(constants)
        if numbers:
            formula, rest = without_ones(formula, known)
        else:
            formula, rest = settled(formula, path, NAMES[dtype], "fast", known, columns)
        names = (*rest, *numbers)
        self._code = machine_code(formula, path, NAMES[dtype], names, columns)
        pointers = [ctypes.c_void_p] * (self.inputs + self.outputs)
        signature = ctypes.CFUNCTYPE(None, *pointers, ctypes.c_int64, ctypes.c_void_p)
        self.function: Any = signature(self._code.address)
        self._constants = tuple(rest.values())
        self._data = self._parameters(())
        self.parameters = ctypes.addressof(self._data)
        self.dtype, self.size = dtype, dtype.itemsize
        self._worth = 0  # how many elements deserve a thread: not measured yet

    def _parameters(self, numbers: Sequence[float]) -> Any:
        values = (*self._constants, *numbers, 0.0)
        return (ctypes.c_double * len(values))(*values)

    def into(self, tensors: Sequence[Tensor], numbers: Sequence[float] = ()) -> None:
        """Fill the last of the tensors, as many as there are outputs."""
        tensors = alike(tensors, self.dtype)
        if numbers or all(each.is_contiguous() for each in tensors):
            self._by_address(tensors, numbers)
        else:
            self._by_numpy(tensors)

    def _by_address(self, tensors: Sequence[Tensor], numbers: Sequence[float]) -> None:
        given, results = tensors[: -self.outputs], tensors[-self.outputs :]
        kept = [each.contiguous() for each in given]
        filled = [
            each
            if each.is_contiguous()
            else torch.empty_like(each, memory_format=torch.contiguous_format)
            for each in results
        ]
        data = self._parameters(numbers) if numbers else self._data
        places = [each.data_ptr() for each in (*kept, *filled)]
        self.run(places, filled[0].numel(), data)
        for result, found in zip(results, filled, strict=True):
            if result is not found:
                result.copy_(found)

    def run(self, places: Sequence[int], count: int, data: Any = None) -> None:
        """On as many threads as PyTorch uses, where there is enough to do."""
        data = data or self._data
        if count >= LONG and (count >= STREAM_FROM or ready().limit > 1):
            self._share(places, count, data)
        else:
            self.function(*places, count, ctypes.addressof(data))

    def _share(self, places: Sequence[int], count: int, data: Any) -> None:
        self._worth = self._worth or self._measured(places, data)
        block = self._block if data is self._data else self._block_with(data)
        ready().ready()
        block.run(places, count, [self.size] * len(places))

    @cached_property
    def _block(self) -> pool.Block:
        return self._block_with(self._data)

    def _block_with(self, data: Any) -> pool.Block:
        numbers = np.array([0.0, *data])
        counts = self.inputs, self.outputs
        block = block_of(self._code.address, numbers, NAMES[self.dtype], *counts, team)
        block.divide(self._worth, arrays.LINE)
        return block

    def _measured(self, places: Sequence[int], data: Any) -> int:
        rooms = [ctypes.create_string_buffer(pool.SAMPLE * self.size) for _ in range(self.outputs)]
        sample = [*places[: self.inputs], *map(ctypes.addressof, rooms)]

        def call(count: int) -> None:
            self.function(*sample, count, ctypes.addressof(data))

        return max(pool.worth(call, pool.SAMPLE), LONG // 2)

    def _by_numpy(self, tensors: Sequence[Tensor]) -> None:
        if self.size == 2:  # of bfloat16 NumPy has no array: the bits will do
            tensors = [each.view(torch.int16) for each in tensors]
        given = [each.detach().numpy() for each in tensors]
        ready()
        arrays.run(self._ufunc(), given[: -self.outputs], given[-self.outputs :])

    def _ufunc(self) -> Any:
        formula, path, dtype, precision, constants, columns = self._kernel
        return _kernel(formula, path, dtype, precision, tuple(constants.items()), columns)


@lru_cache(maxsize=1024)
def _kernel(
    formula: Expr,
    path: Path,
    dtype: str,
    precision: str,
    constants: tuple[tuple[str, float], ...],
    columns: tuple[str, ...],
) -> Any:
    found = compile_kernel(formula, path, dtype, precision, dict(constants), columns)
    data = np.array([0.0, *found.parameters])
    made = ufunc(found.address, data, dtype, found.inputs, found.outputs, team)
    return replace(found, function=made.function, block=made.block, keep=(found.keep, made))
