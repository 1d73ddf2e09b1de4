"""The lab: how large it is, how soon it shows something, and what it computes with.

Run: python benchmarks/lab.py            a minute; the pages must be built (make lab)
     python benchmarks/lab.py --measure  the same, and writes it into docs/lab.md

Sizes are those of gzip -9. CPU times are those of Chromium's main thread, as its own counters
tell, and of one process of Node and of Python, after rounds that compile.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from _shared import DOCS, cpu, parser, say_reduced
from playwright.sync_api import Browser, sync_playwright
from threadpoolctl import threadpool_limits

import nonlin as nl
from nonlin.lab import site

WEB = DOCS.parent / "web"
REDUCED = "the same"
PAGES = (DOCS / "lab.md", DOCS / "lab.zh-CN.md")
MARKS = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- /measured -->)", re.DOTALL)
LATER = re.compile(r"\.zh\.json$|digits\.bin$|licences\.md$")  # not for the first view in English
EIGHT = ["relu", "silu", "gelu", "tanh", "sigmoid", "mish", "elu", "softplus"]
RACE = {"racers": [[name] for name in EIGHT], "hidden": [64, 64]}
CHINESE = {  # for the Chinese page, longer parts first
    "CPU time of the main thread per frame, 8 networks of 64-64, maps of 60x60":
        "主线程每帧的 CPU 时间，8 个 64-64 网络，60x60 决策图",
    "whole site without Python, compressed": "整个网站（不含 Python），压缩后",
    "first load, compressed": "首次加载，压缩后",
    "first picture (Activations, median of 3)": "首个图像（激活函数视图，3 次的中位数）",
    "hash of 8 networks after 20 epochs": "8 个网络训练 20 轮后的哈希值",
    "the same everywhere": "处处相同",
    "one step of 2-64-64-2, batch 32, in Node: ": "2-64-64-2 网络一步训练，批量大小 32，Node：",
    "| what | measured | target |": "| 项目 | 实测 | 目标 |",
    " ms, ": " ms，", "frames/s": "帧/秒", "Machine: ": "机器：", "; Python": "；Python",
    "; ": "；",
}  # fmt: skip
SECONDS, ROWS, EPOCHS, ROUNDS = 10, 3200, 10, 5
COUNTED = """() => { window.shown = 0; new MutationObserver(() => (window.shown += 1))
  .observe(document.querySelector('main output'), {characterData: true, subtree: true}) }"""
DRAWN = """() => new Promise((done) => { const look = () =>
  document.querySelector('main svg') ? done(performance.now()) : requestAnimationFrame(look);
  look(); })"""


def kib(files: dict[str, bytes]) -> float:
    """Together, each compressed by itself, without Python: that is loaded with a first formula."""
    return sum(len(gzip.compress(content, 9)) for content in files.values()) / 1024


def sizes(files: dict[str, bytes]) -> list[tuple[str, str, str]]:
    first = {path: each for path, each in files.items() if not LATER.search(path)}
    return [
        ("first load, compressed", f"{kib(first):.0f} KiB", "200 KB"),
        ("whole site without Python, compressed", f"{kib(files):.0f} KiB", "250 KB"),
    ]


class Quiet(SimpleHTTPRequestHandler):
    """Says nothing about what it serves."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def in_browser(folder: Path) -> list[tuple[str, str, str]]:
    handler = functools.partial(Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        found = [first_picture(browser, address), frames(browser, address), bits(browser, address)]
        browser.close()
    server.shutdown()
    return found


def first_picture(browser: Browser, address: str) -> tuple[str, str, str]:
    took = []
    for _ in range(3):
        page = browser.new_context().new_page()
        page.goto(f"{address}#/activations", wait_until="commit")
        took.append(page.evaluate(DRAWN) / 1000)
        page.context.close()
    return "first picture (Activations, median of 3)", f"{sorted(took)[1]:.2f} s", "2 s"


def frames(browser: Browser, address: str) -> tuple[str, str, str]:
    page = browser.new_page()
    page.goto(f"{address}#/race?{quote(json.dumps(RACE))}")
    page.locator("article").nth(7).wait_for(timeout=60_000)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.get_by_role("button", name="Run").click()
    page.wait_for_timeout(2000)
    page.evaluate(COUNTED)
    begin = task_time(devtools)
    page.wait_for_timeout(1000 * SECONDS)
    spent, shown = task_time(devtools) - begin, page.evaluate("window.shown")
    page.close()
    what = "CPU time of the main thread per frame, 8 networks of 64-64, maps of 60x60"
    return what, f"{1000 * spent / shown:.1f} ms, {shown / SECONDS:.0f} frames/s", "12 ms"


def task_time(devtools: Any) -> float:
    """Seconds of CPU that tasks of the page have taken."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return next(each["value"] for each in metrics if each["name"] == "TaskDuration")


def bits(browser: Browser, address: str) -> tuple[str, str, str]:
    """A hash of all parameters of a race, which every machine must find again."""
    state = {"racers": RACE["racers"], "epoch": 20}
    page = browser.new_page()
    page.goto(f"{address}#/race?{quote(json.dumps(state))}")
    page.locator("output", has_text=re.compile("^20$")).first.wait_for(timeout=60_000)
    found = [each.get_attribute("data-fingerprint") for each in page.locator("article").all()]
    page.close()
    digest = hashlib.sha256(" ".join(map(str, found)).encode()).hexdigest()[:12]
    return "hash of 8 networks after 20 epochs", f"`{digest}`", "the same everywhere"


def steps(folder: Path) -> list[tuple[str, str, str]]:
    """Milliseconds of CPU for one step of 2-64-64-2 at batch 32, in Node and in our engine.

    Medians of ROUNDS, in which both take turns: they share the weather of the machine.
    """
    random = np.random.default_rng(1)
    x = random.normal(size=(ROWS, 2)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    job = {"rows": ROWS, "epochs": EPOCHS, "inputs": x.ravel().tolist(), "labels": y.tolist()}
    (folder / "job.json").write_text(json.dumps(job))
    rounds = []
    for _ in range(ROUNDS):
        node = in_node(folder)
        rounds.append({name: (spent, step(name, x, y)) for name, spent in node.items()})
    rows = []
    for name in rounds[0]:
        browser, ours = (statistics.median(each[name][k] for each in rounds) for k in (0, 1))
        cell = f"{browser:.3f} ms; Python {ours:.3f} ms; {browser / ours:.1f} x"
        rows.append((f"one step of 2-64-64-2, batch 32, in Node: {name}", cell, "3 x"))
    return rows


def in_node(folder: Path) -> dict[str, float]:
    """Milliseconds of a step, by activation."""
    told = folder / "speed.json"
    given = {"NONLIN_JOB": str(folder / "job.json"), "NONLIN_SPEED": str(told)}
    command = [shutil.which("node") or "node", "tests/run.mjs", "speed.ts"]
    subprocess.run(  # noqa: S603 - our own script
        command, cwd=WEB, check=True, stdout=subprocess.DEVNULL,
        env=os.environ | given | {"NONLIN_DATA": str(folder / "site" / "data")},
    )  # fmt: skip
    found: dict[str, float] = json.loads(told.read_text())
    return found


def step(name: str, x: np.ndarray, y: np.ndarray) -> float:
    """By the difference of two trainings: what both share, falls out."""
    network = nl.Network([2, 64, 64, 2], [name, name], "softmax", seed=1)
    spent = []
    for epochs in (1, 1, 1 + EPOCHS):
        begin = time.process_time()
        network.fit(x, y, epochs=epochs, seed=1, optimizer="adamw", learning_rate=0.001)
        spent.append(time.process_time() - begin)
    return 1000 * (spent[2] - spent[1]) / (EPOCHS * ROWS // 32)


def main() -> None:
    given = parser(__doc__, REDUCED).parse_args()
    say_reduced(given, REDUCED)
    files = site.files()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site.export(folder / "site")
        rows = [*sizes(files), *in_browser(folder / "site"), *steps(folder)]
    head = "| what | measured | target |\n|---|---|---|\n"
    table = head + "\n".join(f"| {' | '.join(row)} |" for row in rows)
    print(table)
    if given.measure:
        write_down(f"{table}\n\nMachine: {cpu()}.\n")


def write_down(part: str) -> None:
    """Into both pages, between the marks."""
    chinese = functools.reduce(lambda text, pair: text.replace(*pair), CHINESE.items(), part)
    for page, written in zip(PAGES, (part, chinese), strict=True):
        text = page.read_text(encoding="utf-8")
        page.write_text(MARKS.sub(lambda _, new=written: new, text), encoding="utf-8")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
