"""JAX, jitted: with a new result at each call, and with memory given back (donated) for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from comparison.tasks import FORWARD, Buffers, Call, Task

NAMES = {"softsign": "soft_sign"}


def contenders(task: Task, buffers: Buffers) -> dict[str, Call]:
    """Both, the same compiled function otherwise."""
    import jax

    function = _function(jax, task.name)
    x = jax.device_put(buffers.get("x", task))
    if task.path == FORWARD:
        run = jax.jit(function)
        donated = _forward(jax, function, x)
        return {"jax": lambda: run(x).block_until_ready(), "donated": donated}
    return _both(jax, function, x)


def _function(jax: Any, name: str) -> Callable[[Any], Any]:
    if name in ("gelu", "gelu_tanh"):
        return lambda x: jax.nn.gelu(x, approximate=name == "gelu_tanh")
    if name == "tanh":
        return jax.numpy.tanh
    if name == "erf":
        return jax.scipy.special.erf
    return getattr(jax.nn, NAMES.get(name, name))


def _forward(jax: Any, function: Callable[[Any], Any], x: Any) -> Call:
    run = jax.jit(lambda x, room: function(x), donate_argnums=(1,), keep_unused=True)
    kept = [jax.numpy.zeros_like(x)]

    def call() -> Any:
        kept[0] = run(x, kept[0]).block_until_ready()
        return kept[0]

    return call


def _both(jax: Any, function: Callable[[Any], Any], x: Any) -> dict[str, Call]:
    def value_and_slope(x: Any, grad: Any, *rooms: Any) -> tuple[Any, Any]:
        value, pull = jax.vjp(function, x)
        return value, pull(grad)[0]

    plain = jax.jit(value_and_slope)
    run = jax.jit(value_and_slope, donate_argnums=(2, 3), keep_unused=True)
    ones = jax.numpy.ones_like(x)
    kept = [jax.numpy.zeros_like(x), jax.numpy.zeros_like(x)]

    def donated() -> Any:
        kept[:] = run(x, ones, *kept)
        kept[1].block_until_ready()
        return kept

    return {"jax": lambda: jax.block_until_ready(plain(x, ones)), "donated": donated}
