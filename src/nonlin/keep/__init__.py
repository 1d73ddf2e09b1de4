"""What the user takes away: save, load, predict, code."""

from nonlin.keep.load import load
from nonlin.keep.model import Model
from nonlin.keep.predictor import About, Score

__all__ = ["About", "Model", "Score", "load"]
