"""The parts of benchmarks/choose.py: each really runs what it compares."""
