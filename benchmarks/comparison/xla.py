"""JAX, jitted: with a new result at each call, and with memory given back (donated) for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from comparison.tasks import ALONE, FORWARD, Buffers, Call, Task

NAMES = {"softsign": "soft_sign"}
_made: dict[tuple[int, ...], tuple[Any, Any, list[Any]]] = {}


def contenders(task: Task, buffers: Buffers) -> dict[str, Call]:
    """Both, the same compiled function otherwise."""
    import jax

    if task.name in ALONE:
        return {}
    function = _function(jax, task.name)
    x, ones, rooms = _arrays(jax, buffers, task)
    if task.path == FORWARD:
        run = jax.jit(function)
        donated = _forward(jax, function, x, rooms)
        return {"jax": lambda: run(x).block_until_ready(), "donated": donated}
    return _both(jax, function, (x, ones), rooms)


def _arrays(jax: Any, buffers: Buffers, task: Task) -> tuple[Any, Any, list[Any]]:
    """Inputs, ones and two rooms for results, made once for all tasks of a shape."""
    if task.shape not in _made:
        _made.clear()  # memory is for one shape at a time
        x = jax.device_put(buffers.get("x", task))
        one, *rooms = (jax.numpy.ones_like(x) for _ in range(3))
        _made[task.shape] = x, one, rooms
    return _made[task.shape]


def _function(jax: Any, name: str) -> Callable[[Any], Any]:
    if name in ("gelu", "gelu_tanh"):
        return lambda x: jax.nn.gelu(x, approximate=name == "gelu_tanh")
    if name == "tanh":
        return jax.numpy.tanh
    if name == "erf":
        return jax.scipy.special.erf
    return getattr(jax.nn, NAMES.get(name, name))


def _forward(jax: Any, function: Callable[[Any], Any], x: Any, rooms: list[Any]) -> Call:
    run = jax.jit(lambda x, room: function(x), donate_argnums=(1,), keep_unused=True)

    def call() -> Any:
        rooms[0] = run(x, rooms[0]).block_until_ready()
        return rooms[0]

    return call


def _both(
    jax: Any, function: Callable[[Any], Any], given: tuple[Any, Any], rooms: list[Any]
) -> dict[str, Call]:
    def value_and_slope(x: Any, grad: Any, *rooms: Any) -> tuple[Any, Any]:
        value, pull = jax.vjp(function, x)
        return value, pull(grad)[0]

    plain = jax.jit(value_and_slope)
    run = jax.jit(value_and_slope, donate_argnums=(2, 3), keep_unused=True)

    def donated() -> Any:
        rooms[:] = run(*given, *rooms)
        rooms[1].block_until_ready()
        return rooms

    return {"jax": lambda: jax.block_until_ready(plain(*given)), "donated": donated}
