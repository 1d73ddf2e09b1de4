"""A model of PyTorch, read: one pass is written down and understood."""
