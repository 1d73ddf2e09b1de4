"""Models of the library transformers, built from configurations: tables that were read."""

import math

import pytest
import torch

import nonlin as nl
import nonlin.torch as nt

transformers = pytest.importorskip("transformers")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

SIZES = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
}
TOKENS = {"vocab_size": 30, "bos_token_id": 0, "eos_token_id": 0}


def bert():
    config = transformers.BertConfig(vocab_size=30, max_position_embeddings=32, **SIZES)
    return transformers.BertForSequenceClassification(config)


def gpt2():
    config = transformers.GPT2Config(n_layer=2, n_head=2, n_embd=16, n_positions=32, **TOKENS)
    return transformers.GPT2LMHeadModel(config)


def llama():
    config = transformers.LlamaConfig(max_position_embeddings=32, **SIZES, **TOKENS)
    return transformers.LlamaForCausalLM(config)


def vit():
    config = transformers.ViTConfig(image_size=32, patch_size=8, **SIZES)
    return transformers.ViTForImageClassification(config)


def words():
    return torch.randint(0, 30, (2, 6))


def rows(found):
    return [(x.name, x.fan_in, x.fan_out, x.fed_by, x.followed_by) for x in found.layers]


def test_bert():
    given = words()
    found = nt.inspect(bert(), {"input_ids": given, "attention_mask": torch.ones_like(given)})
    assert [x.name.rpartition(".")[2] for x in found.layers[:3]] == [
        "word_embeddings", "token_type_embeddings", "position_embeddings"
    ]  # fmt: skip
    for block in (rows(found)[3:9], rows(found)[9:15]):
        assert [row[1:] for row in block] == [
            (16, 16, "norm", "attention"),
            (16, 16, "norm", "attention"),
            (16, 16, "norm", "attention"),
            (16, 16, "attention", "residual"),
            (16, 32, "norm", "gelu"),
            (32, 16, "gelu", "residual"),
        ]
    assert rows(found)[15:] == [
        ("bert.pooler.dense", 16, 16, "norm", "tanh"),
        ("classifier", 16, 2, "tanh", "output"),
    ]
    assert [x.branches for x in found.layers if x.residual] == [1] * 4  # a norm after each sum
    assert {"norm", "bias"} == set(found.left)


def test_gpt2():
    """Weights with inputs first, a NewGELU that is written out, a tied head."""
    found = nt.inspect(gpt2(), words())
    assert rows(found) == [
        ("transformer.wte", 1, 16, "input", "identity, residual"),
        ("transformer.wpe", 1, 16, "constant", "identity, residual"),
        *[
            (f"transformer.h.{block}.{name}", *row)
            for block in range(2)
            for name, *row in (
                ("attn.c_attn", 16, 48, "norm", "attention"),
                ("attn.c_proj", 16, 16, "attention", "residual"),
                ("mlp.c_fc", 16, 64, "norm", "gelu_tanh"),
                ("mlp.c_proj", 64, 16, "gelu_tanh", "residual"),
            )
        ],
        ("lm_head", 16, 30, "norm", "output"),
    ]
    assert found["lm_head"].tied == ("transformer.wte.weight",)
    assert [x.branches for x in found.layers if x.residual] == [4] * 4
    assert found.counts == {"gelu_tanh": 2}


def test_llama():
    """RMSNorm and SwiGLU are written out."""
    found = nt.inspect(llama(), words())
    assert rows(found)[1:8] == [
        (f"model.layers.0.{name}", *row)
        for name, *row in (
            ("self_attn.q_proj", 16, 16, "norm", "attention"),
            ("self_attn.k_proj", 16, 16, "norm", "attention"),
            ("self_attn.v_proj", 16, 16, "norm", "attention"),
            ("self_attn.o_proj", 16, 16, "attention", "residual"),
            ("mlp.gate_proj", 16, 32, "norm", "swiglu"),
            ("mlp.up_proj", 16, 32, "norm", "swiglu"),
            ("mlp.down_proj", 32, 16, "swiglu", "residual"),
        )
    ]
    assert [x.gated for x in found.layers[5:7]] == ["gate", "value"]
    assert found.counts == {"silu": 2}
    assert set(found.left) == {"norm"}


