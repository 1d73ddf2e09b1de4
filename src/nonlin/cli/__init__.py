"""The command line. Errors are one sentence on stderr and exit code 2, never a traceback."""

# nothing else stands here: `list`, the module, would hide what Python calls so
from nonlin.cli.entry import main, run

__all__ = ["main", "run"]
