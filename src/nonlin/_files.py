"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_beside(path: Path, content: bytes) -> None:
    """Write a file beside `path`, which then takes its place: nobody sees half of it.

    What is no plain file, such as a pipe, is written to as it is. Raises OSError, and then leaves
    nothing.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        target.write_bytes(content)
        return
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".nonlin-")
    work = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        work.chmod(mode)
        work.replace(target)
    finally:
        work.unlink(missing_ok=True)
