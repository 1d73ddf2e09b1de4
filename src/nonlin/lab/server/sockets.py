"""A choice as it happens: a page asks for it, and is told whenever something changes."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from nonlin._errors import InputError, NonlinError
from nonlin._text import LANGUAGES, language, speaking
from nonlin.lab.choosing import Choice
from nonlin.lab.desk import Desk

PAUSE = 0.2  # seconds between two looks


async def choose(socket: WebSocket) -> None:
    """{"do": "start", "table": ...}, {"do": "watch", "choice": ...} or {"do": "stop"}."""
    await socket.accept()
    watching: asyncio.Task[None] | None = None
    choice: Choice | None = None
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            given = _read(await socket.receive_text())
            wanted = str(given.get("lang"))
            with speaking(wanted if wanted in LANGUAGES else language()):
                try:
                    choice = _done(socket.app.state.desk, given, choice)
                except NonlinError as error:
                    await socket.send_json({"error": str(error)})
                    continue
                if watching is not None:
                    watching.cancel()
                watching = asyncio.create_task(_watch(socket, choice))  # it keeps the language
    if watching is not None:
        watching.cancel()


def _read(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _done(desk: Desk, given: dict[str, Any], choice: Choice | None) -> Choice:
    """The choice that is told of from here on."""
    if given.get("do") == "start":
        return desk.start(desk.asked(given))
    if given.get("do") == "watch":
        return desk.choice(str(given.get("choice")))
    if given.get("do") != "stop" or choice is None:
        raise InputError("lab_no_json")
    choice.stop()
    return choice


async def _watch(socket: WebSocket, choice: Choice) -> None:
    """Tell how it stands until it has ended."""
    told = -1
    with contextlib.suppress(WebSocketDisconnect):  # the page is gone: nobody is left to tell
        while told != choice.version or choice.running:
            if told != choice.version:
                told = choice.version
                await socket.send_json(await asyncio.to_thread(choice.told))
            await asyncio.sleep(PAUSE)
