"""The files of the site as the server hands them out."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from nonlin._text import say
from nonlin.lab.site import PAGE

MARK = b'<meta name="nonlin-lab" content="served">'  # Python is behind the page
TYPES = {".wasm": "application/wasm", ".js": "text/javascript", ".md": "text/plain; charset=utf-8"}
_SCRIPT = re.compile(r"<script(?![^>]* src=)[^>]*>(.*?)</script>", re.DOTALL)


class Pages:
    """files: of the site, by path."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = {**files, PAGE: marked(files[PAGE])}

    async def answer(self, request: Request) -> Response:
        """The file that a path names."""
        name = request.path_params["path"] or PAGE
        if name not in self.files:
            return PlainTextResponse(say("lab.server.missing"), 404)
        ending = PurePosixPath(name).suffix
        kind = TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Response(self.files[name], media_type=kind)


def marked(page: bytes) -> bytes:
    """With the sign that this page has a server."""
    return page.replace(b"<head>", b"<head>" + MARK, 1)


def hashes_of(page: str, script: str) -> list[str]:
    """Of the scripts inside a page that are this one, as a policy names them.

    Of others none: what a table brought into the page must not run.
    """
    ours = (code for code in _SCRIPT.findall(page) if code.strip() == script.strip())
    digests = (hashlib.sha256(code.encode()).digest() for code in ours)
    return [base64.b64encode(each).decode() for each in digests]
