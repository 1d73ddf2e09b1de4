"""Fill the template, and write it so that no half a file is left."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nonlin._errors import InputError
from nonlin._files import check_writable, write_beside
from nonlin._text import harmless, language, listed, say
from nonlin.network.blas import single_threaded_blas
from nonlin.report.page.content import content

if TYPE_CHECKING:
    from nonlin.choose.result import Result

ENDINGS = (".html", ".htm")


def html(result: Result, command: str | None = None) -> str:
    """The page, in the language in use; command: what reproduces the result, if one does."""
    with single_threaded_blas:  # small networks, many times: several threads only wait
        known = content(result, command)
    return filled("report.html.j2", known)


def script() -> str:
    """What a report has between `<script>` and `</script>`, but for space around it."""
    return (Path(__file__).parent / "templates" / "page.js").read_text(encoding="utf-8")


def filled(template: str, values: dict[str, Any]) -> str:
    """A template of ours with these values, in the language in use."""
    import jinja2

    loader = jinja2.PackageLoader("nonlin.report.page", "templates")
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    return environment.get_template(template).render(**values, say=_say, language=language())


def _shown(value: Any) -> Any:
    """What a name may hold must not turn the page around it."""
    return type(value)(harmless(value)) if isinstance(value, str) else value


def _say(key: str, **values: Any) -> str:
    return say(f"page.{key}", **values)


def checked(path: str | os.PathLike[str], endings: Sequence[str] = ENDINGS) -> Path:
    """A path that a page can be written to. Raises InputError if it cannot."""
    target = Path(path).expanduser()
    if target.suffix.lower() not in endings:
        raise InputError("page_ending", given=str(path), allowed=listed(endings))
    check_writable(target, str(path))
    return target


def write(result: Result, path: str | os.PathLike[str], command: str | None = None) -> Path:
    """Write the page; an older file stays as it is until the new one is whole."""
    target = checked(path)
    return saved(html(result, command), target)


def saved(page: str, target: Path) -> Path:
    """Written to a path that was `checked`."""
    try:
        write_beside(target, page.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise InputError("cannot_write", path=str(target), reason=error.strerror) from error
    return target
