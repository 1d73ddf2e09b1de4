"""nonlin diagnose: why a PyTorch model of the user's own file trains badly."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nonlin._errors import InputError, nearest
from nonlin._libraries import leaf
from nonlin._text import listed, say
from nonlin.cli.shared import printing, reading, script
from nonlin.cli.shared.options import Dark, Json, Quiet
from nonlin.cli.shared.progress import progress

if TYPE_CHECKING:
    from nonlin.stability.diagnosis import Diagnosis

PAGES = (".html", ".htm")
OPTIMIZERS = ("Adam", "AdamW", "SGD", "RMSprop", "Adagrad", "Adadelta", "NAdam", "RAdam", "Adamax")
MOST_EPOCHS = 10**6


def command(
    model: Annotated[str, typer.Argument(metavar="FILE.py:NAME", help="cli.diagnose.model")],
    data: Annotated[str, typer.Option(help="cli.diagnose.data", metavar="FILE.py:NAME")],
    loss: Annotated[str, typer.Option(help="cli.diagnose.loss", metavar="NAME")] = "",
    optimizer: Annotated[str, typer.Option(help="cli.diagnose.optimizer", metavar="NAME")] = "Adam",
    lr: Annotated[str, typer.Option(help="cli.diagnose.lr", metavar="RATE")] = "",
    epochs: Annotated[str, typer.Option(help="cli.diagnose.epochs", metavar="N")] = "20",
    loop: Annotated[str, typer.Option(help="cli.diagnose.loop", metavar="FILE.py:NAME")] = "",
    seconds: Annotated[str, typer.Option(help="cli.diagnose.seconds", metavar="N")] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="cli.diagnose.output", metavar="FILE")
    ] = None,
    dark: Dark = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """What keeps a PyTorch model from training, and a change that helps."""
    diagnose = leaf("torch").diagnose
    write = None if output is None else _writer(output, dark)
    options = {
        "epochs": _epochs(epochs),
        "optimizer": _optimizer(optimizer, lr),
        "seconds": _seconds(seconds) if seconds else None,
        "loop": _function(loop, "--loop", "train") if loop else None,
    }
    chosen = _loss(loss)
    network = script.made(model, "FILE.py:NAME", "script.py:make_model")
    batches = script.made(data, "--data", "script.py:make_batches")
    # what the user's code prints would stand in the middle of the answer
    with progress(quiet, say("diagnosis.trying")) as on_progress, redirect_stdout(sys.stderr):
        report = diagnose(network, batches, chosen, on_progress=on_progress, **options)
    if write is not None:
        write(report)
    if as_json:
        printing.write_json(_as_dict(report))
    else:
        _print(report)


def _epochs(text: str) -> int:
    found = reading.whole(text, "--epochs")
    if not 1 <= found <= MOST_EPOCHS:
        raise InputError("count_range", name="--epochs", given=text, most=MOST_EPOCHS)
    return found


def _seconds(text: str) -> float:
    from nonlin import checks  # not at the top: the help needs no NumPy

    return checks.number("--seconds", reading.number(text, "--seconds"), 0, open_below=True)


def _function(text: str, flag: str, name: str) -> Any:
    """A function of the user, which is not called yet."""
    example = f"script.py:{name}"
    path, wanted = script.named(text, flag, example)
    given = script.found(path, wanted)
    if not callable(given):
        raise InputError("script_function", name=flag, path=path, given=wanted)
    return given() if isinstance(given, type) and flag == "--loss" else given


def _loss(text: str) -> Any:
    """A name of PyTorch's, or a function of the user; None: the model's own."""
    return _function(text, "--loss", "my_loss") if ":" in text else text or None


def _optimizer(text: str, rate: str) -> Callable[[Any], Any]:
    """A function of parameters."""
    if ":" in text:
        if rate:
            raise InputError("script_rate", given=text)
        found: Callable[[Any], Any] = _function(text, "--optimizer", "make_optimizer")
        return found
    if text not in OPTIMIZERS:
        allowed, hint = listed(OPTIMIZERS), nearest(text, OPTIMIZERS)
        raise InputError("script_optimizer", given=text, allowed=allowed, hint=hint)
    options = {"lr": reading.number(rate, "--lr")} if rate else {}

    def make(parameters: Any) -> Any:
        from torch import optim

        return getattr(optim, text)(parameters, **options)

    return make


def _writer(output: Path, dark: bool) -> Callable[[Diagnosis], None]:
    """Of a page, or of a picture; a place that cannot be written to is refused at once."""
    if output.suffix.lower() not in PAGES:
        from nonlin.figures.style import FORMATS, writable

        if output.suffix.lower().lstrip(".") not in FORMATS:
            allowed = listed((PAGES[0], *(f".{each}" for each in FORMATS)))
            raise InputError("page_ending", given=str(output), allowed=allowed)
        writable(output)
        return lambda report: _draw(report, output, dark)
    from nonlin.report import page

    target = page.checked(output)

    def write(report: Diagnosis) -> None:
        from nonlin import report as pages

        print(say("cli.written", path=pages.write(report, target)), file=sys.stderr)

    return write


def _draw(report: Diagnosis, output: Path, dark: bool) -> None:
    from nonlin import figures

    printing.write_picture(figures.layers(report, dark=dark), output, sys.stderr)


def _print(report: Diagnosis) -> None:
    with printing.screen() as console:
        for sentence in report.sentences:
            console.print(str(sentence))
        console.print()
        console.print(str(report.stability), no_wrap=True, overflow="ignore", crop=False)


def _as_dict(report: Diagnosis) -> dict[str, Any]:
    """For programs."""
    return {
        "healthy": report.healthy,
        "learns": report.learns,
        "repaired": report.repaired,
        "gone": report.worth,
        "findings": [
            {"kind": each.kind, "layers": each.layers, "sentence": str(each)}
            for each in report.findings
        ],
        "changes": [
            {
                "cause": each.cause,
                "layers": each.layers,
                "explanation": str(each.explanation),
                "advice": str(each.advice),
                "before": each.before,
                "after": each.after,
                "helped": each.helped,
                "repeats": each.repeats,
            }
            for each in report.changes
        ],
        "layers": [
            {"name": layer.spec.name, "second": layer.second, "gradient": layer.gradient,
             "dead": layer.dead_share, "saturated": layer.saturated_share,
             "verdict": verdict.kind}
            for layer, verdict in zip(report.stability.layers, report.verdicts, strict=True)
        ],
        "sentences": [str(each) for each in report.sentences],
    }  # fmt: skip
