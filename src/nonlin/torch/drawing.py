"""Write drawn matrices into parameters, in whatever order a model keeps them."""

from __future__ import annotations

import math

import numpy as np
import torch

from nonlin.init.fills import orthogonal
from nonlin.init.rules import Rule
from nonlin.torch.reading.flow import Flow
from nonlin.torch.reading.record import Ref
from nonlin.torch.reading.uses import Use

TURNED = {"t", "transpose", "permute"}
SAME_ORDER = {"detach", "alias", "clone", "_to_copy"}


def draw(
    flow: Flow,
    use: Use,
    parameter: torch.Tensor,
    rule: Rule,
    std: float,
    random: np.random.Generator,
) -> None:
    """Fill the part of the parameter that this use takes."""
    if use.operation == "recurrent":
        _draw_recurrent(parameter, use.fan_out, rule, std, random)
        return
    shape = flow.nodes[use.weight].shape
    found = torch.from_numpy(_noise(use, shape, rule, std, random))
    with torch.no_grad():
        _write(flow, use.weight, parameter, found)


def _noise(
    use: Use, shape: tuple[int, ...], rule: Rule, std: float, random: np.random.Generator
) -> np.ndarray:
    """Of the shape of the weight in the product; rows of the noise are inputs."""
    if use.operation == "linear":
        if len(shape) == 1:
            return rule.fill(random, shape[0], 1)[:, 0] * std
        stack = [_matrix(use, shape, rule, random) for _ in range(math.prod(shape[:-2]))]
        return np.stack(stack).reshape(shape) * std
    if use.operation == "convolution":
        inputs = math.prod(shape[1:])
        return (rule.fill(random, inputs, shape[0]) * std).T.reshape(shape)
    inputs = shape[0] * math.prod(shape[2:])
    found = rule.fill(random, inputs, shape[1]) * std
    return np.moveaxis(found.T.reshape(shape[1], shape[0], *shape[2:]), 0, 1)


def _matrix(
    use: Use, shape: tuple[int, ...], rule: Rule, random: np.random.Generator
) -> np.ndarray:
    """Inputs first in a product with data before the weight, else outputs first."""
    found = rule.fill(random, use.fan_in, use.fan_out)
    return found if shape[-2:] == (use.fan_in, use.fan_out) else found.T


def _draw_recurrent(
    parameter: torch.Tensor, hidden: int, rule: Rule, std: float, random: np.random.Generator
) -> None:
    """Gate by gate; from state to state orthogonal (std 0 says so)."""
    with torch.no_grad():
        for start in range(0, len(parameter), hidden):
            rows = parameter[start : start + hidden]
            fill, size = (rule.fill, std) if std else (orthogonal, 1 / math.sqrt(max(rows.shape)))
            noise = fill(random, rows.shape[1], rows.shape[0]) * size
            rows.copy_(torch.from_numpy(np.ascontiguousarray(noise.T)))


def _write(flow: Flow, weight: int, parameter: torch.Tensor, found: torch.Tensor) -> None:
    """Into the places of the parameter from which the weight is taken."""
    turned = _turns(flow, weight)
    if turned is not None and parameter.dim() == 2:
        parameter.copy_(found.T if turned % 2 else found)
    elif turned == 0:
        parameter.copy_(found.reshape(parameter.shape))
    else:
        places = _places(flow, weight, parameter)
        whole = parameter.detach().clone().flatten()  # a parameter may lie in any order
        whole[places.flatten()] = found.to(parameter.dtype).expand(places.shape).flatten()
        parameter.copy_(whole.view(parameter.shape))


def _turns(flow: Flow, weight: int) -> int | None:
    """How often rows and columns change places on the way; None if more happens."""
    turns = 0
    node = flow.nodes[weight]
    while not node.leaf:
        if node.name in TURNED and len(node.shape) == 2 and _swaps(node.arguments):
            turns += 1
        elif node.name not in SAME_ORDER:
            return None
        node = flow.nodes[node.inputs[0]]
    return turns


def _swaps(arguments: tuple[object, ...]) -> bool:
    return [each for each in arguments if not isinstance(each, Ref)] not in (
        [[0, 1]],
        [0, 0],
        [1, 1],
    )


def _places(flow: Flow, weight: int, parameter: torch.Tensor) -> torch.Tensor:
    """The place in the flat parameter of each number of the weight: its way, run on places."""
    node = flow.nodes[weight]
    if node.leaf:
        return torch.arange(parameter.numel()).view(parameter.shape)
    before = _places(flow, node.inputs[0], parameter)
    if node.name in SAME_ORDER:
        return before
    arguments = [before if isinstance(each, Ref) else each for each in node.arguments]
    result = getattr(torch.ops.aten, node.name.replace("_unsafe_view", "reshape"))(*arguments)
    found: torch.Tensor = result if isinstance(result, torch.Tensor) else result[node.output]
    return found
