"""`nt.watch` as a callback of Lightning."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from nonlin import checks
from nonlin._errors import InputError
from nonlin.torch.watching import Numbers, Watching, watch

PACKAGES = ("lightning.pytorch", "pytorch_lightning")  # of one thing, the newer first


def lightning_callback(*, every: int = 4) -> Any:
    """A callback for `Trainer(callbacks=[...])` that watches the module while it is fitted.

    Numbers go to the loggers of the trainer as "layer/what"; what was seen stands in `.watching`.
    Of a module with several optimizers the first is watched. Raises InputError without Lightning.
    """
    made = type("Watch", (_Watch, _callback_class()), {})()
    made.every = checks.integer("every", every, 1)
    return made


def _callback_class() -> Any:
    for package in PACKAGES:
        if find_spec(package.split(".")[0]) is not None:
            return import_module(package).Callback
    raise InputError("torch_lightning")


class _Watch:
    """What a trainer calls."""

    every = 4
    watching: Watching | None = None

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin, with the optimizer that the trainer has made."""

        def log(numbers: Numbers, step: int) -> None:
            for logger in trainer.loggers:
                logger.log_metrics(numbers, step=step)

        self.watching = watch(pl_module, trainer.optimizers[0], every=self.every, log=log)
        self.watching.__enter__()

    def on_train_batch_start(self, *_: Any) -> None:
        """The module runs forward in its training_step, which is not its forward."""
        if self.watching is not None:
            self.watching.begin()

    def on_before_backward(self, *_: Any) -> None:
        """It has."""
        if self.watching is not None:
            self.watching.end()

    def on_fit_end(self, *_: Any) -> None:
        """Let go of the module."""
        if self.watching is not None:
            self.watching.__exit__()

    def on_exception(self, *_: Any) -> None:
        """The same."""
        self.on_fit_end()
