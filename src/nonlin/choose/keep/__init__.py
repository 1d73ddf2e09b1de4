"""What the user takes away: save, load, predict, code."""

from nonlin.choose.keep.load import load
from nonlin.choose.keep.model import About, Model, Score

__all__ = ["About", "Model", "Score", "load"]
