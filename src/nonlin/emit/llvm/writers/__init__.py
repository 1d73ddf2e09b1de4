"""Loads, stores and loops around what is computed: kernels, and the loop that NumPy calls."""
