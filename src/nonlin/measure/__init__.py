"""Measurements on real networks and on this machine: stability, efficiency, accuracy (floor F6)."""

from nonlin.measure.measurement import Measurement, average

__all__ = ["Measurement", "average"]
