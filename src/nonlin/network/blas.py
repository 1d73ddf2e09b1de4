"""BLAS held to one thread while networks are trained side by side."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any


@cache
def _controller() -> Any:
    """Of the BLAS that NumPy and the compiled loop call; a look at all libraries takes 1 ms.

    One that is loaded later, such as that of PyTorch, keeps its threads: no training calls it.
    """
    from threadpoolctl import ThreadpoolController

    from nonlin.network import loop  # noqa: F401  (loads the BLAS to be limited)

    return ThreadpoolController()


class _SingleThreadedBlas:
    """Holds BLAS to one thread while at least one training is inside its `with` block.

    The limit belongs to the process: the first to enter sets it, the last to leave lifts it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._limits: Any = None

    def __enter__(self) -> None:
        controller = _controller()
        with self._lock:
            if self._inside == 0:
                self._limits = controller.limit(limits=1, user_api="blas")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._limits.restore_original_limits()


single_threaded_blas = _SingleThreadedBlas()
