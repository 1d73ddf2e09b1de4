"""Whatever people hand over, read into one form, prepared and cut into parts (floor F6)."""
