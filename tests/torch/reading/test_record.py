"""What was written down is what was computed: run again step by step, it gives the same."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils._pytree import tree_map_only

from nonlin.torch.reading.example import the_example, the_model
from nonlin.torch.reading.flow import flow
from nonlin.torch.reading.observe import observe
from nonlin.torch.reading.record import Ref


def again(observed, example):
    """Every step of a record on real tensors, each on copies of what it takes."""
    given = iter(example.tensors)
    values = []
    for node in observed.record.nodes:
        if node.leaf:
            values.append(next(given) if node.leaf == "input" else node.value)
            continue
        assert node.operator is not None, node.name
        arguments, keywords = tree_map_only(
            Ref, lambda ref: values[ref.node].detach().clone(), (node.arguments, node.keywords)
        )
        result = node.operator(*arguments, **keywords)
        values.append(result if isinstance(result, torch.Tensor) else result[node.output])
    return [values[index] for index in observed.outputs]


def images():
    return torch.randn(2, 3, 16, 16)


MODELS = {
    "ResNet": images,
    "SqueezeExcite": images,
    "Gates": lambda: torch.randn(3, 4),
    "SwiGLU": lambda: torch.randn(3, 6),
    "Cell": lambda: torch.randn(2, 3, 4),
    "Branching": lambda: torch.randn(2, 4),
    "Tied": lambda: torch.randint(0, 12, (2, 5)),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_record_is_what_the_model_computes(name, models):
    model, example = getattr(models, name)().eval(), the_example(MODELS[name]())
    observed = observe(the_model(model), example)
    (found,) = again(observed, example)
    assert torch.allclose(found, model(*example.arguments), atol=1e-5)


def test_layers_of_pytorch():
    layer = nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True)
    example = the_example(torch.randn(2, 5, 8))
    (found,) = again(observe(layer, example), example)
    assert torch.allclose(found, layer(*example.arguments), atol=1e-5)


@pytest.mark.slow  # PyTorch imports its compiler
def test_both_ways_write_down_the_same():
    """On tensors without data, and on real ones."""
    model = nn.Sequential(nn.Linear(3, 4), nn.GELU(), nn.LayerNorm(4), nn.Linear(4, 2))
    example = the_example(torch.randn(5, 3))
    real = observe(model, example)
    without = observe(model.to("meta"), the_example(torch.randn(5, 3, device="meta")))
    assert (real.real, without.real) == (True, False)
    kinds = [flow(each.record.nodes, each.outputs) for each in (real, without)]
    shown = [
        [(each.nodes[i].name, each.nodes[i].shape, p.kind) for i, p in enumerate(each.places)]
        for each in kinds
    ]
    assert [row for row in shown[0] if row[2] != "constant"] == [
        row for row in shown[1] if row[2] != "constant"
    ]


class Overwriting(nn.Module):
    """Writes into a part of a tensor, of which there is another view."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 4), nn.Linear(2, 2)

    def forward(self, x):
        h = self.a(x)
        left, right = h[:, :2], h[:, 2:]
        F.relu_(left)
        return self.b(left) + right


def test_what_is_written_into_a_part_reaches_the_whole():
    observed = observe(Overwriting(), the_example(torch.randn(3, 4)))
    nodes = observed.record.nodes
    read = flow(nodes, observed.outputs)
    written = next(node.index for node in nodes if node.name == "relu")
    product = next(node for node in nodes if node.name == "addmm" and node.shape == (3, 2))
    assert read.ancestors[product.index] >> written & 1
    assert read.ancestors[observed.outputs[0]] >> written & 1
