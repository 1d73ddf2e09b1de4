"""What a model computes, step by step: every operator of one pass, below autograd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map_only

_CELLS = ("lstm", "gru", "rnn_tanh", "rnn_relu")
RECURRENT = frozenset((*_CELLS, *(f"{name}_cell" for name in _CELLS)))
FUSED = RECURRENT | {"scaled_dot_product_attention"}  # kept whole: as one step each


@dataclass(frozen=True, slots=True)
class Ref:
    """A tensor in the arguments of a step: the number of the node that made it."""

    node: int


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One tensor of the pass, and the step that made it.

    name: of the operator, without overload and underscore, such as "addmm"; "" for what nobody
    made: then `leaf` says "parameter", "buffer", "input" or "constant", and `label` its name.
    arguments, keywords: with a `Ref` for each tensor; inputs: those nodes, in order. output: its
    place among the tensors of the step. module: where the step happened. value: of a leaf.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: torch.dtype
    operator: Any = None
    arguments: tuple[Any, ...] = ()
    keywords: Any = None
    inputs: tuple[int, ...] = ()
    output: int = 0
    module: str = ""
    leaf: str = ""
    label: str = ""
    value: torch.Tensor | None = None
    mean_square: float | None = None
    variance: float | None = None


class Record:
    """The nodes of one pass, in order; tensors are known by their place in memory.

    A tensor is a view of a storage, and what autograd hands on is often another object for the
    same place: so a place (storage, offset, sizes, strides) is looked up, not an object.
    """

    def __init__(self, measure: bool = False) -> None:
        self.nodes: list[Node] = []
        self.module = ""  # the one that runs now
        self.measure = measure
        self._places: dict[int, dict[Any, int]] = {}
        self._last: dict[int, int] = {}  # what was written last into a storage
        self._alive: list[Any] = []  # or their addresses would be given away again

    def leaf(self, tensor: torch.Tensor, leaf: str, label: str, value: Any = None) -> None:
        """Name a tensor before the pass."""
        self._put(tensor, self._new("", tensor, leaf=leaf, label=label, value=value))

    def find(self, tensor: torch.Tensor) -> int:
        """The node of a tensor; one that nobody has seen becomes a constant."""
        storage, place = _place(tensor)
        known = self._places.get(storage, {})
        if place in known:
            return known[place]
        if storage in self._last:
            return self._last[storage]
        value = None if tensor.is_meta else tensor
        node = self._new("", tensor, leaf="constant", value=value)
        self._put(tensor, node)
        return node

    def replaced(self, given: Any) -> Any:
        """The arguments with a `Ref` for each tensor."""
        return tree_map_only(torch.Tensor, lambda tensor: Ref(self.find(tensor)), given)

    def step(self, name: str, operator: Any, given: tuple[Any, Any], result: Any) -> None:
        """A step that was done: `given` are its arguments and keywords, with references."""
        arguments, keywords = given
        inputs = tuple(each.node for each in tensors_of((arguments, keywords), Ref))
        for output, tensor in enumerate(tensors_of(result, torch.Tensor)):
            made = {"operator": operator, "arguments": tuple(arguments), "keywords": keywords}
            node = self._new(name, tensor, inputs=inputs, output=output, **made)
            self._put(tensor, node)

    def overwrite(self, tensor: torch.Tensor, name: str, operator: Any, given: Any) -> None:
        """A step that changed a tensor: other views of its memory have changed as well."""
        storage, place = _place(tensor)
        old = dict(self._places.get(storage, {}))
        self.step(name, operator, given, tensor)
        new = self._last[storage]
        for other, before in old.items():
            if other != place and other[0] is not None:
                whole = _count(other) == _count(place)
                inputs = (new,) if whole else (before, new)
                self._places[storage][other] = self._join(self.nodes[before], inputs)
        self._last[storage] = self._places[storage][place]

    def _join(self, like: Node, inputs: tuple[int, ...]) -> int:
        references = tuple(Ref(index) for index in inputs)
        node = Node(
            len(self.nodes), "join", like.shape, like.dtype, None, references, {}, inputs,
            module=self.module,
        )  # fmt: skip
        self.nodes.append(node)
        return node.index

    def _new(self, name: str, tensor: torch.Tensor, **more: Any) -> int:
        mean_square, variance = _moments(tensor) if self.measure else (None, None)
        shape = tuple(map(int, tensor.shape))
        index = len(self.nodes)
        node = Node(
            index,
            name,
            shape,
            tensor.dtype,
            module=self.module,
            mean_square=mean_square,
            variance=variance,
            **more,
        )
        self.nodes.append(node)
        return index

    def _put(self, tensor: torch.Tensor, node: int) -> None:
        storage, place = _place(tensor)
        if storage not in self._places:
            self._alive.append(tensor if place[0] is None else tensor.untyped_storage())
        self._places.setdefault(storage, {})[place] = node
        self._last[storage] = node


def _place(tensor: torch.Tensor) -> tuple[int, Any]:
    if tensor.layout is not torch.strided or type(tensor) not in _PLAIN:
        return id(tensor), (None,)
    storage = tensor.untyped_storage()._cdata
    sizes = tuple(map(int, tensor.shape)), tuple(map(int, tensor.stride()))
    return storage, (tensor.storage_offset(), *sizes, tensor.dtype)


_PLAIN = (torch.Tensor, torch.nn.Parameter, torch.nn.Buffer)


def _count(place: Any) -> int:
    count = 1
    for size in place[1]:
        count *= size
    return count


def _moments(tensor: torch.Tensor) -> tuple[float | None, float | None]:
    if tensor.is_meta or not tensor.is_floating_point() or tensor.numel() == 0:
        return None, None
    with torch.no_grad():
        numbers = tensor.detach().double()
        return float(numbers.square().mean()), float(numbers.var(correction=0))


def tensors_of(given: Any, kind: type) -> Iterator[Any]:
    """Everything of this kind in nested arguments, in order."""
    return (each for each in tree_flatten(given)[0] if isinstance(each, kind))


class Operators(TorchDispatchMode):
    """Writes down every operator that reaches a back end."""

    def __init__(self, record: Record) -> None:
        super().__init__()
        self.record = record

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # or PyTorch would import its compiler: seconds

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        record, kwargs = self.record, kwargs or {}
        given = record.replaced(args), record.replaced(kwargs)  # before they are overwritten
        result = func(*args, **kwargs)
        name = plain_name(func)
        written = _written(func, args, kwargs)
        for tensor in written:
            record.overwrite(tensor, name, func, given)
        if not written:
            record.step(name, func, given, result)
        return result


class Whole(TorchFunctionMode):
    """Writes down the functions that are kept whole, such as an LSTM, as one step each."""

    def __init__(self, record: Record, operators: Operators) -> None:
        super().__init__()
        self.record, self.operators = record, operators

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name not in FUSED:
            return func(*args, **kwargs)
        given = self.record.replaced(args), self.record.replaced(kwargs)
        with torch.utils._python_dispatch._disable_current_modes():
            result = func(*args, **kwargs)
        self.record.step(name, None, given, result)
        return result


def plain_name(func: Any) -> str:
    """The name of an operator without overload, and without the mark of in-place ones."""
    name: str = func.overloadpacket.__name__
    return name if name.startswith("__") else name.removesuffix("_")


def _written(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[torch.Tensor]:
    """The tensors that the operator changes."""
    found = []
    for place, argument in enumerate(func._schema.arguments):
        if argument.alias_info is not None and argument.alias_info.is_write:
            given = args[place] if place < len(args) else kwargs.get(argument.name)
            found += list(tensors_of(given, torch.Tensor))
    return found
