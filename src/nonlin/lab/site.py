"""The lab as files: a folder that any web server serves, or one page that needs none."""

from __future__ import annotations

import base64
import errno
import os
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

from nonlin._errors import InputError
from nonlin._files import write_beside
from nonlin._text import LANGUAGES
from nonlin.lab import facts
from nonlin.lab.texts import texts

BUILT = Path(__file__).with_name("built")  # what `hatch_build.py` makes of web/
PAGE, LICENCES, STAMP = "index.html", "licences.md", "stamp.txt"
ENDINGS = (".html", ".htm")
_SCRIPT = re.compile(r'<script[^>]* src="\./([^"]+)"[^>]*></script>')
_STYLE = re.compile(r'<link[^>]* rel="stylesheet"[^>]* href="\./([^"]+)"[^>]*>')


def built() -> dict[str, bytes]:
    """The front end by path. Raises InputError where this installation has none."""
    found = {
        path.relative_to(BUILT).as_posix(): path.read_bytes()
        for path in sorted(BUILT.rglob("*"))
        if path.is_file() and path.name != STAMP
    }
    if PAGE not in found:
        raise InputError("lab_not_built")
    return found


def data() -> dict[str, bytes]:
    """Kernels, facts, words and digits by path: what the pages load, the same in every form."""
    from nonlin.catalogue import get, names
    from nonlin.kernels import wasm

    bundle = wasm.bundle(entry.trained for entry in map(get, names()) if entry.elementwise)
    spoken = {
        f"data/{kind}.{name}.json": write(name)
        for name in LANGUAGES
        for kind, write in (("facts", facts.written), ("text", _texts))
    }
    return {
        "data/kernels.wasm": bundle.bytes,
        "data/facts.json": facts.together(bundle.table),
        "data/digits.bin": digits(),
        **spoken,
    }


def _texts(language: str) -> bytes:
    return facts.as_json(texts(language))


def digits() -> bytes:
    """scikit-learn's handwritten digits: 64 bytes each, 0 to 16, then the label of each."""
    from sklearn.datasets import load_digits

    found = load_digits()
    pixels: bytes = found.data.astype("uint8").tobytes()
    labels: bytes = found.target.astype("uint8").tobytes()
    return pixels + labels


def files() -> dict[str, bytes]:
    """The whole site by path."""
    return built() | data()


def export(place: str | os.PathLike[str]) -> Path:
    """Write the lab as one page, where the place ends in .html, or as a folder.

    Raises InputError for a folder that is not empty, and for what cannot be written.
    """
    target = Path(place).expanduser()
    try:
        if target.suffix.lower() in ENDINGS:
            return _write_page(target)
        return _write_folder(target)
    except OSError as error:
        raise InputError("cannot_write", path=str(target), reason=error.strerror) from error


def _write_folder(folder: Path) -> Path:
    if folder.exists() and not folder.is_dir():
        raise InputError("lab_not_a_folder", given=str(folder))
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError("lab_folder_not_empty", given=str(folder))
    if not os.access(next(each for each in folder.absolute().parents if each.is_dir()), os.W_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))  # before kernels are compiled
    for path, content in files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def _write_page(target: Path) -> Path:
    if target.is_dir():
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not target.parent.is_dir():
        raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
    write_beside(target, page(built(), data()).encode())
    return target


def page(front: Mapping[str, bytes], known: Mapping[str, bytes]) -> str:
    """Everything in one HTML text: style and script inline, data in base64, licences at the end.

    front: the built front end; known: the data, which the script looks for in the element `data`.
    """
    styled = _STYLE.sub(
        lambda found: f"<style>{front[found[1]].decode()}</style>", front[PAGE].decode()
    )
    scripts = [
        front[name].decode().replace("</script", "<\\/script") for name in _SCRIPT.findall(styled)
    ]
    coded = {path: base64.b64encode(content).decode() for path, content in known.items()}
    held = facts.as_json(coded).decode()
    notes = escape(front.get(LICENCES, b"").decode())
    head, body, rest = _SCRIPT.sub("", styled).partition("</body>")
    parts = [
        head,
        f'<template id="licences"><pre>{notes}</pre></template>',
        f'<script type="application/json" id="data">{held}</script>',
        *(f"<script>{code}</script>" for code in scripts),  # behind what they read
    ]
    return "\n".join(parts) + body + rest
