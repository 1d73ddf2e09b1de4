"""Functions looked up in registers, and what instructions cost."""
