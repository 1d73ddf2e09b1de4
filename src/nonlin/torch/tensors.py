"""What a tensor is, as far as it matters here: who may be handed to a kernel, and dtypes.

What activations use of PyTorch though it is not documented is named in this file only, but for
the mark of `not_traced` in `nonlin/_libraries.py`, which must not import PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch.autograd import forward_ad

from nonlin._errors import InputError
from nonlin.kernels.arrays import ACCEPTED

Tensor = torch.Tensor

HALVES = (torch.float16, torch.bfloat16)
NAMES = {kind: str(kind).removeprefix("torch.") for kind in (*HALVES, torch.float32, torch.float64)}
PLAIN = (torch.Tensor, torch.nn.Parameter)  # and no subclass
_functorch: Any = torch._C._are_functorch_transforms_active
_functorch_levels: Any = torch._C._functorch.get_interpreter_stack
_FUNCTIONALIZE: Any = torch._C._functorch.TransformType.Functionalize
_tracing: Any = torch._C._get_tracing_state
_dispatch_modes: Any = torch._C._len_torch_dispatch_stack
_function_modes: Any = torch._C._len_torch_function_stack
# for code inside a registered operator, below autograd
below_autograd: Any = torch._C._AutoDispatchBelowAutograd


Marked = TypeVar("Marked", bound=Callable[..., Any])


def not_traced(function: Marked) -> Marked:
    """A decorator: compilers run the function and keep what it gives.

    It is what torch.compiler.assume_constant_result does, without the two seconds of its import.
    """
    function._dynamo_marked_constant = True  # type: ignore[attr-defined]
    return function


def apply_of(kind: type[torch.autograd.Function]) -> Any:
    """What `kind.apply` does where no transform is active, without looking for one."""
    return torch._C._FunctionBase.__dict__["apply"].__get__(None, kind)


def transformed() -> bool:
    """Under vmap, grad, jvp and their like, or in forward mode?"""
    return bool(_functorch()) or forward_ad._current_level >= 0


def operations_only() -> bool:
    """Under torch.jit.trace or torch.func.functionalize, which know no functions?"""
    stack = _functorch_levels() or () if _functorch() else ()
    return _tracing() is not None or any(each.key() == _FUNCTIONALIZE for each in stack)


def watched() -> bool:
    """Under a dispatch or function mode, which wants to see one operator?"""
    return bool(_dispatch_modes() or _function_modes())


def undisturbed() -> bool:
    """None of these, so that memory may be written to directly?"""
    return not (
        _dispatch_modes()
        or _function_modes()
        or _functorch()
        or forward_ad._current_level >= 0
        or _tracing() is not None
    )


def plain(x: Any) -> bool:
    """Is it memory of this machine, with numbers as kernels read them?"""
    return (
        type(x) in PLAIN
        and x.is_cpu
        and x.layout is torch.strided
        and not x.is_neg()
        and (place_of(x) != 0 or x.numel() == 0)
    )


def place_of(x: Tensor) -> int:
    """The address of the numbers; 0 if they have none, as in a batch that is no tensor itself."""
    try:
        return x.data_ptr()
    except RuntimeError:
        return 0


def floating(*given: Tensor) -> tuple[Tensor, ...]:
    """Of one dtype; whole numbers become numbers of PyTorch's default dtype.

    Raises InputError for complex numbers and for what is no tensor.
    """
    dtype = given[0].dtype
    for x in given[1:]:
        dtype = torch.promote_types(dtype, x.dtype)
    if dtype.is_complex or (dtype.itemsize == 1 and dtype.is_floating_point):
        name = str(dtype).removeprefix("torch.")
        raise InputError("tensor_dtype", given=name, allowed=ACCEPTED, library="PyTorch")
    if not dtype.is_floating_point:
        dtype = torch.get_default_dtype()
    return tuple(x.to(dtype) for x in given)


def wide(x: Tensor) -> Tensor:
    """Half precision is computed in single."""
    return x.float() if x.dtype in HALVES else x
