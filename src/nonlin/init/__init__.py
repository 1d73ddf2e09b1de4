"""Weight initialisation: the rules, and those that look at data (floor F5)."""
