"""What `swap` changed in a model, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from nonlin._text import Text, say
from nonlin.torch.initialised import Initialised


@dataclass(frozen=True, slots=True)
class Change:
    """One place: the module, what was there, what is there now, and how it was called.

    how: "module" (it was replaced), "attribute" (a function that the module holds) or "calls"
    (of a function in the module's forward, which now runs under a function mode).
    """

    module: str
    old: str
    new: str
    how: str

    def __str__(self) -> str:
        known = {"module": self.module or say("torch_swap.model"), "old": self.old}
        return say(f"torch_swap.{self.how}", new=self.new, **known)


@dataclass(frozen=True, slots=True)
class Kept:
    """A place that was to be changed and could not be, and why."""

    module: str
    old: str
    reason: Text

    def __str__(self) -> str:
        module = self.module or say("torch_swap.model")
        return say("torch_swap.kept", module=module, old=self.old, reason=self.reason)


@dataclass(frozen=True, slots=True)
class Swapped:
    """What was changed, what was not, and how the weights were drawn anew, if they were.

    undo(): the model as it was, with the weights that it had; a second time nothing happens.
    """

    changes: tuple[Change, ...]
    kept: tuple[Kept, ...] = ()
    initialised: Initialised | None = None
    undo: Callable[[], None] = field(default=lambda: None, repr=False)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield from map(str, self.changes)
        yield from map(str, self.kept)
        if self.initialised is not None:
            yield say("torch_swap.initialised")
            yield str(self.initialised)
