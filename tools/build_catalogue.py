"""Write docs/catalogue: a gallery, and a page in each language for every activation.

    python tools/build_catalogue.py            everything
    python tools/build_catalogue.py gelu tanh  the gallery and these pages only

A page begins with a digest of all that goes into it, so that a test can tell without drawing
anything whether it is out of date.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import nonlin
from nonlin._text import LANGUAGES, catalogue, in_a_row, listed, say, speaking
from nonlin.activation import Activation
from nonlin.catalogue import families, get, names
from nonlin.catalogue.elsewhere import elsewhere
from nonlin.export import TARGETS
from nonlin.export.exported import Exported
from nonlin.expr.infix import infix
from nonlin.function import FUNCTION_KINDS
from nonlin.portrait import rows
from nonlin.sketch.curve import band, curve_of, example, spread
from nonlin.sketch.regions import REACH, dead, kinks, saturated
from nonlin.sketch.svg import picture, thumbnail

ROOT = Path(__file__).parents[1] / "docs" / "catalogue"
GALLERY = {"en": "README.md", "zh": "README.zh-CN.md"}
COLUMNS = 5
# written out as mathematics above, or below as lists
ELSEWHERE = ("elsewhere", "latex", "derivative_latex", "strengths", "weaknesses")

SPOKEN = (
    "cli.show.",
    "cli.traits.",
    "properties.",
    "listed.",
    "formula.",
    *(f"{kind}." for kind in ("kinds", *FUNCTION_KINDS)),
)  # messages that a page may hold

WORDS = {
    "en": {
        "title": "Catalogue of activation functions",
        "intro": (
            "{count} activation functions, each declared once as a formula. Everything on these "
            "pages is derived from that formula by `python tools/build_catalogue.py`. The same on "
            "the command line: `nonlin list`, `nonlin show NAME`."
        ),
        "other": "[中文](README.zh-CN.md)",
        "back": "[All activation functions]({gallery}) · [中文](../zh/{name}.md)",
        "curves": (
            "Solid: f. Dashed: the derivative f′. Dotted: the second derivative f″. Grey hill: "
            "density of standard normal inputs."
        ),
        "surrogate": (
            "Solid: f. Dashed: the derivative f′. Dotted: the slope s that training takes instead. "
            "Grey hill: density of standard normal inputs."
        ),
        "bars": "What it makes of the row ({row}).",
        "gate": "Bold: f for the value v = 1. Thin: for other values.",
        "band": "Band: where 95 % of the outputs lie in training.",
        "whiskers": "Lines on the bars: where 95 % of the outputs lie in training.",
        "dead": "Shaded: f′ is exactly 0.",
        "saturated": "Hatched: |f′| is below 1 % of its maximum.",
        "kinks": "Circles: f or f′ jumps.",
        "elsewhere": "Names in other libraries",
        "library": "Library",
        "and": "and",
        "names": "Names",
        "code": "Code",
        "targets": "Targets: {names}. The code stands alone and states its largest error.",
    },
    "zh": {
        "title": "激活函数目录",
        "intro": (
            "共 {count} 个激活函数，每个函数只由一个公式定义；这些页面的全部内容都由 "
            "`python tools/build_catalogue.py` 从公式推导得出。在命令行中也可以查看："
            "`nonlin list`、`nonlin show 名称`。"
        ),
        "other": "[English](README.md)",
        "back": "[全部激活函数]({gallery}) · [English](../en/{name}.md)",
        "curves": ("实线：f。虚线：导数 f′。点线：二阶导数 f″。灰色钟形区域：标准正态输入的密度。"),
        "surrogate": (
            "实线：f。虚线：导数 f′。点线：训练所用的替代梯度 s。灰色钟形区域：标准正态输入的密度。"
        ),
        "bars": "作用于 ({row}) 这一行的结果。",
        "gate": "粗线：值 v = 1；细线：其他值。",
        "band": "色带：训练时 95% 的输出值在此范围内。",
        "whiskers": "柱上竖线：训练时 95% 的输出值在此范围内。",
        "dead": "阴影：f′ 恰好为 0。",
        "saturated": "斜线：|f′| 低于最大值的 1%。",
        "kinks": "圆圈：f 或 f′ 在此跳变。",
        "elsewhere": "其他库中的名称",
        "library": "库",
        "and": "与",
        "names": "名称",
        "code": "代码",
        "targets": "可用的目标：{names}。代码独立可用，并注明最大误差。",
    },
}


# the heads of the gallery, English and Chinese; what people look for most comes first
USED = (
    "relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid", "softmax", "elu", "selu", "mish",
    "softplus", "prelu", "hard_swish", "swiglu", "identity",
)  # fmt: skip
FAMILIES = {
    "used": ("Most used", "最常用"),
    "sigmoidal": ("Sigmoids", "S 型函数"),
    "bounded": ("More of S shape", "其他 S 型函数"),
    "rectified": ("ReLU and its kin", "ReLU 及同类函数"),
    "piecewise": ("Piecewise", "分段函数"),
    "smooth": ("Relatives of ReLU", "ReLU 的变体"),
    "powers": ("Powers, exponentials and others", "幂函数、指数函数及其他"),
    "self_gated": ("Self-gated", "自门控函数"),
    "periodic": ("Periodic, bells and wavelets", "周期函数、钟形函数与小波"),
    "rowwise": ("Of rows, or changing their length", "按行函数与改变维数的函数"),
    "gated": ("Gated pairs", "门控函数"),
    "random": ("Random in training", "训练时带随机噪声的函数"),
    "surrogates": ("Trained by another slope", "用替代梯度训练的函数"),
}


def digest(entry: Activation) -> str:
    """Of everything that a page is made from: the declaration, the words, this program."""
    parameters = [(p.name, p.value) for p in entry.parameters]
    declared = (entry.name, infix(entry.trained.formula), parameters, entry.titles, entry.year)
    known_as = [str(row) for row in elsewhere(entry.name)]
    given = repr((*declared, entry.source, entry.aliases, known_as, _common()))
    return hashlib.sha256(given.encode()).hexdigest()[:16]


@cache
def _common() -> str:
    """What all pages share: words and programs that write them."""
    package = Path(nonlin.__file__).parent
    programs = [
        Path(__file__),
        *(package / "portrait" / name for name in ("__init__.py", "traits.py")),
        *(package / "emit" / name for name in ("latex.py", "layout.py", "textbook.py")),
        *sorted(package.glob("sketch/*.py")),
    ]
    texts = [path.read_text(encoding="utf-8") for path in programs]
    words = [sorted(catalogue(name).items()) for name in LANGUAGES]
    spoken = [pair for pairs in words for pair in pairs if pair[0].startswith(SPOKEN)]
    return hashlib.sha256(repr((texts, spoken)).encode()).hexdigest()


def page(entry: Activation, language: str) -> str:
    """One page in Markdown."""
    with speaking(language):
        return "\n".join(_page(entry, language)) + "\n"


def _page(entry: Activation, language: str) -> Iterator[str]:
    words = WORDS[language]
    yield f"<!-- {digest(entry)} written by tools/build_catalogue.py -->\n"
    yield f"# {say('listed.bracketed', name=entry.title, value=entry.name)}\n"
    yield words["back"].format(name=entry.name, gallery=f"../{GALLERY[language]}") + "\n"
    yield from _mathematics(entry)
    yield f"![{entry.name}](../pictures/{entry.name}.svg)\n"
    row = ", ".join(f"{x:g}" for x in example(entry)[0]) if curve_of(entry) is None else ""
    yield in_a_row(words[key] for key in _legend(entry)).format(row=row) + "\n"
    facts = dict(rows(entry))
    yield "| | |\n|---|---|"
    for key, value in facts.items():
        if key not in ELSEWHERE:
            yield f"| {say(f'cli.show.{key}')} | {_cell(str(value))} |"
    for key in ("strengths", "weaknesses"):
        if facts.get(key):
            yield f"\n## {say(f'cli.show.{key}')}\n"
            yield from (f"- {sentence}" for sentence in facts[key])
    if names_elsewhere := elsewhere(entry.name):
        yield f"\n## {words['elsewhere']}\n"
        yield f"| {words['library']} | {words['names']} |\n|---|---|"
        for library in dict.fromkeys(row.library for row in names_elsewhere):
            found = (f"`{row}`" for row in names_elsewhere if row.library == library)
            shown = library.replace(" and ", f" {words['and']} ")
            yield f"| {shown} | {listed(found)} |"
    yield f"\n## {words['code']}\n"
    found = targets(entry)
    best = "torch" if "torch" in found else found[0]
    yield f"```\nnonlin export {entry.name} --to {best}\n```\n"
    yield words["targets"].format(names=listed(f"`{name}`" for name in found))


def targets(entry: Activation) -> list[str]:
    """What the entry can be exported to."""
    subject = Exported(entry)
    return [name for name, row in TARGETS.items() if row.takes(subject)]


def _mathematics(entry: Activation) -> Iterator[str]:
    """Formula and derivative, as GitHub and others set them."""
    left = {"rowwise": "f(x)_i", "gated": "f(v, x)"}.get(entry.kind, "f(x)")
    yield f"```math\n{left} = {entry.latex}\n```\n"
    if entry.elementwise:
        yield f"```math\nf'(x) = {entry.derivative_latex}\n```\n"


def _legend(entry: Activation) -> list[str]:
    """What there is to explain in the picture."""
    curve = curve_of(entry)
    if curve is None:
        return ["bars", *(["whiskers"] if spread(entry) else [])]
    marks = {"dead": dead, "saturated": saturated, "kinks": kinks}
    gate = ["gate"] if entry.kind == "gated" else []
    noise = ["band"] if band(entry, REACH) else []
    curves = "curves" if entry.surrogate is None else "surrogate"
    return [curves, *gate, *noise, *(key for key, found in marks.items() if found(curve))]


def _cell(text: str) -> str:
    """A text as it may stand in a table."""
    return text.replace("|", r"\|").replace("*", r"\*").replace("_", r"\_")


def gallery(entries: Sequence[Activation], language: str) -> str:
    """The page with all small pictures."""
    words = WORDS[language]
    with speaking(language):
        lines = [
            f"<!-- {gallery_digest(entries)} written by tools/build_catalogue.py -->\n",
            f"# {words['title']}\n",
            f"{words['intro'].format(count=len(entries))}\n",
            f"{words['other']}\n",
            *_families({entry.name: entry for entry in entries}, language),
        ]
    return "\n".join(lines)


def _families(entries: Mapping[str, Activation], language: str) -> Iterator[str]:
    """A head and a table for each family, behind those that are used most."""
    for family, found in {"used": USED, **families()}.items():
        known = [entries[name] for name in found]
        yield f"## {FAMILIES[family][LANGUAGES.index(language)]}\n"
        yield "|" + " |" * COLUMNS + "\n|" + ":-:|" * COLUMNS
        yield from (_row(known[k : k + COLUMNS], language) for k in range(0, len(known), COLUMNS))
        yield ""


def gallery_digest(entries: Sequence[Activation]) -> str:
    """Of all pages."""
    return hashlib.sha256("".join(map(digest, entries)).encode()).hexdigest()[:16]


def _row(entries: Sequence[Activation], language: str) -> str:
    cells = [
        f"[![{e.name}](pictures/small/{e.name}.svg)]({language}/{e.name}.md)<br>"
        f"[{_cell(e.name)}]({language}/{e.name}.md)<br>{_cell(e.title)}"
        for e in entries
    ]
    return f"| {' | '.join([*cells, *[''] * (COLUMNS - len(cells))])} |"


def write(path: Path, text: str) -> None:
    """A file, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main(chosen: Sequence[str]) -> None:
    """Write all pages, or the chosen ones; pages of entries that are gone are removed."""
    entries = [get(name) for name in names()]
    for entry in [get(name) for name in chosen] or entries:
        for language in LANGUAGES:
            write(ROOT / language / f"{entry.name}.md", page(entry, language))
        write(ROOT / "pictures" / f"{entry.name}.svg", picture(entry))
        write(ROOT / "pictures" / "small" / f"{entry.name}.svg", thumbnail(entry))
        print(entry.name)
    for language in LANGUAGES:
        write(ROOT / GALLERY[language], gallery(entries, language))
    for path in [*ROOT.glob("??/*.md"), *ROOT.glob("pictures/**/*.svg")]:
        if path.stem not in names():
            path.unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
