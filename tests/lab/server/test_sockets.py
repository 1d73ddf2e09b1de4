"""A choice as pages follow it: from the file to the answer, from several tabs, in two languages."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from starlette.websockets import WebSocketDisconnect

from nonlin.lab.server import sockets

SOCKET = "ws://127.0.0.1:8765/api/choose"
pytestmark = pytest.mark.usefixtures("small")


@pytest.fixture
def table(browser, content):
    return browser.post("/api/table?name=table.csv", content=content).json()["table"]


def last(socket):
    """What is told at the end; every message on the way is one of the same choice."""
    told = socket.receive_json()
    while told.get("state") == "running":
        following = socket.receive_json()
        assert following["choice"] == told["choice"]
        told = following
    return told


def test_from_the_file_to_the_answer(browser, table):
    with browser.websocket_connect(SOCKET) as socket:
        socket.send_json({"do": "start", "table": table, "lang": "zh"})
        told = last(socket)
        assert told["state"] == "finished"
        assert "建议" in told["said"][0]
        socket.send_json({"do": "watch", "choice": told["choice"], "lang": "en"})
        assert socket.receive_json()["said"][0].startswith("Use ")
    report = browser.get(f"/api/report/{told['choice']}?lang=zh")
    assert '<html lang="zh' in report.text
    policy = report.headers["content-security-policy"]
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert policy.count("'sha256-") == report.text.count("<script")
    model = browser.get(f"/api/model/{told['choice']}")
    assert model.headers["content-disposition"] == 'attachment; filename="model.zip"'
    assert [each["choice"] for each in browser.get("/api/choices").json()] == [told["choice"]]


def test_two_tabs_see_the_same(browser, table):
    with browser.websocket_connect(SOCKET) as one, browser.websocket_connect(SOCKET) as two:
        one.send_json({"do": "start", "table": table})
        name = one.receive_json()["choice"]
        two.send_json({"do": "watch", "choice": name})
        assert last(two)["said"] == last(one)["said"]


@pytest.mark.parametrize(
    "sent",
    ["", "[]", "{}", '{"do": "stop"}', '{"do": "start"}', '{"do": "watch"}', '{"do": ["start"]}',
     "[" * 50_000, '{"do": "start", "table": {"a": 1}, "lang": 5}'],
)  # fmt: skip
def test_what_is_no_request_gets_a_sentence(browser, sent):
    with browser.websocket_connect(SOCKET) as socket:
        socket.send_text(sent)
        assert list(socket.receive_json()) == ["error"]
        socket.send_text(json.dumps({"do": "watch", "choice": "x"}))  # it goes on
        assert "no such choice" in socket.receive_json()["error"]


def test_a_page_that_goes_away_leaves_no_error():
    class Gone:
        async def send_json(self, told):
            raise WebSocketDisconnect(1006)

    choice = SimpleNamespace(version=1, running=True, told=dict)
    with ThreadPoolExecutor(1) as other:  # browsers' journeys leave a running loop in this thread
        other.submit(lambda: asyncio.run(sockets._watch(Gone(), choice))).result()


@pytest.mark.parametrize("path", ["/api/report/x", "/api/model/x"])
def test_of_other_choices_there_is_nothing(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 400
    assert "no such choice" in answer.json()["error"]
