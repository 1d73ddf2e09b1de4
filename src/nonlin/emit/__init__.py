"""One file per target: a graph as text, as functions of NumPy or mpmath, as LLVM (floor F2)."""
