"""One way to look at layers: streams of what they do, and the subjects whose layers they are."""

from nonlin.layers.accumulators import Moments
from nonlin.layers.expected import Expected, expected
from nonlin.layers.sample import effective_rank
from nonlin.layers.stream import LayerSpec, LayerStream
from nonlin.layers.subject import (
    Initialise,
    Redraw,
    Retrain,
    Standardise,
    Streams,
    Subject,
    Trained,
)

__all__ = [
    "Expected",
    "Initialise",
    "LayerSpec",
    "LayerStream",
    "Moments",
    "Redraw",
    "Retrain",
    "Standardise",
    "Streams",
    "Subject",
    "Trained",
    "effective_rank",
    "expected",
]
