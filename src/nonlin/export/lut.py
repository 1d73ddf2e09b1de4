"""A table of 256 entries for int8 arithmetic, with the scales of input and output."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from nonlin import __version__
from nonlin._errors import InputError
from nonlin.export.exported import Exported
from nonlin.export.header import Error
from nonlin.expr.infix import infix

ERRORS: tuple[Error, ...] = ()
LOW, HIGH = -128, 127
RANGES = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0)
FAR = 8.0  # standard normal numbers beyond have a weight of 1e-15
SAMPLES = 128_001


@dataclass(frozen=True, slots=True)
class Table:
    """y = output_scale * (values[q + 128] - output_zero), q = x / input_scale + input_zero."""

    input_scale: float
    input_zero: int
    output_scale: float
    output_zero: int
    values: Any

    def __call__(self, x: Any) -> Any:
        """What int8 arithmetic makes of x."""
        import numpy as np

        q = np.clip(np.rint(x / self.input_scale) + self.input_zero, LOW, HIGH).astype(int)
        return self.output_scale * (self.values[q - LOW] - self.output_zero)


def write(exported: Exported) -> str:
    """JSON: the table with the range whose error is the least for standard normal inputs."""
    import numpy as np

    x = np.linspace(-FAR, FAR, SAMPLES)
    weights = np.exp(-x * x / 2)
    true = exported.activation(x, precision="exact")
    if not np.isfinite(true).all():
        at = f"{x[~np.isfinite(true)][0]:g}"
        raise InputError("export_undefined", name=exported.activation.name, at=at)
    tables = {reach: _table(exported, reach) for reach in RANGES}
    errors = {reach: tables[reach](x) - true for reach in RANGES}
    means = {r: float(np.sqrt(np.average(e * e, weights=weights))) for r, e in errors.items()}
    reach = min(RANGES, key=means.__getitem__)
    table, low, high = tables[reach], *_ends(tables[reach])
    inside = (x >= low) & (x <= high)
    worst = float(np.abs(errors[reach][inside]).max())
    return json.dumps(_described(exported, table, worst, means[reach]), indent=2) + "\n"


def _ends(table: Table) -> tuple[float, float]:
    low, high = (table.input_scale * (end - table.input_zero) for end in (LOW, HIGH))
    return low, high


def _table(exported: Exported, reach: float) -> Table:
    """Inputs from -reach to reach; outputs from the least to the largest value there."""
    import numpy as np

    step = reach / -LOW
    values = exported.activation(step * np.arange(LOW, HIGH + 1), precision="exact")
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    scale = (high - low) / (HIGH - LOW) or 1.0
    zero = int(np.clip(np.rint(LOW - low / scale), LOW, HIGH))
    entries = np.clip(np.rint(values / scale) + zero, LOW, HIGH).astype(int)
    return Table(step, 0, scale, zero, entries)


def _described(exported: Exported, table: Table, worst: float, mean: float) -> dict[str, Any]:
    activation = exported.activation
    low, high = _ends(table)
    return {
        "name": activation.name,
        "formula": infix(activation.formula),
        "parameters": activation.values,
        "source": activation.source,
        "made_by": f"nonlin {__version__}",
        "use": "y = output.scale * (values[q + 128] - output.zero_point), "
        "q = clip(round(x / input.scale) + input.zero_point, -128, 127)",
        "input": {"scale": table.input_scale, "zero_point": table.input_zero, "type": "int8"},
        "output": {"scale": table.output_scale, "zero_point": table.output_zero, "type": "int8"},
        "range": [low, high],
        "worst_error": worst,
        "rms_error_standard_normal": mean,
        "values": table.values.tolist(),
    }