def test_vit():
    found = nt.inspect(vit(), torch.randn(2, 3, 32, 32))
    assert rows(found)[0][1:4] == (3 * 8 * 8, 16 * 8 * 8, "input")
    assert [row[1:] for row in rows(found)[1:7]] == [
        (16, 16, "norm", "attention"),
        (16, 16, "norm", "attention"),
        (16, 16, "norm", "attention"),
        (16, 16, "attention", "residual"),
        (16, 32, "norm", "gelu"),
        (32, 16, "gelu", "residual"),
    ]
    assert found.counts == {"gelu": 2}
    assert {name.rpartition(".")[2] for name in found.left["other"]} == {
        "cls_token",
        "position_embeddings",
    }


def test_mixtral():
    """Experts in one tensor, chosen by a router."""
    config = transformers.MixtralConfig(
        num_key_value_heads=1, num_local_experts=2, num_experts_per_tok=1, **SIZES, **TOKENS
    )
    found = nt.inspect(transformers.MixtralForCausalLM(config), words())
    layers = {row[0].removeprefix("model.layers.0.mlp."): row[1:] for row in rows(found)}
    assert layers["gate"] == (16, 2, "norm", "softmax")
    assert layers["experts.gate_up_proj"] == (16, 64, "norm", "swiglu")
    assert layers["experts.down_proj"][:3] == (32, 16, "swiglu")
    assert not found["model.layers.0.mlp.gate"].residual
    assert found["model.layers.0.mlp.experts.down_proj"].residual


def test_efficientnet():
    """Squeeze and excite; the real size, of which nothing is computed."""
    with torch.device("meta"):
        model = transformers.EfficientNetForImageClassification(
            transformers.EfficientNetConfig(
                width_coefficient=1.0, depth_coefficient=1.0, image_size=224, hidden_dim=1280
            )
        )
    found = nt.inspect(model, torch.randn(1, 3, 224, 224))
    assert found.counts == {"silu": 49, "sigmoid": 16}
    assert sum(x.gated == "gate" for x in found.layers) == 16


@pytest.mark.parametrize("name", ["gpt2", "vit"])
def test_large_models_are_read_at_full_size(name):
    """No weights are held; the time: benchmarks/torch_inspect.py."""
    with torch.device("meta"):
        if name == "vit":
            model = transformers.ViTForImageClassification(transformers.ViTConfig())
            given = torch.randn(1, 3, 224, 224)
        else:
            model = transformers.GPT2LMHeadModel(transformers.GPT2Config())
            given = torch.randint(0, 30, (1, 64))
    found = nt.inspect(model, given)
    assert sum(x.residual for x in found.layers) == 24


def test_weights_of_gpt2():
    """The ends of branches are smaller by the root of their number, as in its own code."""
    model = gpt2()
    embedding = model.transformer.wte.weight.clone()
    done = {x.name: x for x in nt.init_(model, words()).drawn}
    last = done["transformer.h.1.mlp.c_proj"]
    assert last.gain == pytest.approx(nl.gelu_tanh.gain / math.sqrt(4))
    assert model.transformer.h[1].mlp.c_proj.weight.std().item() == pytest.approx(last.std, rel=0.1)
    assert torch.equal(model.lm_head.weight, embedding)
    assert "lm_head" not in done


@pytest.mark.parametrize("make", [bert, gpt2, llama, vit])
def test_signals_are_as_predicted_before_the_first_attention(make):
    """Behind it theory counts attention as leaving sizes as they are, which it does not."""
    model = make()
    given = torch.randn(4, 3, 32, 32) if make is vit else words()
    nt.init_(model, given)
    seen = nt.inspect(model, given, measure=True).layers
    query = next(x for x in seen if "q_proj" in x.name or "query" in x.name or "c_attn" in x.name)
    assert query.measured == pytest.approx(query.predicted, rel=0.25)


@pytest.mark.parametrize(("make", "old"), [(bert, "gelu"), (gpt2, "gelu_tanh"), (llama, "silu")])
def test_swap(make, old):
    model, given = make(), words()
    done = nt.swap(model, old, "mish", given)
    assert [x.how for x in done.changes] == ["module"] * 2
    assert not done.kept
    assert nt.inspect(model, given).counts.get("mish") == 2
    done.undo()
    assert nt.inspect(model, given).counts.get(old) == 2
