"""Start the server: on this machine only, at a port that is free."""

from __future__ import annotations

import errno
import secrets
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from nonlin._errors import InputError
from nonlin._public import needs
from nonlin.lab import site

if TYPE_CHECKING:
    import uvicorn

HOST = "127.0.0.1"
NEEDED = ("starlette", "uvicorn", "websockets")
MOST_MESSAGE = 2**16  # bytes of what a page says at once
PATIENCE = 5  # seconds until a connection that stays open is closed


def place(port: int) -> socket.socket:
    """Where the server will answer; port: 0 for a free one.

    Raises InputError where a package is missing, the pages are not built, or the port is in use.
    """
    for package in NEEDED:
        needs(package, "lab")
    site.built()
    return listening(port)


def run(here: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; ready: told the address as soon as it answers."""
    with here, suppress(KeyboardInterrupt):
        token = secrets.token_urlsafe(16)
        files = site.files()  # the first time it takes a while: not while the browser waits
        ready(f"http://{HOST}:{here.getsockname()[1]}/?token={token}")
        serve(here, token, files)


def listening(port: int) -> socket.socket:
    """A socket of this machine that connections already wait at."""
    here = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    here.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        here.bind((HOST, port))
    except OSError as error:
        here.close()
        taken = error.errno == errno.EADDRINUSE
        key = "lab_port_in_use" if taken else "lab_port_refused"
        raise InputError(key, port=port, reason=error.strerror) from error
    here.listen()
    return here


def serve(here: socket.socket, token: str, files: Mapping[str, bytes]) -> None:
    """Answer at this socket until Ctrl-C; files: of the site."""
    made(here, token, files).run(sockets=[here])


def made(here: socket.socket, token: str, files: Mapping[str, bytes]) -> uvicorn.Server:
    """What answers at a socket."""
    import uvicorn

    from nonlin.choose import journal
    from nonlin.lab.desk import Desk
    from nonlin.lab.server.app import application

    app = application(files, here.getsockname()[1], token, Desk(journal.home()))
    settings = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        ws="websockets-sansio",
        ws_max_size=MOST_MESSAGE,
        timeout_graceful_shutdown=PATIENCE,
    )
    return uvicorn.Server(settings)
