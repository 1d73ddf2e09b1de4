"""How far results are from the truth: the parts of benchmarks/accuracy.py."""
