"""A number with its standard error, and what an activation costs on this machine (floor F6)."""

from nonlin.measure.measurement import Measurement, average

__all__ = ["Measurement", "average"]
