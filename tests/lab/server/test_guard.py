"""Who is answered: the browser with the token, on this machine, from a page of ours."""

import re

import pytest
from starlette.testclient import WebSocketDenialResponse

HOSTS = (
    "evil.example",
    "evil.example:8765",
    "127.0.0.1",
    "127.0.0.1:80",
    "127.0.0.1.evil:8765",
    "",
)
SOCKET = "ws://127.0.0.1:8765/api/choose"
ORIGINS = ("http://evil.example", "null", "http://127.0.0.1:80", "https://127.0.0.1:8765", "")


def one_sentence(answer):
    assert re.fullmatch(r"[^\n]{10,200}\.", answer.text), answer.text
    return True


class TestHost:
    @pytest.mark.parametrize("host", HOSTS)
    def test_of_another_name_is_refused(self, browser, host):
        answer = browser.get("/", headers={"host": host})
        assert answer.status_code == 421
        assert one_sentence(answer)

    def test_localhost_is_this_machine(self, browser):
        told = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        answer = browser.get("/", headers={"host": "localhost:8765", "cookie": told})
        assert answer.status_code == 200


class TestOrigin:
    @pytest.mark.parametrize("origin", ORIGINS)
    @pytest.mark.parametrize("path", ["/api/formula", "/api/table", "/api/guess"])
    def test_of_another_page_is_refused(self, browser, path, origin):
        answer = browser.post(path, content=b'{"formula": "x"}', headers={"origin": origin})
        assert answer.status_code == 403
        assert one_sentence(answer)

    @pytest.mark.parametrize("origin", ORIGINS)
    def test_of_a_socket(self, browser, origin):
        connecting = browser.websocket_connect(SOCKET, headers={"origin": origin})
        with pytest.raises(WebSocketDenialResponse) as refused, connecting:
            pass
        assert refused.value.status_code == 403


class TestToken:
    @pytest.mark.parametrize(
        "path", ["/", "/data/facts.json", "/api/choices", "/?token=", "/?token=x"]
    )
    def test_without_it_nothing_is_read(self, stranger, path):
        answer = stranger.get(path)
        assert answer.status_code == 403
        assert one_sentence(answer)

    def test_without_it_nothing_is_done(self, stranger):
        assert stranger.post("/api/formula", content=b'{"formula": "x"}').status_code == 403
        connecting = stranger.websocket_connect(SOCKET)
        with pytest.raises(WebSocketDenialResponse) as refused, connecting:
            pass
        assert refused.value.status_code == 403

    def test_is_exchanged_for_a_cookie_of_this_site(self, stranger):
        answer = stranger.get("/?token=token-of-the-test")
        assert answer.headers["location"] == "/"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "nonlin_lab_8765=" in cookie
        assert "token-of-the-test" not in cookie
        assert stranger.get("/").status_code == 200

    @pytest.mark.parametrize(
        "cookie", ["nonlin_lab_8765=", "nonlin_lab_8765=guess", "a=b", ";;=\x01"]
    )
    def test_a_wrong_cookie(self, stranger, cookie):
        assert stranger.get("/", headers={"cookie": cookie}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/assets/lab.js", "/nowhere", "/api/choices"])
def test_no_script_from_elsewhere_and_none_inside(browser, path):
    policy = browser.get(path).headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert rules["frame-ancestors"] == "'none'"
    assert "http:" not in policy
    assert browser.get(path).headers["x-content-type-options"] == "nosniff"
