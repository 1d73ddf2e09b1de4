"""The files of the site as the server hands them out."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import PurePosixPath

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from nonlin._text import say
from nonlin.lab.site import PAGE

MARK = b'<meta name="nonlin-lab" content="served">'  # Python is behind the page
TYPES = {".wasm": "application/wasm", ".js": "text/javascript", ".md": "text/plain; charset=utf-8"}
_SCRIPT = re.compile(r"<script(?![^>]* src=)[^>]*>(.*?)</script>", re.DOTALL)


class Pages:
    """files: made when the first one is asked for, for they may take a while."""

    def __init__(self, files: Callable[[], Mapping[str, bytes]]) -> None:
        self._make = files
        self._lock = threading.Lock()

    async def answer(self, request: Request) -> Response:
        """The file that a path names."""
        name = request.path_params["path"] or PAGE
        files = await run_in_threadpool(self._files)
        if name not in files:
            return PlainTextResponse(say("lab.server.missing"), 404)
        ending = PurePosixPath(name).suffix
        kind = TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        content = files[name]
        return Response(marked(content) if name == PAGE else content, media_type=kind)

    def _files(self) -> Mapping[str, bytes]:
        with self._lock:
            return self._made

    @cached_property
    def _made(self) -> Mapping[str, bytes]:
        return self._make()


def marked(page: bytes) -> bytes:
    """With the sign that this page has a server."""
    return page.replace(b"<head>", b"<head>" + MARK, 1)


def hashes_of(page: str) -> list[str]:
    """Of the scripts inside a page, as a policy names them."""
    digests = (hashlib.sha256(code.encode()).digest() for code in _SCRIPT.findall(page))
    return [base64.b64encode(each).decode() for each in digests]
