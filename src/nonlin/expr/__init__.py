"""The expression core: formulas as graphs, and what can be derived from them (floor F1)."""
