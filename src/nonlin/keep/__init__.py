"""What the user takes away: save, load, predict, code."""

from nonlin.keep.load import load
from nonlin.keep.model import About, Model, Score

__all__ = ["About", "Model", "Score", "load"]
