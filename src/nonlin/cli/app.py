"""The commands put together: one file for each, named as the command."""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from nonlin import __version__
from nonlin._errors import InputError, nearest
from nonlin._text import language, listed, say
from nonlin.cli import (
    audit,
    bench,
    choose,
    code,
    compare,
    diagnose,
    export,
    forward,
    init,
    lab,
    list,
    predict,
    show,
    stability,
    theory,
)
from nonlin.cli.shared.help_text import Context
from nonlin.cli.shared.options import typed

COMMANDS = (  # in the order of the help
    choose, predict, code, list, show, compare, export, forward, theory, init, stability, diagnose,
    bench, audit, lab,
)  # fmt: skip
COMPLETE = "_NONLIN_COMPLETE"  # by it a shell asks for completions
SHELLS = ("bash", "zsh", "fish", "powershell")


class Command(TyperCommand):
    """A command whose help is wholly in one language; its options may stand in groups."""

    context_class = Context

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments, the groups in the order of their options, and what is in none."""
        groups: dict[str | None, Any] = {}
        for each in self.get_params(ctx):
            if each.param_type_name == "option":
                groups.setdefault(getattr(each, "rich_help_panel", None), []).append(
                    each.get_help_record(ctx)
                )
        if len(groups) < 2:
            super().format_options(ctx, formatter)
            return
        given = [each for each in self.get_params(ctx) if each.param_type_name == "argument"]
        with formatter.section("Arguments"):
            formatter.write_dl([each.get_help_record(ctx) for each in given])
        for group in sorted(groups, key=lambda name: name is None):
            with formatter.section(say(f"cli.group.{group}") if group else "Options"):
                formatter.write_dl(groups[group])


class Group(TyperGroup):
    """All commands; an unknown one is answered with the nearest."""

    context_class = Context

    def resolve_command(self, ctx: Any, args: Any) -> Any:
        """The command that is called."""
        if self.get_command(ctx, args[0]) is None:
            names = self.list_commands(ctx)
            allowed, hint = listed(names), nearest(args[0], names)
            raise InputError("cli_command", given=args[0], allowed=allowed, hint=hint)
        return super().resolve_command(ctx, args)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nonlin {__version__}")
        raise typer.Exit


def _completion(shell: str) -> None:
    if not shell:
        return
    if shell not in SHELLS:
        hint = nearest(shell, SHELLS)
        raise InputError("shell", given=shell, allowed=listed(SHELLS), hint=hint)
    script = import_module("typer.completion").get_completion_script
    typer.echo(script(prog_name="nonlin", complete_var=COMPLETE, shell=shell))
    raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="cli.version")
    ] = False,
    completion: Annotated[
        str,
        typer.Option(
            "--completion",
            callback=_completion,
            is_eager=True,
            metavar="SHELL",
            help="cli.completion",
        ),
    ] = "",
    lang: Annotated[str, typer.Option("--lang", metavar="en|zh", help="cli.lang")] = "",
) -> None:
    """Taken before any command; --lang itself is read before the help is written."""


def build() -> Any:
    """The application as typer runs it, with every help text in the language in use."""
    if COMPLETE in os.environ:
        import_module("typer.completion").completion_init()
    return _group(language())


@cache
def _group(spoken: str) -> Any:
    """Built once in a process for each language: reading all signatures takes as long as `show`."""
    app = typer.Typer(
        cls=Group,
        name="nonlin",
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(help=say("cli.help"))(_options)
    for module in COMMANDS:
        name = module.__name__.rpartition(".")[2]
        short = say(f"cli.{name}.short")
        app.command(name, cls=Command, help=say(f"cli.{name}.help"), short_help=short)(
            module.command
        )
    group: Any = get_command(app)
    for parameter in (each for one in (group, *group.commands.values()) for each in one.params):
        parameter.help, parameter.metavar = _said(parameter.help), typed(_said(parameter.metavar))
    return group


def _said(given: str | None) -> str | None:
    """The words of a key of the catalogue."""
    return say(given) if given and given.startswith("cli.") else given
