"""Output that takes every text: other encodings, a full disk, a closed pipe, nothing at all."""

import io
import json
import os
import subprocess
import sys

import pytest

from nonlin.cli.shared import streams


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "gbk"])
@pytest.mark.parametrize(
    "line",
    ["list", "show gelu", "show gelu --json", "forward", "--help", "show -h", "show relu -o a.svg"],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_encoding_can_be_written(line, encoding, language, tmp_path):
    environment = {**os.environ, "NONLIN_LANG": language, "PYTHONIOENCODING": encoding}
    environment.pop("PYTHONUTF8", None)
    arguments = [sys.executable, "-m", "nonlin", *line.split()]
    ran = subprocess.run(arguments, capture_output=True, env=environment, cwd=tmp_path, timeout=60)
    assert ran.returncode == 0
    said, error = ran.stdout.decode(encoding), ran.stderr.decode(encoding)
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
