"""One pass of a model, written down: on tensors without data, or on real ones where it must."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.func import functional_call
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)
from torch.utils._pytree import tree_map_only

from nonlin._errors import InputError
from nonlin.torch.reading.example import Example, submodule
from nonlin.torch.reading.record import Operators, Record, Whole, tensors_of

LITTLE = 10**10  # products: less than a second


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """The record of one pass in evaluation mode, and the nodes that the model gave back.

    tied: parameters that are one tensor, all names. real: it ran on real tensors.
    """

    model: nn.Module
    record: Record
    outputs: tuple[int, ...]
    tied: tuple[tuple[str, ...], ...]
    real: bool


def observe(model: nn.Module, example: Example, measure: bool = False) -> Observation:
    """Run the model once and write down every operator; the model is left as it was.

    measure: on real tensors, with the mean square of every tensor. Otherwise on tensors without
    data, if that saves work, and on real ones where that fails. Raises InputError that names what
    failed.
    """
    with _as_before(model, measure):
        if not measure and _work(model, example) > LITTLE:
            with suppress(Exception):
                return _without_data(model, example)
        return _with_data(model, example, measure)


def _work(model: nn.Module, example: Example) -> int:
    """More than the products of a pass; PyTorch takes seconds to get ready to do without data."""
    numbers = sum(each.numel() for each in example.tensors)
    held = [*model.parameters(), *example.tensors]
    if any(each.is_meta for each in held):
        return LITTLE + 1
    return numbers * sum(each.numel() for each in model.parameters())


def _without_data(model: nn.Module, example: Example) -> Observation:
    record, copies = Record(), {}
    memo: dict[int, torch.Tensor] = {}  # tied ones stay one tensor
    named = [*_named(model, "parameter"), *_named(model, "buffer")]
    for kind, name, tensor in named:
        if id(tensor) not in memo:
            grad = kind == "parameter" and tensor.is_floating_point()
            copy = torch.empty_like(tensor, device="meta").requires_grad_(grad)
            memo[id(tensor)] = copy
            record.leaf(copy, kind, name, tensor.detach())
        copies[name] = memo[id(tensor)]
    given = _mapped(example, lambda tensor: torch.empty_like(tensor, device="meta"))
    for name, tensor in given.named:
        record.leaf(tensor, "input", name)

    def run() -> Any:
        return functional_call(
            model, copies, given.arguments, given.keywords, tie_weights=False, strict=True
        )

    return _recorded(model, record, run, real=False)


def _with_data(model: nn.Module, example: Example, measure: bool) -> Observation:
    record = Record(measure)
    seen: set[int] = set()
    for kind, name, tensor in [*_named(model, "parameter"), *_named(model, "buffer")]:
        if id(tensor) not in seen:
            record.leaf(tensor, kind, name, tensor.detach())
        seen.add(id(tensor))
    given = _mapped(example, lambda tensor: tensor.detach().clone())
    for name, tensor in given.named:
        record.leaf(tensor, "input", name)
    try:
        return _recorded(model, record, lambda: model(*given.arguments, **given.keywords), True)
    except InputError:
        raise
    except Exception as error:
        raise _failure(model, record, example, error) from error


def _recorded(model: nn.Module, record: Record, run: Callable[[], Any], real: bool) -> Observation:
    operators = Operators(record)
    with ExitStack() as stack:
        stack.enter_context(_modules(model, record))
        stack.enter_context(torch.enable_grad())  # without, layers take ways of their own
        stack.enter_context(torch.random.fork_rng(devices=[]))
        stack.enter_context(Whole(record, operators))
        stack.enter_context(operators)
        result = run()
    tensors = tensors_of(_plain(result), torch.Tensor)
    outputs = tuple(dict.fromkeys(record.find(tensor) for tensor in tensors))
    return Observation(model, record, outputs, _tied(model), real)


def _plain(result: Any) -> Any:
    """Outputs of models that are objects: what they hold."""
    if hasattr(result, "to_tuple"):
        return result.to_tuple()
    if hasattr(result, "__dict__") and not isinstance(result, torch.Tensor | tuple | list | dict):
        return list(vars(result).values())
    return result


def _failure(model: nn.Module, record: Record, example: Example, error: Exception) -> InputError:
    """In which module the model failed, on which shapes, and what PyTorch said."""
    said = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    module = submodule(model, record.module)
    known = {"kind": type(module).__name__, "shapes": str(example), "error": said.rstrip(".")}
    if not record.module:
        return InputError("torch_model_fails", **known)
    return InputError("torch_layer_fails", name=record.module, **known)


@contextmanager
def _modules(model: nn.Module, record: Record) -> Iterator[None]:
    """`record.module` is the name of the module that runs, while this lasts."""
    names = {id(module): name for name, module in model.named_modules()}
    running: list[str] = []

    def enter(module: nn.Module, given: Any) -> None:
        if id(module) in names:
            running.append(record.module)
            record.module = names[id(module)]

    def leave(module: nn.Module, given: Any, result: Any) -> None:
        if id(module) in names and running:
            record.module = running.pop()

    handles = register_module_forward_pre_hook(enter), register_module_forward_hook(leave)
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def _as_before(model: nn.Module, measure: bool) -> Iterator[None]:
    """In evaluation mode, by no fast path, not compiled; afterwards as it was.

    measure: batch norms are as in training, since what they have learnt may be nothing yet.
    Modules that keep things of a pass on themselves get back what they had.
    """
    modules = list(model.modules())
    kept = [(module, module.training, dict(vars(module))) for module in modules]
    buffers = [(buffer, buffer.detach().clone()) for buffer in model.buffers()]
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        for module in modules:
            module.training = measure and isinstance(module, _BatchNorm)
        with _eager():
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        for module, training, attributes in kept:
            vars(module).clear()
            vars(module).update(attributes)
            module.training = training
        with torch.no_grad():
            for buffer, before in buffers:
                if not buffer.is_meta and not torch.equal(buffer, before):
                    buffer.copy_(before)


def _eager() -> AbstractContextManager[Any]:
    """What was compiled before runs as it was written; the compiler is slow to import."""
    if "torch._dynamo" not in sys.modules:
        return nullcontext()
    stance: AbstractContextManager[Any] = torch.compiler.set_stance("force_eager")
    return stance


def _named(model: nn.Module, kind: str) -> Iterator[tuple[str, str, torch.Tensor]]:
    named = model.named_parameters if kind == "parameter" else model.named_buffers
    for name, tensor in named(remove_duplicate=False):
        yield kind, name, tensor


def _mapped(example: Example, change: Callable[[torch.Tensor], torch.Tensor]) -> Example:
    arguments, keywords = tree_map_only(torch.Tensor, change, (example.arguments, example.keywords))
    return Example(arguments, keywords)


def _tied(model: nn.Module) -> tuple[tuple[str, ...], ...]:
    names: dict[int, list[str]] = {}
    for _, name, tensor in _named(model, "parameter"):
        names.setdefault(id(tensor), []).append(name)
    return tuple(tuple(group) for group in names.values() if len(group) > 1)
