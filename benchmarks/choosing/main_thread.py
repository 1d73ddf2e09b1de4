"""How much of the CPU time of `choose` its main thread has: what no further core could share.

CPU time, not wall time: the figures hold on a busy machine, too. Each data set runs in a process
of its own, after a small run with other settings has loaded what is loaded once; activations that
this small run did not try are met for the first time.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

SHARES = {"iris": 20.0, "diabetes": 20.0, "digits": 8.0}  # % at most
SECONDS = {"digits": 0.5}  # at most, of the main thread in all
RUN = """
import sys, time
import sklearn.datasets
import nonlin as nl
X, y = getattr(sklearn.datasets, "load_" + sys.argv[1])(return_X_y=True)
nl.choose(X, y, seeds=2, quick=True)
begin = time.thread_time(), time.process_time()
nl.choose(X, y)
print(time.thread_time() - begin[0], time.process_time() - begin[1])
"""


def measure() -> list[dict[str, Any]]:
    found = []
    for name, most in SHARES.items():
        line = [sys.executable, "-c", RUN, name]
        ran = subprocess.run(line, capture_output=True, text=True, check=True)  # noqa: S603
        main, process = map(float, ran.stdout.split())
        share = 100 * main / process
        found.append({
            "what": f"{name}: CPU time of the main thread",
            "target": f"{most:.0f} % of the process",
            "measured": f"{share:.0f} % ({main:.2f} of {process:.2f} s)",
            "held": share <= most,
        })  # fmt: skip
        if name in SECONDS:
            found.append({
                "what": f"{name}: CPU time of the main thread in all",
                "target": f"{SECONDS[name]} s",
                "measured": f"{main:.2f} s",
                "held": main <= SECONDS[name],
            })  # fmt: skip
    return found
