"""Row-wise functions: passes over a row, or many short rows side by side."""
