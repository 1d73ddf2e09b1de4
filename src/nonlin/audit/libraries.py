"""The libraries that can be audited, and which functions of theirs the catalogue knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.util import find_spec

from nonlin._errors import InputError, nearest
from nonlin._text import listed
from nonlin.activation import Activation
from nonlin.audit.programs import Jax, Onnx, Own, Program, Torch, Written, keras_program
from nonlin.catalogue import get, names
from nonlin.catalogue.elsewhere import names_elsewhere

FORMATS = ("float32", "float16", "bfloat16")


@dataclass(frozen=True, slots=True)
class Library:
    """homes: how the dotted names begin, those that are preferred first; formats: what it has."""

    name: str
    packages: tuple[str, ...]
    homes: tuple[str, ...]
    program: Callable[[Written], Program]
    formats: tuple[str, ...] = FORMATS

    @property
    def version(self) -> str:
        """Of what is installed; of Keras also on what it runs."""
        found = metadata.version(self.packages[0])
        if self.name == "keras":
            return f"{found} ({import_module('keras').backend.backend()})"
        return found

    def functions(self) -> dict[str, Activation]:
        """Element-wise functions by dotted name; of several names for one the first home's."""
        if not self.homes:
            return {name: get(name) for name in names() if get(name).elementwise}
        found: dict[Activation, str] = {}
        for home in self.homes:
            for name in names_elsewhere():
                if _home(name) == home:
                    found.setdefault(get(name), name)
        return {name: activation for activation, name in found.items() if activation.elementwise}

    def wanted(self, given: str | Sequence[str] | None) -> dict[str, Activation]:
        """Those that are asked for, by our name or theirs; all if none is.

        Raises InputError for a name that nobody knows and for one that this library has not, also
        for one of ours with parameters in brackets, which are not how the library calls them.
        """
        known = self.functions()
        if given is None:
            return known
        names = [given] if isinstance(given, str) else given
        if not isinstance(names, Sequence) or not names:
            raise InputError("not_a_list", name="names", given=given, example=["gelu", "mish"])
        found: dict[str, Activation] = {}
        for each in names:
            found |= self._named(each, known)
        return found

    def _named(
        self, given: str | Activation, known: dict[str, Activation]
    ) -> dict[str, Activation]:
        activation = get(given)
        name = given if isinstance(given, str) else given.name
        if activation.elementwise and _home(name) in self.homes:
            return {name: activation}
        bound = given is not name or "(" in name  # its parameters are meant, too
        mine = {
            path: each
            for path, each in known.items()
            if (each == activation if bound else each.name == activation.name)
        }
        if not mine:
            hint = nearest(name, [*known, *(each.name for each in known.values())])
            raise InputError("audit_name", library=self.name, given=given, hint=hint)
        return mine


def library(name: str) -> Library:
    """By its name. Raises InputError for one that is not known, or not installed."""
    if not isinstance(name, str) or name not in LIBRARIES:
        allowed, hint = listed(LIBRARIES), nearest(str(name), LIBRARIES)
        raise InputError("audit_library", given=name, allowed=allowed, hint=hint)
    found = LIBRARIES[name]
    for package in found.packages:
        if find_spec(package) is None:
            raise InputError("audit_missing", package=package)
    if name == "keras":
        _check_keras()
    return found


def _check_keras() -> None:
    try:
        backend = import_module("keras").backend.backend()
    except ModuleNotFoundError as error:
        raise InputError("keras_back_end", missing=error.name) from None
    except ValueError as error:  # Unable to import backend : nosuch
        given = str(error).rpartition(" : ")[2]
        raise InputError("audit_back_end", given=given) from None
    if backend not in ("jax", "torch"):
        raise InputError("audit_back_end", given=backend)


def _home(name: str) -> str:
    return name.partition("(")[0].rpartition(".")[0]


LIBRARIES = {
    each.name: each
    for each in (
        Library("torch", ("torch",), ("torch.nn.functional", "torch", "torch.nn"), Torch),
        Library("jax", ("jax",), ("jax.nn",), Jax),
        Library("keras", ("keras",), ("keras.activations",), keras_program),
        Library("onnxruntime", ("onnxruntime", "onnx"), ("onnx",), Onnx, FORMATS[:2]),
        Library("nonlin", ("nonlin",), (), Own),
    )
}
