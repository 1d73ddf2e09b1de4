"""One way to look at layers: streams of what they do, and the subjects whose layers they are."""

from nonlin.layers.columns import Columns
from nonlin.layers.expected import Expected, expected
from nonlin.layers.sample import effective_rank
from nonlin.layers.stream import LayerSpec, LayerStream
from nonlin.layers.subject import (
    Answer,
    Fault,
    Faulty,
    Initialise,
    Mend,
    Recipe,
    Redraw,
    Retrain,
    Standardise,
    Streams,
    Subject,
    Trial,
    Widen,
)

__all__ = [
    "Answer",
    "Columns",
    "Expected",
    "Fault",
    "Faulty",
    "Initialise",
    "LayerSpec",
    "LayerStream",
    "Mend",
    "Recipe",
    "Redraw",
    "Retrain",
    "Standardise",
    "Streams",
    "Subject",
    "Trial",
    "Widen",
    "effective_rank",
    "expected",
]
