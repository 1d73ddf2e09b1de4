"""The parts of benchmarks/tables.py: the tables, their full sweeps, policies replayed on them."""
