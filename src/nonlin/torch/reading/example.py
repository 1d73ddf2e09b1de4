"""What users hand over: a model and an example of its input. Each refusal is one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from nonlin._errors import InputError
from nonlin._text import text
from nonlin.torch.reading.record import tensors_of


@dataclass(frozen=True, slots=True)
class Example:
    """The arguments of a model's forward pass: by position and by name."""

    arguments: tuple[Any, ...]
    keywords: dict[str, Any]

    @property
    def tensors(self) -> list[torch.Tensor]:
        """All tensors, in order."""
        return list(tensors_of((self.arguments, self.keywords), torch.Tensor))

    @property
    def named(self) -> Iterator[tuple[str, torch.Tensor]]:
        """All tensors with a name to show."""
        for place, given in enumerate(self.arguments):
            yield from ((f"input {place + 1}", each) for each in tensors_of(given, torch.Tensor))
        for name, given in self.keywords.items():
            yield from ((name, each) for each in tensors_of(given, torch.Tensor))

    def __str__(self) -> str:
        """Shapes and dtypes, as a sentence shows them."""
        return ", ".join(f"{tuple(t.shape)} {str(t.dtype)[6:]}" for t in self.tensors)


def the_model(given: Any) -> nn.Module:
    """An nn.Module, without the wrapper of torch.compile or DataParallel. InputError otherwise."""
    if isinstance(given, type) and issubclass(given, nn.Module):
        raise InputError("torch_class", given=given.__name__)
    if not isinstance(given, nn.Module):
        raise InputError("torch_not_a_module", given=_kind_of(given))
    inner = getattr(given, "_orig_mod", None)
    if isinstance(inner, nn.Module):
        return the_model(inner)
    if isinstance(given, nn.DataParallel):
        return the_model(given.module)
    _check_parameters(given)
    return given


def _check_parameters(model: nn.Module) -> None:
    for name, each in model.named_parameters():
        if isinstance(each, nn.parameter.UninitializedParameter):
            raise InputError("torch_lazy", name=name)
    for name, module in model.named_modules():
        kind = type(module)
        if kind.__module__.startswith(("torch.ao.nn.quantized", "torch.nn.quantized")):
            raise InputError("torch_quantised", name=name, kind=kind.__name__)
        if kind.__name__ in ("FullyShardedDataParallel", "FSDPModule"):
            raise InputError("torch_sharded", name=name or kind.__name__)


def the_example(given: Any) -> Example:
    """A tensor, a tuple or list of arguments, or a mapping of arguments by name."""
    if given is None:
        raise InputError("torch_no_example")
    if isinstance(given, Mapping):
        found = Example((), {str(name): value for name, value in given.items()})
    elif isinstance(given, tuple | list):
        found = Example(tuple(given), {})
    else:
        found = Example((given,), {})
    if not found.tensors:
        raise InputError("torch_bad_example", given=_kind_of(given))
    return found


def submodule(model: nn.Module, name: str) -> nn.Module:
    """The module of that name; scripted models have no method for it."""
    found: nn.Module = dict(model.named_modules(remove_duplicate=False))[name]
    return found


def parameters(model: nn.Module) -> dict[str, nn.Parameter]:
    """All parameters by name; tied ones by each of their names."""
    return dict(model.named_parameters(remove_duplicate=False))


def _kind_of(given: Any) -> object:
    """What was given, in a word or two."""
    if callable(given) and getattr(given, "__name__", "") == "<lambda>":
        return text("torch_inspect.a_lambda")
    if callable(given) and hasattr(given, "__name__"):
        return text("torch_inspect.a_function", name=given.__name__)
    return text("torch_inspect.of_type", kind=type(given).__name__)
