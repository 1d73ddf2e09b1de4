"""The lab as files: a folder that any web server serves, or one page that needs none."""

from __future__ import annotations

import base64
import mimetypes
import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from html import escape
from pathlib import Path

from nonlin._errors import InputError
from nonlin._files import write_beside
from nonlin._text import LANGUAGES
from nonlin.lab import facts
from nonlin.lab.entries import as_json
from nonlin.lab.packed import packed
from nonlin.lab.texts import texts
from nonlin.report import page
from nonlin.report.page.write import ENDINGS

BUILT = Path(__file__).with_name("built")  # what `hatch_build.py` makes of web/
PAGE, LICENCES = "index.html", "licences.md"
PYTHON = "pyodide"  # the folder of Python for browsers: only the site as a folder has it
_SCRIPT = re.compile(r'<script[^>]* src="\./([^"]+)"[^>]*></script>')
_STYLE = re.compile(r'<link[^>]* rel="stylesheet"[^>]* href="\./([^"]+)"[^>]*>')


def built() -> dict[str, bytes]:
    """The front end by path, without Python. Raises InputError where this installation has none."""
    names = [PAGE, LICENCES, "assets"]
    found = {name: each for part in names for name, each in _under(BUILT / part).items()}
    if PAGE not in found:
        raise InputError("lab_not_built")
    return found


def python() -> dict[str, bytes]:
    """Python for browsers by path, with what it needs of nonlin, to read typed formulas with."""
    return _under(BUILT / PYTHON) | {f"{PYTHON}/nonlin.zip": packed()}


def _under(place: Path) -> dict[str, bytes]:
    """A file, or all files of a folder, by path."""
    found = [place, *sorted(place.rglob("*"))]
    return {
        path.relative_to(BUILT).as_posix(): path.read_bytes() for path in found if path.is_file()
    }


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
    return as_json(texts(language))


def digits() -> bytes:
    """scikit-learn's handwritten digits: 64 bytes each, 0 to 16, then the label of each."""
    from sklearn.datasets import load_digits

    found = load_digits()
    pixels: bytes = found.data.astype("uint8").tobytes()
    labels: bytes = found.target.astype("uint8").tobytes()
    return pixels + labels


def files() -> dict[str, bytes]:
    """The site by path, as a server with Python behind it hands it out."""
    return built() | data()


def checked(place: str | os.PathLike[str]) -> Path:
    """Where the lab can be written: a new or an empty folder, or a file that ends in .html.

    Raises InputError for anything else, before kernels are compiled.
    """
    target = Path(place).expanduser()
    if target.suffix.lower() in ENDINGS:
        page.checked(target)
    elif target.exists() and not target.is_dir():
        raise InputError("lab_not_a_folder", given=str(place))
    elif target.is_dir() and any(target.iterdir()):
        raise InputError("lab_folder_not_empty", given=str(place))
    elif not target.is_dir() and _means_a_file(target):
        raise InputError("lab_page_ending", given=str(place))
    built()
    return target


def _means_a_file(target: Path) -> bool:
    """Does the name end as that of a file does, or nearly as that of a page?"""
    known = mimetypes.MimeTypes().guess_type(target.name)  # not as this machine is set up
    return any(known) or bool(get_close_matches(target.suffix.lower(), ENDINGS, cutoff=0.75))


def export(place: str | os.PathLike[str]) -> Path:
    """Write the lab as one page, where the place ends in .html, or as a folder.

    Raises InputError as `checked`, and for what cannot be written.
    """
    target = checked(place)
    try:
        if target.suffix.lower() in ENDINGS:
            write_beside(target, whole(built(), data()).encode())
        else:
            _write_folder(target)
    except OSError as error:
        raise InputError("cannot_write", path=str(target), reason=error.strerror) from error
    return target


def _write_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)  # before kernels are compiled
    for path, content in (files() | python()).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def whole(front: Mapping[str, bytes], known: Mapping[str, bytes]) -> str:
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
    held = as_json(coded).decode()
    notes = escape(front.get(LICENCES, b"").decode())
    head, body, rest = _SCRIPT.sub("", styled).partition("</body>")
    parts = [
        head,
        f'<template id="licences"><pre>{notes}</pre></template>',
        f'<script type="application/json" id="data">{held}</script>',
        *(f"<script>{code}</script>" for code in scripts),  # behind what they read
    ]
    return "\n".join(parts) + body + rest
