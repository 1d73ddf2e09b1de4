"""The files of nonlin that Python in a browser reads a typed formula with, as one ZIP file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from nonlin.kernels.sources import ROOT, sources

FIRST = ("nonlin", "nonlin.lab.typed", "nonlin.kinds.curves")  # the last is imported by its name
COMPILED = (
    "nonlin.kernels.",
    "nonlin.emit.llvm.",
    "nonlin.expr.machine.",
    "nonlin.gaussian_moments.",
)
DATA = ("messages/*/*.toml", "catalogue/*/*.toml")
_FOREIGN = re.compile(rb"^(import|from) (numpy|llvmlite|mpmath)\b", re.MULTILINE)
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same files give the same bytes


def packed() -> bytes:
    """Modules that are imported, those inside functions too, without what needs NumPy or LLVM."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted({*_programs(), *_data()}):
            entry = zipfile.ZipInfo(f"nonlin/{name}", _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, (ROOT / name).read_bytes())
    return written.getvalue()


def _programs() -> Iterator[str]:
    """Files of modules, and of the packages that they stand in."""
    for module, source in sources(FIRST).items():
        if module.startswith(COMPILED) or _FOREIGN.search(source):
            continue
        path = PurePosixPath(*module.split(".")[1:])
        is_package = (ROOT / path).is_dir()
        yield str(path / "__init__.py" if is_package else path.with_suffix(".py"))
        yield from (str(folder / "__init__.py") for folder in path.parents)


def _data() -> Iterator[str]:
    for pattern in DATA:
        yield from (path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern))
