"""Expectations of an activation of a normal variable, and the gains that follow (floor F3)."""
