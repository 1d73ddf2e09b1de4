from collections.abc import Callable
from typing import Any

from nonlin.keras import initializers as initializers
from nonlin.keras.function import KerasFunction as KerasFunction
from nonlin.keras.function import get as get
from nonlin.keras.layer import Layer as Layer

def __dir__() -> list[str]: ...
def __getattr__(name: str) -> Callable[..., Any]: ...  # layers such as Mish, functions such as mish
