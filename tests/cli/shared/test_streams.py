"""Output that takes every text: other encodings, a full disk, a closed pipe, nothing at all."""

import io
import json
import os
import subprocess
import sys
from functools import cache

import pytest

from nonlin.cli.shared import streams

LINES = [
    "list", "show gelu", "show gelu --json", "forward", "--help", "show -h", "show relu -o a.svg",
]  # fmt: skip
EVERY_LINE = """
import os, sys
from pathlib import Path
from nonlin.cli import main
for language in ("en", "zh"):
    os.environ["NONLIN_LANG"] = language
    for number, line in enumerate(sys.argv[1:]):
        place = f"{language}{number}"
        for stream in (1, 2):
            os.dup2(os.open(f"{place}.{stream}", os.O_WRONLY | os.O_CREAT), stream)
        try:
            main(line.split())
        except SystemExit as end:
            sys.stdout.flush(), sys.stderr.flush()
            Path(f"{place}.code").write_text(str(end.code))
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Exit code, output and errors of each line in each language, which all run in one process
    for an encoding: it starts slowly."""

    @cache
    def lines(encoding):
        folder = tmp_path_factory.mktemp(encoding)
        environment = {**os.environ, "PYTHONIOENCODING": encoding}
        environment.pop("PYTHONUTF8", None)
        arguments = [sys.executable, "-c", EVERY_LINE, *LINES]
        subprocess.run(arguments, env=environment, cwd=folder, timeout=180, check=True)
        return {
            (language, line): [
                (folder / f"{language}{number}.{part}").read_bytes() for part in ("code", 1, 2)
            ]
            for language in ("en", "zh")
            for number, line in enumerate(LINES)
        }

    return lines


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "gbk"])
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_encoding_can_be_written(line, encoding, language, printed):
    code, out, errors = printed(encoding)[language, line]
    assert code == b"0"
    said, error = out.decode(encoding), errors.decode(encoding)
    assert "?" not in said
    assert ("cannot show Chinese" in error) == (language == "zh" and encoding != "gbk")
    if line == "show gelu --json":
        assert json.loads(said)["title"] in ("Gaussian error linear unit", "高斯误差线性单元")
    if line == "show gelu" and encoding == "ascii":
        assert "[-0.169971, inf)" in said


def test_signs_become_plain_ones():
    streams.prepare()
    raw = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors=streams.HANDLER)
    raw.write("→ R² 0 … ∞ 北")
    raw.flush()
    assert raw.buffer.getvalue() == b"> R2 0 ... inf ?"


def test_a_closed_pipe_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-m", "nonlin", "list", "--json"],
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    os.close(writing)
    assert ran.stderr == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
@pytest.mark.parametrize("line", ["list", "list --json", "--help", "--version"])
def test_a_full_disk_is_one_sentence(line):
    with open("/dev/full", "w", encoding="utf-8") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "nonlin", *line.split()],
            env={**os.environ, "NONLIN_LANG": "en"},
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            text=True,
        )
    assert ran.returncode == 2
    said = "nonlin: error: The output cannot be written: the system says 'No space left on device'."
    assert ran.stderr == said + "\n"


def test_no_output_at_all():
    code = "import sys; sys.stdout = None; from nonlin.cli import main; main(['list'])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
