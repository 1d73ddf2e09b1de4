"""A table that was dropped into the browser: its bytes, in memory, and how nonlin reads them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from nonlin._errors import InputError
from nonlin.data.read import read
from nonlin.data.table import Table
from nonlin.data.wishes import Wishes

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in memory, of which a part of our own is used
LONGEST = 200  # bytes of a name
UNNAMED = "table.csv"


@dataclass(frozen=True, slots=True, eq=False)
class Upload:
    """name: of the file, without folders. content: as it was dropped."""

    name: str
    content: bytes

    @classmethod
    def of(cls, name: str, content: bytes) -> Upload:
        """The name may be anything that a browser sends."""
        bare = PureWindowsPath(PurePosixPath(name.replace("\0", "")).name).name
        stem, dot, ending = bare.encode(errors="replace").decode().rpartition(".")
        short = stem.encode()[:LONGEST].decode(errors="ignore")
        whole = f"{short}{dot}{ending[: LONGEST // 10]}"
        return cls(UNNAMED if whole.strip(".") == "" else whole, content)

    def read(
        self,
        target: str | Sequence[str] | None,
        roles: Mapping[str, str],
        wishes: Wishes,
    ) -> Table:
        """As `data.read` reads a file. Raises InputError as that does."""
        with self._on_disk() as path:
            try:
                return read(str(path), target, roles, wishes)
            except InputError as error:
                raise InputError(error.key, **_without(path.parent, error.values)) from None

    @contextmanager
    def _on_disk(self) -> Iterator[Path]:
        """For the readers, which want a file: in memory where that is possible, only for us."""
        roomy = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > 2 * len(self.content)
        place = IN_MEMORY if roomy and os.access(IN_MEMORY, os.W_OK) else None
        with tempfile.TemporaryDirectory(prefix="nonlin-", dir=place) as folder:
            path = Path(folder) / self.name
            path.write_bytes(self.content)
            yield path


def _without(folder: Path, values: Mapping[str, object]) -> dict[str, Any]:
    """The folder is ours, and says nothing to the reader."""
    ours = f"{folder}/"
    return {
        name: each.replace(ours, "") if isinstance(each, str) else each
        for name, each in values.items()
    }
