"""The bytes of a file as lines in UTF-8: any usual encoding, packed or not."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from pathlib import Path

from nonlin._errors import InputError
from nonlin._text import Text, text

CHINESE = 0.9  # share of the letters that must be common ones for a file to be Chinese
GZIP = b"\x1f\x8b"
JSON = re.compile(rb"\s*(\{\s*[\"}]|\[\s*[\[{\"\]\d])")
FORMATS = {b"PAR1": "Parquet", b"PK\x03\x04": "Excel, zip", b"\x89PNG": "PNG", b"%PDF": "PDF"}
FORMATS |= {b"ARROW1": "Arrow", b"\xff\xd8\xff": "JPEG", b"SQLite": "SQLite", GZIP: "gzip"}


def plain_text(path: Path) -> tuple[bytes, str, list[Text]]:
    """Lines in UTF-8 without a mark of the encoding; the encoding of the file; notes on it.

    Raises OSError for an unreadable file, InputError for one that is no text, and for JSON.
    """
    raw = _unpacked(path)
    notes = []
    encoding = encoding_of(raw)
    if encoding is None:
        kind = next((kind for mark, kind in FORMATS.items() if raw.startswith(mark)), None)
        if kind is None:
            raise InputError("zero_bytes", given=path.name)
        raise InputError("not_text", given=path.name, kind=kind)
    if encoding != "UTF-8":
        raw = raw.decode(encoding).encode()
        notes.append(text("choose.encoding", encoding=encoding))
    raw = raw.removeprefix(codecs.BOM_UTF8)
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    if JSON.match(raw):
        raise InputError("json", given=path.name)
    return raw, encoding, notes


def _unpacked(path: Path) -> bytes:
    raw = path.read_bytes()
    if not raw.startswith(GZIP):
        return raw
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error):
        raise InputError("not_text", given=path.name, kind=FORMATS[GZIP]) from None


def encoding_of(raw: bytes) -> str | None:
    """The encoding by its mark; else the first of UTF-8, Chinese, Western that can be right.

    None where there are zero bytes, which no text has: it is UTF-16 without a mark, or no text.
    """
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "UTF-32"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    if b"\0" in raw or any(raw.startswith(mark) for mark in FORMATS):
        return _without_mark(raw)
    for name in ("UTF-8", "GB18030", "CP1252"):
        try:
            written = raw.decode(name)
        except UnicodeDecodeError:
            continue
        if name != "GB18030" or _is_chinese(written):
            return name
    return "Latin-1"


def _without_mark(raw: bytes) -> str | None:
    """UTF-16 in the order of bytes in which the line ends are line ends."""
    for name, line_end in (("UTF-16-LE", b"\n\0"), ("UTF-16-BE", b"\0\n")):
        try:
            written = raw.decode(name)
        except UnicodeDecodeError:
            continue
        if line_end in raw and "\n" in written and "\0" not in written:
            return name
    return None


def _is_chinese(written: str) -> bool:
    """Western text read as GB18030 gives letters, too, but hardly any that are in use."""
    foreign = [letter for letter in written if not letter.isascii()]
    common = [letter for letter in foreign if letter.encode("gb2312", "ignore")]
    return len(common) >= CHINESE * len(foreign)
