"""Colours, lines and fonts that all pictures share."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

from nonlin._errors import InputError, nearest
from nonlin._files import check_writable, write_beside
from nonlin._text import language, listed, speaking

LINE_SPACING = 1.45  # of more than one line: Chinese fonts need more than the usual 1.2
FORMATS = ("png", "svg", "pdf")
LINES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (8, 2)), (0, (3, 1, 1, 1, 1, 1)))
CJK_FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Microsoft YaHei", "SimHei", "PingFang SC",
    "Heiti SC", "Hiragino Sans GB", "Arial Unicode MS", "Droid Sans Fallback", "SimSun",
    "Noto Serif CJK SC", "Noto Serif SC",
    # older versions of matplotlib see the first face of a collection only
    "Noto Sans CJK JP", "Source Han Sans", "Noto Serif CJK JP",
)  # fmt: skip
CJK_FILES = re.compile(
    r"cjk|sourcehan|notos\w+sc|wqy|wenquanyi|msyh|simhei|simsun|pingfang|heiti|hiragino"
    r"|arial ?unicode|droidsansfallback",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of a picture; the palette is that of Okabe and Ito, safe for colour-blind eyes."""

    paper: str
    ink: str
    muted: str
    grid: str
    palette: tuple[str, ...]


LIGHT = Theme(
    "#ffffff", "#1a1a1a", "#5f6670", "#dfe3e8",
    ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#1a1a1a", "#56b4e9"),
)  # fmt: skip
DARK = Theme(
    "#14171c", "#f0f2f5", "#a3abb6", "#333a44",
    ("#56b4e9", "#e69f00", "#2fc49a", "#e29cc4", "#f0e442", "#f0f2f5", "#ff8a4c"),
)  # fmt: skip


def line_styles(theme: Theme) -> Iterator[dict[str, Any]]:
    """Colour and dash of one line after another; neighbours differ in both."""
    for colour, dash in zip(cycle(theme.palette), cycle(LINES), strict=False):
        yield {"color": colour, "linestyle": dash}


@cache
def cjk_font() -> str | None:
    """An installed font that has Chinese characters."""
    from matplotlib import font_manager

    found = _first_listed(font_manager.fontManager)
    if found is None:  # installed after matplotlib wrote its list of fonts to the disk
        for path in font_manager.findSystemFonts():
            if CJK_FILES.search(Path(path).name):
                with suppress(OSError, RuntimeError):  # a damaged file is not our subject
                    font_manager.fontManager.addfont(path)
        found = _first_listed(font_manager.fontManager)
    return found


def _first_listed(manager: Any) -> str | None:
    installed = {font.name for font in manager.ttflist}
    return next((name for name in CJK_FONTS if name in installed), None)


def lacks_font() -> bool:
    """Is Chinese asked for, and no font there that can show it? Pictures are English then."""
    return language() == "zh" and cjk_font() is None


@contextmanager
def drawing(dark: bool) -> Iterator[Theme]:
    """Fonts and colours while a picture is built; Chinese only where a font can show it."""
    import matplotlib

    theme = DARK if dark else LIGHT
    chinese = language() == "zh" and not lacks_font()
    families = [cjk_font(), "DejaVu Sans"] if chinese else ["DejaVu Sans"]
    settings: Any = {
        "font.family": families,
        "axes.unicode_minus": False,
        "text.color": theme.ink,
        "axes.labelcolor": theme.ink,
        "axes.edgecolor": theme.muted,
        "axes.facecolor": theme.paper,
        "figure.facecolor": theme.paper,
        "xtick.color": theme.muted,
        "ytick.color": theme.muted,
        "grid.color": theme.grid,
        "legend.frameon": False,
    }
    with matplotlib.rc_context(settings), speaking("zh" if chinese else "en"):
        yield theme


def quiet(axes: Any, grid: str = "both") -> None:
    """A frame with a grid and without a box."""
    axes.grid(True, axis=grid, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def clean(axes: Any, theme: Theme) -> None:
    """A quiet frame with zero lines."""
    quiet(axes)
    axes.axhline(0, color=theme.muted, linewidth=0.9, zorder=1)
    axes.axvline(0, color=theme.muted, linewidth=0.9, zorder=1)


def short_number(value: float) -> str:
    """Three significant digits, as they stand in a picture; a zero carries no sign."""
    return f"{float(value) + 0.0:.3g}".replace("-", "−")


def writable(path: str | Path) -> Path:
    """The path of a picture, if its ending and place are such that one can be written."""
    target = Path(path)
    kind = target.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        allowed = listed(f".{name}" for name in FORMATS)
        raise InputError(
            "picture_format", given=str(path), allowed=allowed, hint=nearest(kind, FORMATS)
        )
    check_writable(target, str(path))
    return target


def save(figure: Any, path: str | Path) -> Path:
    """Write the picture; the ending says how: .png, .svg or .pdf."""
    import matplotlib

    target = writable(path)
    dates: dict[str, Any] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    metadata = dates.get(target.suffix.lower())  # the same picture is the same file
    try:
        with matplotlib.rc_context({"svg.hashsalt": "nonlin"}):
            drawn, kind = io.BytesIO(), target.suffix.lstrip(".").lower()
            look = figure.get_facecolor()
            figure.savefig(drawn, format=kind, dpi=160, facecolor=look, metadata=metadata)
        write_beside(target, drawn.getvalue())
    except OSError as error:
        raise InputError("cannot_write", path=str(target), reason=error.strerror) from error
    return target
