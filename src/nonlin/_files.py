"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from nonlin._errors import InputError


def no_input(output: Path, inputs: Iterable[Path]) -> None:
    """Raises InputError if the output is a file that is read, however its path is written."""
    there = output.exists() and [each for each in inputs if each.exists()]
    if there and any(output.samefile(each) for each in there):
        raise InputError("output_is_input", given=str(output))


def check_writable(target: Path, given: str) -> None:
    """Raises InputError if no file can be written there; given: the path as the user wrote it."""
    reason = 0
    if target.is_dir():
        reason = errno.EISDIR
    elif not target.parent.is_dir():
        reason = errno.ENOENT
    elif target.exists() and not os.access(target, os.W_OK):
        reason = errno.EACCES
    if reason:
        raise InputError("cannot_write", path=given, reason=os.strerror(reason))
    try:
        tempfile.TemporaryFile(dir=target.parent).close()  # some folders only say that they can
    except OSError as error:
        raise InputError("cannot_write", path=given, reason=error.strerror) from error


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
