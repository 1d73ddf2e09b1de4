"""Run the demonstrations in examples/ and write their tables into docs/stability.md, en and zh.

python tools/build_stability.py                         all four, with pictures: half an hour
python tools/build_stability.py dying_neurons           only this one
python tools/build_stability.py --kept FOLDER           from FOLDER/NAME.txt, printed before
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = {"en": ROOT / "docs" / "stability.md", "zh": ROOT / "docs" / "stability.zh-CN.md"}
PICTURES = ROOT / "docs" / "pictures"
EXAMPLES = {  # and the picture that each draws
    "deep_networks": None,
    "variance_by_layer": "variance.svg",
    "dying_neurons": "neurons.svg",
    "wrong_gain": "gain.svg",
}
CHINESE = {
    "initialisation": "权重初始化",
    "activation": "激活函数",
    "layers": "层数",
    "learning rate": "学习率",
    "training loss": "训练损失",
    "test accuracy": "测试准确率",
    "rate": "学习率",
    "mean z², last layer": "z² 均值，最后一层",
    "mean z²": "z² 均值",
    "squared gradient, first layer": "梯度平方，第一层",
    "infinite width": "无限宽度",
    "inside 95 %": "落在 95% 区间内",
    "largest error": "最大误差",
    "theory, layer 60": "理论，第 60 层",
    "theory": "理论",
    "bias": "偏置",
}
BLOCK = "<!-- {name} -->\n{body}<!-- end -->"


def run(name: str) -> str:
    """What the example prints; its picture goes to docs/pictures."""
    command = [sys.executable, str(ROOT / "examples" / f"{name}.py")]
    if picture := EXAMPLES[name]:
        command += ["--picture", str(PICTURES / picture)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    return done.stdout


def tables(printed: str) -> list[str]:
    """The Markdown tables in what was printed."""
    return re.findall(r"(?:^\|.*\n)+", printed, re.M)


def translated(table: str) -> str:
    """With the head of the table in Chinese, and no blank before a percent sign."""
    head, rest = table.split("\n", 1)
    cells = [cell.strip() for cell in head.strip("|").split("|")]
    known = [re.sub(r"^layer (\d+)$", r"第 \1 层", CHINESE.get(cell, cell)) for cell in cells]
    return f"| {' | '.join(known)} |\n{rest}".replace(" %", "%")


def write(name: str, printed: str) -> None:
    """Put the tables between their marks on both pages."""
    for language, page in PAGES.items():
        text = page.read_text(encoding="utf-8")
        for number, table in enumerate(tables(printed)):
            body = translated(table) if language == "zh" else table
            mark = f"{name} {number}"
            old = re.compile(rf"<!-- {mark} -->\n.*?<!-- end -->", re.S)
            if not old.search(text):
                raise SystemExit(f"{page.name} has no place for {mark}")
            block = BLOCK.format(name=mark, body=body)
            text = old.sub(lambda _, block=block: block, text)
        page.write_text(text, encoding="utf-8")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *EXAMPLES])
    parser.add_argument("--kept", type=Path)
    given = parser.parse_args()
    for name in given.names or EXAMPLES:
        print(name, file=sys.stderr)
        write(name, (given.kept / f"{name}.txt").read_text() if given.kept else run(name))


if __name__ == "__main__":
    main()
