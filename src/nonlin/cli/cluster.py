"""The connection to a Dask scheduler, for `--dask`."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from nonlin._errors import InputError

PATIENCE = "10s"  # until the scheduler has answered


@contextmanager
def executor(address: str | None) -> Iterator[Executor | None]:
    """The workers of the scheduler at this address; None without one.

    Raises InputError if Dask is not installed, nobody answers, or there is no worker.
    """
    if address is None:
        yield None
        return
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port
    except ImportError:
        raise InputError("missing_package", package="dask", extra="dask") from None
    try:
        get_address_host_port(address)  # a client for what is no address waits at exit, in vain
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError):  # nobody there, or no address
        raise InputError("dask_unreachable", given=address) from None
    with client:
        if not client.nthreads():
            raise InputError("dask_no_workers", given=address)
        yield client.get_executor(pure=False)
