"""From LLVM's WebAssembly object to a module, without a linker.

An object is a module already: what it lacks is a list of exports, and what it has too much are
sections for linkers. WebAssembly Core Specification 2.0, chapter 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nonlin._errors import CompileError

HEADER = b"\0asm\1\0\0\0"
CUSTOM, IMPORTS, EXPORTS, CODE, DATA, DATA_COUNT = 0, 2, 7, 10, 11, 12
KEPT = (1, 3, CODE)  # types, functions, code
AT_0 = b"\1\0\x41\0\x0b"  # one segment of data, in the memory, at the address 0
FUNCTION, MEMORY = 0, 2  # kinds of what is imported and exported
OURS = "__linear_memory"  # what LLVM calls the memory
PLACE = 1  # in the memory: a kind of symbols
LINKING, SYMBOLS = "linking", 8  # a section for linkers, and the part of it that lists symbols


def linked(code: bytes, exports: Mapping[str, str]) -> bytes:
    """A module that exports functions of an object: name there by name for all.

    Places of its own (`emit.llvm.writers.parts`) stand at the beginning of the memory; nobody
    clears them. Raises CompileError if it needs more from outside than memory, or data other than
    zeros.
    """
    found = dict(_sections(code, len(HEADER)))
    outside = list(_imports(found.pop(IMPORTS, b"\0")))
    if not any(_data(found.get(DATA, b""))):  # zeros, as memory is at first
        found = {kind: section for kind, section in found.items() if kind not in (DATA, DATA_COUNT)}
    if outside not in ([], [OURS]) or set(found) - {CUSTOM, *KEPT}:
        raise CompileError("not_compiled", reason=f"WebAssembly: {outside}, {sorted(found)}")
    places = dict(_functions(code))
    memory = _text("env") + _text("memory") + bytes([MEMORY, 0, 0])  # of any size
    named = (
        _text(name) + bytes([FUNCTION]) + _number(places[ours]) for name, ours in exports.items()
    )
    found[IMPORTS] = _number(1) + memory
    found[EXPORTS] = _number(len(exports)) + b"".join(named)
    parts = (bytes([k]) + _number(len(found[k])) + found[k] for k in sorted(found) if k != CUSTOM)
    return HEADER + b"".join(parts)


def _sections(code: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at < len(code):
        size, begin = _read(code, at + 1)
        yield code[at], code[begin : begin + size]
        at = begin + size


def _functions(code: bytes) -> Iterator[tuple[str, int]]:
    """Names and numbers of the functions, from the symbols that are meant for linkers."""
    for kind, section in _sections(code, len(HEADER)):
        name, at = _named(section, 0) if kind == CUSTOM else ("", 0)
        if name != LINKING:
            continue
        symbols = dict(_sections(section, at + 1))[SYMBOLS]  # after the version of the format
        count, at = _read(symbols, 0)
        for _ in range(count):
            what, at = symbols[at], at + 1
            _, at = _read(symbols, at)  # flags
            if what == PLACE:
                at = _named(symbols, at)[1]
                for _ in range(3):  # its segment, where there, its size
                    _, at = _read(symbols, at)
                continue
            place, at = _read(symbols, at)
            name, at = _named(symbols, at)
            if what == FUNCTION:
                yield name, place


def _imports(section: bytes) -> Iterator[str]:
    """The names of what a section imports: a memory, or functions."""
    count, at = _read(section, 0)
    for _ in range(count):
        _, at = _named(section, at)
        name, at = _named(section, at)
        yield name
        kind, at = section[at], at + 1
        limited = kind == MEMORY and section[at] == 1  # has a most beside its least
        at += kind == MEMORY
        for _ in range(1 + limited):
            _, at = _read(section, at)


def _data(section: bytes) -> bytes:
    """What stands at the beginning of the memory, if it is all there is."""
    return section[_read(section, len(AT_0))[1] :] if section.startswith(AT_0) else section


def _number(value: int) -> bytes:
    """LEB128: seven bits to a byte, the lowest first."""
    low, rest = value & 127, value >> 7
    return bytes([low | 128]) + _number(rest) if rest else bytes([low])


def _read(code: bytes, at: int) -> tuple[int, int]:
    """A number in LEB128, and where what follows it begins."""
    rest, after = _read(code, at + 1) if code[at] & 128 else (0, at + 1)
    return code[at] & 127 | rest << 7, after


def _named(code: bytes, at: int) -> tuple[str, int]:
    length, begin = _read(code, at)
    return code[begin : begin + length].decode(), begin + length


def _text(name: str) -> bytes:
    coded = name.encode()
    return _number(len(coded)) + coded
