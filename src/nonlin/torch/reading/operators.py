"""What operators of PyTorch do, as far as the way from layer to layer needs it."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from nonlin.catalogue import get, names
from nonlin.torch.reading.record import RECURRENT as RECURRENT
from nonlin.torch.reading.record import Node


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# the same numbers: a step of an element-wise region that does nothing (dropout: in evaluation)
SAME = _words("clone _to_copy alias detach lift_fresh lift native_dropout dropout")
# the same numbers in another shape or order, or some of them
SHAPES = _words(
    """view _unsafe_view reshape _reshape_alias permute transpose t expand unsqueeze squeeze select
    slice split split_with_sizes unbind cat stack flip roll repeat index index_select gather copy
    join constant_pad_nd reflection_pad1d reflection_pad2d replication_pad1d replication_pad2d
    im2col unfold pixel_shuffle pixel_unshuffle native_channel_shuffle as_strided slice_scatter
    select_scatter index_put diagonal repeat_interleave _pad_packed_sequence
    _pack_padded_sequence"""
)
PARTS = _words("select slice split split_with_sizes unbind")  # some of them
# averages or largest of some numbers, or numbers between them
POOLS = _words(
    """max_pool2d_with_indices max_pool3d_with_indices max_pool2d avg_pool1d avg_pool2d avg_pool3d
    _adaptive_avg_pool2d _adaptive_avg_pool3d adaptive_max_pool2d adaptive_max_pool3d
    upsample_nearest1d upsample_nearest2d upsample_nearest3d upsample_linear1d upsample_bilinear2d
    upsample_bicubic2d upsample_trilinear3d grid_sampler_2d cumsum cummax"""
)
REDUCTIONS = _words(
    "mean sum var std var_mean std_mean amax amin max min linalg_vector_norm norm logsumexp"
)
NORMS = _words(
    """native_batch_norm _native_batch_norm_legit _native_batch_norm_legit_no_training
    cudnn_batch_norm miopen_batch_norm _batch_norm_no_update native_layer_norm native_group_norm
    _fused_rms_norm"""
)
CONVOLUTIONS = _words("convolution _convolution convolution_overrideable mkldnn_convolution")
EMBEDDINGS = _words("embedding _embedding_bag _embedding_bag_forward_only")
ATTENTION = _words(
    """scaled_dot_product_attention _scaled_dot_product_flash_attention_for_cpu
    _scaled_dot_product_flash_attention _scaled_dot_product_efficient_attention
    _scaled_dot_product_cudnn_attention _scaled_dot_product_fused_attention_overrideable"""
)
SOFTMAX = {"_softmax": "softmax", "_log_softmax": "log_softmax", "_safe_softmax": "softmax"}
SUMS = _words("add sub rsub")
GATES = _words("mul glu")
# made of nothing: of what they are given only the shape counts
MADE = _words(
    """zeros ones full arange scalar_tensor empty linspace rand randn new_zeros new_ones new_full
    new_empty zeros_like ones_like full_like empty_like rand_like randn_like"""
)
EQUAL = {"zeros": 0.0, "ones": 1.0, "new_zeros": 0.0, "new_ones": 1.0, "zeros_like": 0.0}
EQUAL |= {"ones_like": 1.0}
# element by element, though PyTorch does not mark them so
UNMARKED = _words(
    "hardswish log_sigmoid_forward _prelu_kernel rrelu_with_noise rrelu_with_noise_functional"
)


@dataclass(frozen=True, slots=True)
class Operands:
    """The places of data and weight among the arguments of a product."""

    data: int
    weight: int


PRODUCTS = {
    "mm": Operands(0, 1),
    "bmm": Operands(0, 1),
    "mv": Operands(0, 1),
    "dot": Operands(0, 1),
    "matmul": Operands(0, 1),
    "linear": Operands(0, 1),
    "mkldnn_linear": Operands(0, 1),
    "addmm": Operands(1, 2),
    "addmv": Operands(1, 2),
    "baddbmm": Operands(1, 2),
    "_addmm_activation": Operands(1, 2),
    "_grouped_mm": Operands(0, 1),
}


def is_pointwise(node: Node) -> bool:
    """Does each number of the result depend on numbers at its own place only?"""
    own = own_kind(node)
    if own or node.name in UNMARKED or node.name in SAME:
        return own in ("", "elementwise", "random")
    if node.name in REDUCTIONS and not (node.name in ("max", "min") and len(node.inputs) == 2):
        return False
    return torch.Tag.pointwise in getattr(node.operator, "tags", ())


def own_kind(node: Node) -> str:
    """The kind of an activation of ours, which modes see as one operator; "" for others."""
    if getattr(node.operator, "namespace", "") != "nonlin" or node.name not in names():
        return ""
    return get(node.name).kind


def row_name(node: Node) -> str:
    """The name of a function of rows."""
    return SOFTMAX.get(node.name, node.name)
