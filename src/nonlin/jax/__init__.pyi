from nonlin.jax import initializers as initializers
from nonlin.jax.function import JaxFunction as JaxFunction
from nonlin.jax.function import get as get

def __dir__() -> list[str]: ...
def __getattr__(name: str) -> JaxFunction: ...  # every entry of the catalogue
