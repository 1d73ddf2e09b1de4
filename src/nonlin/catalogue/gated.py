"""Gated pairs: a value times a function of a gate, as in the feed-forward part of transformers."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue import rectified, self_gated
from nonlin.catalogue.declare import declared, parameter
from nonlin.expr import vocabulary as f

DAUPHIN = "Dauphin, Fan, Auli and Grangier, Language modeling with gated convolutional networks, "
SHAZEER = "Shazeer, GLU variants improve transformer, arXiv:2002.05202"


@declared("Gated linear unit", "门控线性单元", 2016, DAUPHIN + "arXiv:1612.08083")
def glu(x: Any, value: Any) -> Any:
    return value * f.sigmoid(x)


@declared(
    "Gated tanh unit",
    "门控双曲正切单元",
    2016,
    "van den Oord et al., Conditional image generation with PixelCNN decoders, arXiv:1606.05328",
)
def gtu(x: Any, value: Any) -> Any:
    return f.tanh(value) * f.sigmoid(x)


@declared(
    "Bilinear gated unit",
    "双线性门控单元",
    2007,
    "Mnih and Hinton, Three new graphical models for statistical language modelling, ICML 2007; "
    "as a gate: Dauphin et al., arXiv:1612.08083",
)
def bilinear(x: Any, value: Any) -> Any:
    return value * x


@declared(title="ReLU-gated linear unit", zh="ReLU 门控线性单元", year=2020, source=SHAZEER)
def reglu(x: Any, value: Any) -> Any:
    return value * rectified.relu(x)


@declared(title="GELU-gated linear unit", zh="GELU 门控线性单元", year=2020, source=SHAZEER)
def geglu(x: Any, value: Any) -> Any:
    return value * self_gated.gelu(x)


@declared(title="SiLU-gated linear unit", zh="SiLU（Swish）门控线性单元", year=2020, source=SHAZEER)
def swiglu(x: Any, value: Any) -> Any:
    return value * self_gated.silu(x)


@declared(
    "Clamped SwiGLU",
    "带截断的 SwiGLU",
    2025,
    "OpenAI, gpt-oss-120b and gpt-oss-20b model card, arXiv:2508.10925, and its code",
    aliases=("swiglu_oai",),
)
def clamped_swiglu(
    x: Any,
    value: Any,
    alpha: Any = parameter(1.702, above=0),
    limit: Any = parameter(7.0, above=0),
) -> Any:
    gate = f.where(x > limit, limit, x)
    clipped = f.where(value > limit, limit, f.where(value < -limit, -limit, value))
    return (clipped + 1) * (gate * f.sigmoid(alpha * gate))
