"""What `compare_versions.py` asks of a version: calls of the public interface, and their answers.

Nothing but `nonlin`, `nonlin.sklearn`, `nl.choose`, ... is imported here: what is inside moves.
"""
