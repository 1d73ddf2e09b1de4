"""Sources of kernels as modules: Triton reads the file in which a kernel stands."""

from __future__ import annotations

import hashlib
import tempfile
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType

from nonlin._files import write_beside
from nonlin.kernels.store import folder


def module_of(source: str) -> ModuleType:
    """The module with that source, which `emit.triton` has written: no text of users is in it."""
    name = f"nonlin_{hashlib.sha256(source.encode()).hexdigest()[:32]}"
    loader = _Fresh(name, str(_kept(f"{name}.py", source.encode())))
    spec = spec_from_loader(name, loader)
    assert spec is not None  # noqa: S101 - the loader is given
    found = module_from_spec(spec)
    loader.exec_module(found)
    return found


def _kept(name: str, content: bytes) -> Path:
    """The file, written anew unless it is the same; a folder of its own where that cannot be."""
    path = folder() / "triton" / name
    try:
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_beside(path, content)
    except OSError:
        path = Path(tempfile.mkdtemp(prefix="nonlin-")) / name
        path.write_bytes(content)
    return path


class _Fresh(SourceFileLoader):
    """Without the bytecode beside the file, which nobody has checked."""

    def get_code(self, fullname: str) -> CodeType:
        found: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        return found
