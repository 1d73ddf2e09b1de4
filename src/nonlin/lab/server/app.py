"""What the server answers: the pages, their data, typed formulas, tables and choices."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from nonlin._errors import InputError, NonlinError
from nonlin._text import LANGUAGES, language, say, speaking
from nonlin.lab.choosing import Asked
from nonlin.lab.desk import Desk
from nonlin.lab.formula import described
from nonlin.lab.server.guard import Guard, page_policy
from nonlin.lab.server.pages import Pages, hashes_of
from nonlin.lab.server.sockets import choose
from nonlin.lab.upload import Upload
from nonlin.report.page.write import script

MOST_BYTES = 64 * 2**20  # of a table
MOST_ASKED = 2**16  # bytes of any other request
Asking = Callable[[Request], Awaitable[Response]]


def application(files: Mapping[str, bytes], port: int, token: str, desk: Desk) -> Guard:
    """An ASGI application; files: of the site, by path."""

    @asynccontextmanager
    async def living(app: Starlette) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(desk.close)

    routes = [
        Route("/api/formula", _answering(_formula), methods=["POST"]),
        Route("/api/table", _answering(_table), methods=["POST"]),
        Route("/api/guess", _answering(_guess), methods=["POST"]),
        Route("/api/choices", _answering(_choices)),
        Route("/api/report/{choice}", _answering(_report)),
        Route("/api/model/{choice}", _answering(_model)),
        WebSocketRoute("/api/choose", choose),
        Route("/{path:path}", Pages(files).answer),
    ]
    app = Starlette(routes=routes, lifespan=living)
    app.state.desk = desk
    return Guard(app, port, token)


def _answering(ask: Asking) -> Asking:
    """Refusals of ours become one sentence, in the language that the page speaks."""

    async def answer(request: Request) -> Response:
        wanted = request.query_params.get("lang", "")
        with speaking(wanted if wanted in LANGUAGES else language()):
            try:
                return await ask(request)
            except NonlinError as error:
                status = 413 if error.key == "lab_too_large" else 400
                return JSONResponse({"error": str(error)}, status)
            except RecursionError:
                return JSONResponse({"error": say("errors.lab_no_json")}, 400)

    return answer


async def _formula(request: Request) -> Response:
    given = await _json(request)
    values = given.get("parameters") or {}
    if not isinstance(values, dict):
        raise InputError("lab_no_json")
    return JSONResponse(await run_in_threadpool(described, str(given.get("formula")), values))


async def _table(request: Request) -> Response:
    """The bytes of a table; kept only if nonlin can read it."""
    content = await _body(request, MOST_BYTES)
    table = Upload.of(request.query_params.get("name", ""), content)
    found = await run_in_threadpool(Asked(table).guess)
    return JSONResponse({"table": request.app.state.desk.take(table), **found})


async def _guess(request: Request) -> Response:
    """The same table, with another target or task."""
    given = await _json(request)
    asked = request.app.state.desk.asked(given)
    return JSONResponse({"table": given["table"], **await run_in_threadpool(asked.guess)})


async def _choices(request: Request) -> Response:
    return JSONResponse([each.told() for each in request.app.state.desk.choices])


async def _report(request: Request) -> Response:
    """A page of its own, whose script is inside it."""
    found = request.app.state.desk.choice(request.path_params["choice"])
    page = await run_in_threadpool(found.page)
    policy = {"content-security-policy": page_policy(hashes_of(page, script()))}
    return Response(page, media_type="text/html", headers=policy)


async def _model(request: Request) -> Response:
    found = request.app.state.desk.choice(request.path_params["choice"])
    packed = await run_in_threadpool(found.model)
    named = {"content-disposition": 'attachment; filename="model.zip"'}
    return Response(packed, media_type="application/zip", headers=named)


async def _json(request: Request) -> dict[str, Any]:
    try:
        found = json.loads(await _body(request, MOST_ASKED))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InputError("lab_no_json")
    return found


async def _body(request: Request, most: int) -> bytes:
    """What was sent; read no further than what is allowed."""
    parts, length = [], 0
    async for part in request.stream():
        length += len(part)
        if length > most:
            raise InputError("lab_too_large", most=most // 2**10)
        parts.append(part)
    return b"".join(parts)
