"""Element-wise and gated functions of tensors on a GPU, by kernels in Triton's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import torch

from nonlin.any_library.bound import formula_of
from nonlin.emit.triton import triton_source
from nonlin.expr.paths import VALUE, Path
from nonlin.function import Function, kind_of
from nonlin.torch.differentiable import Differentiable
from nonlin.torch.gpu.written import module_of
from nonlin.torch.tensors import HALVES, PLAIN, Tensor

BLOCK = 1024  # numbers that a program takes
DTYPES = (torch.float32, *HALVES)
PLAIN_PATHS: Mapping[str, Path] = {"forward": (0,), "backward": "backward"}
PAIR_PATHS: Mapping[str, Path] = {"forward": "gate", "backward": "gate_backward"}


def gpu_kernels(
    function: Function, names: tuple[str, ...], part: Differentiable
) -> GpuKernels | None:
    """For functions of one tensor, or of a pair; None for others, and where Triton is missing."""
    known = names in (("x",), ("x", VALUE)) and kind_of(function.formula) != "rowwise"
    if not known or find_spec("triton") is None:
        return None
    return GpuKernels(function, names, part)


class GpuKernels:
    """Value and gradients in one pass each; see the protocol in `eager`."""

    keeps_output, keeps_input = False, True
    in_graph: Any

    def __init__(self, function: Function, names: tuple[str, ...], part: Differentiable) -> None:
        self.function, self.names, self.part = function, names, part

    @cached_property
    def _kernels(self) -> Any:
        paths = PAIR_PATHS if VALUE in self.names else PLAIN_PATHS
        return module_of(triton_source(formula_of(self.function, ()), paths))

    def takes(self, x: Tensor) -> bool:
        """Numbers in a row, on a GPU, or anywhere in Triton's interpreter."""
        known = type(x) in PLAIN and x.dtype in DTYPES and x.is_contiguous()
        return known and (x.is_cuda or (x.is_cpu and _interpreted()))

    def value(self, *inputs: Tensor) -> Tensor:
        """f of the tensors."""
        (found,) = self._run("forward", _ordered(inputs), 1)
        return found

    def gradients(
        self, grad: Tensor, needed: Sequence[bool], inputs: Sequence[Tensor]
    ) -> list[Tensor | None]:
        """By x, or by x and value."""
        found = self._run("backward", [grad, *_ordered(inputs)], len(inputs))
        return [each if needs else None for each, needs in zip(found[::-1], needed, strict=True)]

    def from_output(self, grad: Tensor, y: Tensor) -> Tensor:
        """Nothing is kept but the inputs."""
        raise NotImplementedError

    further_from_output = from_output

    def _run(self, name: str, given: Sequence[Tensor], count: int) -> list[Tensor]:
        results = [torch.empty_like(given[-1]) for _ in range(count)]
        numbers = given[-1].numel()
        if numbers:
            programs = (-(-numbers // BLOCK),)
            with torch.cuda.device_of(given[-1]) if given[-1].is_cuda else nullcontext():
                getattr(self._kernels, name)[programs](*given, *results, numbers, BLOCK=BLOCK)
        return results


def _ordered(inputs: Sequence[Tensor]) -> list[Tensor]:
    """Kernels take the value of a pair first."""
    return list(inputs[::-1])


def _interpreted() -> bool:
    import triton

    return bool(triton.knobs.runtime.interpret)
