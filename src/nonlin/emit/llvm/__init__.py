"""The LLVM target: an expression graph as vector IR, ready to be compiled."""
