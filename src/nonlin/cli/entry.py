"""The way in: from arguments to an exit code. Errors are one sentence on stderr, code 2."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextvars import copy_context
from typing import Any

from nonlin._errors import InputError, NonlinError, nearest
from nonlin._text import listed, say, set_language
from nonlin.cli.shared import streams, typed

BAD_INPUT = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `nonlin` with the given arguments (those of the process by default), then exit."""
    streams.prepare()
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run and give back the exit code; the language chosen by --lang ends with the run."""
    return copy_context().run(_run, arguments)


def _run(arguments: list[str]) -> int:
    try:
        typed.remember(arguments)
        rest = _take_language(arguments)
        streams.choose_language()
        from nonlin.cli.app import build

        code = _invoke(build(), rest or ["--help"])
        sys.stdout.flush()  # a closed pipe shows here, where it can be answered
        return code
    except NonlinError as error:
        return _complain(str(error))
    except MemoryError:
        return _complain(say("errors.cli_memory"))
    except KeyboardInterrupt:
        print(say("cli.interrupted"), file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # `nonlin list | head`
        streams.silence()
        return 0
    except OSError as error:
        if error.filename is not None:  # a name that is too long
            known = {"path": error.filename, "reason": error.strerror}
            return _complain(str(InputError("cli_file", **known)))
        streams.silence()  # `nonlin list > /dev/full`
        return _complain(str(InputError("cli_output", reason=error.strerror)))


def _take_language(arguments: list[str]) -> list[str]:
    """Apply --lang, which may stand anywhere, and give back the other arguments.

    It comes before everything else, since the help is written in that language, too.
    """
    rest, given = [], iter(arguments)
    for argument in given:
        name, equals, value = argument.partition("=")
        if name != "--lang":
            rest.append(argument)
            continue
        chosen = value if equals else next(given, None)
        if not chosen:
            raise InputError("cli_needs_value", name="--lang")
        set_language(chosen)
    return rest


def _invoke(app: Any, arguments: list[str]) -> int:
    import typer

    try:
        code = app.main(arguments, prog_name="nonlin", standalone_mode=False)
    except typer.TyperException as error:
        return _complain(_usage(error))
    except typer.Abort:
        raise KeyboardInterrupt from None
    if code == INTERRUPTED:  # typer turns Ctrl-C into this code
        raise KeyboardInterrupt
    return int(code or 0)


def _usage(error: Exception) -> str:
    """A usage error of typer in our own words."""
    given = getattr(error, "option_name", "")
    context = getattr(error, "ctx", None)
    options = [max(p.opts, key=len) for p in context.command.params] if context else []
    message = getattr(error, "message", str(error))
    match type(error).__name__:
        case "NoSuchOption":
            known = [option for option in options if option.startswith("-")]
            known = list(dict.fromkeys((*known, "--lang", "--help")))
            hint = nearest(given, known)
            return str(InputError("cli_option", given=given, allowed=listed(known), hint=hint))
        case "MissingParameter":
            return str(InputError("cli_missing", name=_spelling(getattr(error, "param", None))))
        case "BadOptionUsage":
            key = "cli_no_value" if "not take" in message else "cli_needs_value"
            return str(InputError(key, name=given))
    if extra := re.search(r"unexpected extra arguments?(?:\(s\))? \((.*)\)", message):
        return str(InputError("cli_extra", given=extra[1]))
    return str(InputError("cli_usage", reason=message))


def _spelling(parameter: Any) -> str:
    """How the help names a parameter: --output for an option, NAME for an argument."""
    longest = max(parameter.opts, key=len)
    return str(longest if longest.startswith("-") else parameter.metavar or longest.upper())


def _complain(sentence: str) -> int:
    print(say("cli.error", sentence=sentence), file=sys.stderr)
    return BAD_INPUT
