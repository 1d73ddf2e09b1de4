"""Compiled objects on disk. An entry is checked before it is used and rebuilt if it is damaged.

A file is the SHA-256 of what follows, then the object. It is written beside its place and
renamed, so that many processes may share the folder. Where nothing can be written, the object
lives in memory only.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

DIGEST = hashlib.sha256().digest_size


def folder() -> Path:
    """Where objects are kept: NONLIN_CACHE_DIR, else the user's cache folder."""
    if chosen := os.environ.get("NONLIN_CACHE_DIR"):
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_cache_dir("nonlin", appauthor=False)) / "kernels"


def fetch(key: str, make: Callable[[], bytes]) -> bytes:
    """The object stored under `key`; made and stored if it is missing or damaged."""
    path = folder() / f"{key}.o"
    found = _read(path)
    if found is not None:
        return found
    made = make()
    _write(path, made)
    return made


def _read(path: Path) -> bytes | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, found = content[:DIGEST], content[DIGEST:]
    return found if found and hashlib.sha256(found).digest() == digest else None


def _write(path: Path, content: bytes) -> None:
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            temporary = file.name
            file.write(hashlib.sha256(content).digest() + content)
        os.replace(temporary, path)
    except OSError:  # a full disk, a read-only home
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
