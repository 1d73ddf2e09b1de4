"""Charts of the report as inline SVG; classes instead of colours, so that the page decides."""

from nonlin.report.page.charts.frame import NARROW, WIDE, both
from nonlin.report.page.charts.intervals import Interval, intervals
from nonlin.report.page.charts.lines import Line, lines
from nonlin.report.page.charts.matrix import matrix
from nonlin.report.page.charts.scatter import Spot, scatter
from nonlin.report.page.charts.stacked import stacked

__all__ = [
    "NARROW",
    "WIDE",
    "Interval",
    "Line",
    "Spot",
    "both",
    "intervals",
    "lines",
    "matrix",
    "scatter",
    "stacked",
]
