"""Kernels of our own on a GPU, in Triton's language: see `nonlin.emit.triton`."""
