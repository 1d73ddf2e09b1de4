"""One file per target: a graph as LaTeX, NumPy, mpmath, Python source or LLVM IR (floor F2)."""
