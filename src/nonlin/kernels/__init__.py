"""Compile graphs, keep the objects, run them on NumPy arrays."""
