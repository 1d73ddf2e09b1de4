"""Batches as mappings with labels, and models that compute their own loss, as transformers do."""

import re

import pytest
import torch
from torch import nn

import nonlin.torch as nt
from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.torch.training_badly import subject

transformers = pytest.importorskip("transformers")
IDS = torch.randint(2, 20, (48, 6), generator=torch.Generator().manual_seed(0))
SIZES = {"vocab_size": 20, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}


def bert(labels=2):
    torch.manual_seed(0)
    config = transformers.BertConfig(
        **SIZES, intermediate_size=16, max_position_embeddings=8, num_labels=labels
    )
    return transformers.BertForSequenceClassification(config)


def gpt():
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=20, n_embd=16, n_layer=1, n_head=2, n_positions=8, bos_token_id=0, eos_token_id=1
    )
    return transformers.GPT2LMHeadModel(config)


def batches(**values):
    return [
        {name: each[start : start + 8] for name, each in values.items()}
        for start in range(0, 48, 8)
    ]


CASES = {  # model, batches
    "classes": (bert, batches(input_ids=IDS, labels=(IDS[:, 0] > 10).long())),
    "numbers": (lambda: bert(1), batches(input_ids=IDS, labels=IDS[:, 0].float())),
    "next tokens": (gpt, batches(input_ids=IDS, labels=IDS)),
}


@pytest.mark.parametrize("case", CASES)
def test_the_loss_of_the_model_itself(case):
    make, data = CASES[case]
    model = make().eval()
    found = nt.stability(model, data)
    with torch.no_grad():
        losses = [float(model(**each).loss) for each in data]
    assert found.loss == pytest.approx(sum(losses) / len(losses), rel=1e-4)
    assert found.layers[-1].gradient > 0
    given = subject(make(), data, optimizer=lambda p: torch.optim.Adam(p, 1e-2), epochs=4)
    assert given.rows.count == 48
    trial = given.trial(1.0, 0)
    assert trial.learnt > trial.start


def test_a_language_model_is_judged_by_the_next_token():
    """A model that copies each token answers for the wrong place."""

    class Successor(nn.Module):
        def __init__(self, by):
            super().__init__()
            self.by, self.scale = by, nn.Linear(20, 20, bias=False)
            nn.init.eye_(self.scale.weight)

        def forward(self, input_ids, labels):
            known = nn.functional.one_hot((input_ids + self.by) % 20, 20).float()
            logits = 20 * self.scale(known)
            wanted = labels[:, 1:].flatten()
            loss = nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), wanted)
            return {"loss": loss, "logits": logits}

    steps = (torch.arange(48)[:, None] + torch.arange(6)) % 20
    data = batches(input_ids=steps, labels=steps)
    right, copied = (subject(Successor(by), data, steps=1).trial(1.0, 0) for by in (1, 0))
    assert right.start > 0.99
    assert copied.start < 0


def test_a_loss_of_ones_own_beside_labels():
    """Then the model is called without them."""
    model = nn.Sequential(nn.Embedding(20, 4), nn.Flatten(), nn.Linear(24, 2))

    class Named(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = model

        def forward(self, input_ids):
            return {"logits": self.inner(input_ids)}

    def loss(output, targets):
        return nn.functional.cross_entropy(output["logits"], targets)

    found = nt.stability(Named(), batches(input_ids=IDS, labels=IDS[:, 0] % 2), loss)
    assert found.layers[-1].gradient > 0


def test_refusals():
    rows = IDS.float()
    pairs = [(rows, IDS[:, 0] % 2)]
    plain = nn.Linear(6, 2)

    class Silent(nn.Module):
        def __init__(self):
            super().__init__()
            self.last = plain

        def forward(self, x, labels=None):
            return {"logits": self.last(x)}

    mapped = [{"x": rows, "labels": IDS[:, 0] % 2}]
    for model, data, match in (
        (plain, pairs, "give a loss"),
        (Silent(), mapped, "there is none in what it gives"),
        (Silent(), [{"x": rows}], "dict(x)"),
    ):
        with pytest.raises(InputError, match=re.escape(match)):
            nt.stability(model, data)
        with speaking("zh"), pytest.raises(InputError, match=r"[一-鿿]"):
            nt.stability(model, data)


@pytest.mark.parametrize("made", [torch.jit.script, lambda m: torch.jit.trace(m, torch.ones(2, 6))])
def test_scripted_models_are_refused(made):
    """As a whole, too; by diagnose as by stability."""
    with pytest.warns(DeprecationWarning, match="torch.jit"):
        model = made(nn.Linear(6, 2))
    for look in (nt.stability, nt.diagnose):
        with pytest.raises(InputError, match="is scripted"):
            look(model, (IDS.float(), IDS[:, 0] % 2), nn.CrossEntropyLoss())
