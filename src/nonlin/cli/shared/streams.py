"""Standard output that takes every text, whatever its encoding."""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import Any

from nonlin._text import language, say, set_language

# of the same width where tables hold them
PLAIN = {"→": ">", "─": "-", "²": "2", "…": "...", "∞": "inf", "±": "+-", "⋮": ":"}
HANDLER = "nonlin.plain"


def prepare() -> None:
    """Signs that an encoding lacks become plain ones; a stream that is closed takes nothing."""
    codecs.register_error(HANDLER, _plain)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(PLAIN.get(letter, "?") for letter in letters), error.end


def shows(stream: Any, letters: str) -> bool:
    """Can the stream's encoding write these letters?"""
    try:
        letters.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def choose_language() -> None:
    """English instead of question marks where Chinese is asked for and cannot be written."""
    if language() == "zh" and not shows(sys.stdout, "中文"):
        set_language("en")
        print(say("cli.no_chinese", encoding=sys.stdout.encoding), file=sys.stderr)


def silence() -> None:
    """Let what is still to be written go nowhere: the stream has failed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
