"""Who is answered: the browser that opened the first address, on this machine, and nobody else.

The first address has a token, which is exchanged for a cookie that scripts cannot read and other
sites cannot send. Host must be this server (or other sites could point their name at it), and
whatever changes something must come from a page of this server.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nonlin._text import say

NAMES = ("127.0.0.1", "localhost")
READING = ("GET", "HEAD")
POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self' blob:",
    "style-src": "'self' 'unsafe-inline'",  # MathML and charts have styles of their own
    "img-src": "'self' data: blob:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Guard:
    """Stands before an application; refuses in one sentence, and adds headers to each answer."""

    def __init__(self, app: ASGIApp, port: int, token: str) -> None:
        self.app = app
        self.hosts = tuple(f"{name}:{port}" for name in NAMES)
        self.origins = tuple(f"http://{host}" for host in self.hosts)
        self.token = token
        self.name = f"nonlin_lab_{port}"  # browsers hold cookies of all ports together
        self.secret = secrets.token_urlsafe(32)
        sockets = " ".join(f"ws://{host}" for host in self.hosts)
        self.policy = _written(POLICY | {"connect-src": f"'self' {sockets}"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As servers call an application."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refusal = self._answer(scope)
        answers = self.app if refusal is None else refusal
        await answers(scope, receive, self._with_headers(send))

    def _answer(self, scope: Scope) -> Response | None:
        """What is answered in place of the application; None if it may."""
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self.hosts:
            return PlainTextResponse(say("lab.server.host"), 421)
        asks = scope["type"] == "websocket" or scope["method"] not in READING
        if asks and headers.get("origin") not in self.origins:
            return PlainTextResponse(say("lab.server.origin"), 403)
        if self._knows(headers):
            return None
        if scope["type"] == "http" and scope["path"] == "/" and self._brings_token(scope):
            answer = RedirectResponse("/", 303)
            answer.set_cookie(self.name, self.secret, httponly=True, samesite="strict")
            return answer
        return PlainTextResponse(say("lab.server.token"), 403)

    def _knows(self, headers: Headers) -> bool:
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self.name)
        except CookieError:
            return False
        return found is not None and _same(found.value, self.secret)

    def _brings_token(self, scope: Scope) -> bool:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])
        return _same(given[0], self.token)

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", self.policy)
            await send(message)

        return sending


def _written(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def _same(given: str, expected: str) -> bool:
    """Compared in a time that tells nothing."""
    return secrets.compare_digest(given.encode(), expected.encode())


def page_policy(hashes: Iterable[str]) -> str:
    """For a page whose own scripts have these hashes, and that needs nothing else."""
    allowed = " ".join(f"'sha256-{each}'" for each in hashes) or "'none'"
    rest = {"script-src": allowed, "style-src": "'unsafe-inline'", "img-src": "data:"}
    return _written({"default-src": "'none'"} | rest | {"frame-ancestors": "'none'"})
