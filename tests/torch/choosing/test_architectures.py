"""nt.choose on models that others wrote: a step or two of each, at small size."""

import importlib.util
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import nonlin as nl
import nonlin.torch as nt
from nonlin._errors import InputError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
QUICK = {"candidates": ["tanh"], "rates": [0.01], "seeds": 1, "steps": 2}
TOKENS = torch.randint(0, 12, (16, 6), generator=torch.Generator().manual_seed(0))
CLASSES = TOKENS[:, 0] % 2


def models():
    place = Path(__file__).parents[1] / "reading" / "models.py"
    spec = importlib.util.spec_from_file_location("models_to_choose_for", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def next_token(output, targets):
    logits = getattr(output, "logits", output)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def classes(output, targets):
    return F.cross_entropy(getattr(output, "logits", output), targets)


def gpt2():
    transformers = pytest.importorskip("transformers")
    sizes = {"n_layer": 2, "n_head": 2, "n_embd": 16, "n_positions": 16, "vocab_size": 12}
    ends = {"bos_token_id": 0, "eos_token_id": 0}
    return transformers.GPT2LMHeadModel(transformers.GPT2Config(**sizes, **ends))


def bert():
    transformers = pytest.importorskip("transformers")
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = transformers.BertConfig(vocab_size=12, intermediate_size=32, **sizes)
    return transformers.BertForSequenceClassification(config)


def encoder():
    layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
    return nn.Sequential(nn.Embedding(12, 16), layer, nn.Flatten(), nn.Linear(96, 2))


IMAGES = torch.randn(16, 3, 16, 16, generator=torch.Generator().manual_seed(0))
ALL = {
    "resnet": (lambda: models().ResNet(), (IMAGES, CLASSES), classes, "relu", 7),
    "encoder": (encoder, (TOKENS, CLASSES), classes, "relu", 1),
    "gpt2": (gpt2, ({"input_ids": TOKENS[:, :-1]}, TOKENS[:, 1:]), next_token, "gelu_tanh", 2),
    "bert": (bert, ({"input_ids": TOKENS}, CLASSES), classes, "gelu", 2),
}


@pytest.mark.parametrize("name", ALL)
def test_it_runs_and_knows_the_activation(name):
    make, part, loss, activation, places = ALL[name]
    found = nt.choose(make, part, part, part, loss, **QUICK)
    assert found.recommendation.replaced == activation
    assert f"{activation} ×{places}." in "\n".join(map(str, found.notes))
    assert {row.label for row in found.standings} == {activation, "tanh", "identity"}
    made = found.maker.untrained(nl.softsign, 0)
    assert nt.inspect(made, part[0]).counts["softsign"] == places


def test_one_that_is_written_out_is_refused_in_a_sentence():
    part = TOKENS[:, :-1], TOKENS[:, 1:]
    with pytest.raises(InputError, match="Nothing can be replaced in the model"):
        nt.choose(models().Tied, part, part, part, next_token, **QUICK)
