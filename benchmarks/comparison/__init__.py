"""Contenders of benchmarks/kernels.py, the run that times them, and the page it writes."""
