"""What leaves for other libraries' arrays share: formulas of derivatives, and axes (floor F4)."""
