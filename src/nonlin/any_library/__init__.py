"""What leaves for other libraries' arrays share: derivatives, axes, parameters (floor F4)."""
