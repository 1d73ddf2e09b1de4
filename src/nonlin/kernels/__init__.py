"""Compile graphs, keep the objects, run them on NumPy arrays."""

LONG = 1 << 14  # elements: shorter arrays are no work for several threads
