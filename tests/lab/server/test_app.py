"""What the server answers: pages, formulas, tables; refusals are one sentence."""

import base64
import hashlib

import pytest

import nonlin as nl
from nonlin._text import speaking
from nonlin.lab.server import app
from nonlin.lab.server.pages import hashes_of

ROWS = (f"{k * k % 17 / 4},{k % 5},{'yes' if k % 3 else 'no'}" for k in range(40))
TABLE = "a,b,y\n" + "\n".join(ROWS) + "\n"


def dropped(browser, content=TABLE, name="table.csv", **query):
    content = content.encode() if isinstance(content, str) else content
    return browser.post("/api/table", params={"name": name, **query}, content=content)


class TestPages:
    def test_the_first_page_says_that_it_has_a_server(self, browser):
        answer = browser.get("/")
        assert '<head><meta name="nonlin-lab" content="served">' in answer.text
        assert answer.headers["content-type"].startswith("text/html")

    def test_kernels_are_webassembly(self, browser):
        answer = browser.get("/data/kernels.wasm")
        assert (answer.content, answer.headers["content-type"]) == (b"\0asm", "application/wasm")

    @pytest.mark.parametrize(
        "path", ["/nowhere", "/../pyproject.toml", "/%2e%2e/etc/passwd", "/data/"]
    )
    def test_of_others_there_is_none(self, browser, path):
        assert browser.get(path).status_code == 404


class TestFormula:
    def asked(self, browser, formula, lang="en", **more):
        return browser.post(f"/api/formula?lang={lang}", json={"formula": formula, **more})

    def test_is_described_as_an_entry_is(self, browser):
        found = self.asked(browser, "x*sigmoid(2*x)").json()
        mine = nl.activation("mine", "x*sigmoid(2*x)")
        assert found["gain"] == pytest.approx(mine.gain)
        assert found["words"]["weaknesses"] == [str(each) for each in mine.weaknesses]
        assert "<mi>σ</mi>" in found["mathml"]
        assert base64.b64decode(found["wasm"])[:4] == b"\0asm"
        assert set(found["kernel"]) == {"fd", "constants"}

    def test_of_rows_has_no_kernel(self, browser):
        found = self.asked(browser, "softmax").json()
        assert found["row"]["x"] == [1, 2, 3]
        assert "wasm" not in found

    def test_takes_parameters(self, browser):
        found = self.asked(browser, "max(x, a*x)", parameters={"a": 0.25}).json()
        assert found["parameters"][0]["default"] == 0.25
        assert found["slope_limits"] == [0.25, 1]

    @pytest.mark.parametrize(
        "formula", ["x*sigmoi(x)", "x.__class__", "", "a*x", "sigmoid(x", "x+" * 499 + "x"]
    )
    @pytest.mark.parametrize("lang", ["en", "zh"])
    def test_errors_are_those_of_python(self, browser, formula, lang):
        answer = self.asked(browser, formula, lang)
        with speaking(lang), pytest.raises(nl.NonlinError) as refused:
            nl.activation("mine", formula)
        with speaking(lang):
            assert answer.status_code == 400
            assert answer.json() == {"error": str(refused.value)}

    @pytest.mark.parametrize(
        "body", [b"", b"[]", b"\xff", b"[" * 60_000, b'{"formula": 3, "parameters": []']
    )
    def test_what_is_no_request(self, browser, body):
        answer = browser.post("/api/formula", content=body)
        assert answer.status_code == 400
        assert list(answer.json()) == ["error"]


class TestTable:
    def test_is_told_as_nonlin_tells_it(self, browser):
        found = dropped(browser).json()
        assert found["data"] == "Data: table.csv (rows: 40, columns: 2, target: y)"
        assert found["kind"] == "binary"
        assert found["names"] == ["a", "b", "y"]
        assert found["notes"][0] == "The column 'y' was taken as the target."
        assert found["command"] == "nonlin choose table.csv"

    def test_with_another_target(self, browser):
        key = dropped(browser).json()["table"]
        found = browser.post("/api/guess?lang=zh", json={"table": key, "target": "b"}).json()
        assert found["target"] == "b"
        assert found["data"].startswith("数据：table.csv")
        assert found["command"] == "nonlin choose table.csv --target b"

    def test_a_refusal_names_no_folder_of_ours(self, browser):
        answer = dropped(browser, b"", "empty.csv")
        assert answer.status_code == 400
        assert "nonlin-" not in answer.json()["error"]
        assert "'empty.csv'" in answer.json()["error"]

    def test_one_that_is_too_large(self, browser, monkeypatch):
        monkeypatch.setattr(app, "MOST_BYTES", 2048)
        answer = dropped(browser, b"a,y\n" + b"1,2\n" * 1000)
        assert answer.status_code == 413
        assert answer.json() == {"error": "This is too large: at most 2 KiB are taken."}

    def test_only_the_latest_are_kept(self, browser):
        keys = [dropped(browser).json()["table"] for _ in range(5)]
        answers = [browser.post("/api/guess", json={"table": key}).status_code for key in keys]
        assert answers == [400, 200, 200, 200, 200]

    def test_one_that_cannot_be_read_takes_no_place(self, browser):
        key = dropped(browser).json()["table"]
        assert [dropped(browser, b"").status_code for _ in range(4)] == [400] * 4
        assert browser.post("/api/guess", json={"table": key}).status_code == 200


def test_only_our_own_script_in_a_report_is_named_by_its_hash():
    page = '<script data-a="b">\ngo()\n</script><script src="a.js"></script><script>evil()</script>'
    digest = hashlib.sha256(b"\ngo()\n").digest()
    assert hashes_of(page, "go()\n") == [base64.b64encode(digest).decode()]
    assert hashes_of("<script>evil()</script>", "go()") == []
