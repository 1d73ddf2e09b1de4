"""Chinese as a Chinese textbook prints it: what an editor's rules say that a program can see.

Full-width punctuation (GB/T 15834), no blanks beside it, none before %, quotes “ ”, one term for
one thing. What people type stays as it is: code, formulas, paths, names of files.
"""

import re
from pathlib import Path

import pytest

from nonlin._text import catalogue

ROOT = Path(__file__).parents[1]
CHINESE = "[\u3400-\u9fff]"
KEPT = re.compile(  # what is typed, and formulas
    r"\{[^{}]*\}|`[^`\n]*`|\]\([^)\n]*\)|\$[^$\n]+\$|https?://\S+|<!--.*?-->|<img[^>]*>"
    r"|^(?:>>>|\.\.\.) [^#]*"
    r"|where\(条件, a, b\)|\((?:行数|样本数), [^()]*\)|\(行数,\)|(?:X|y|sqrt)\([^()]*\)"
    r"|nl\.(?:load|choose)\([^)]*\)|\.preparation\(数据表\)|ordinal:低,中,高|_类别"
)
HALF = re.compile(
    rf"(?:{CHINESE}|[”）])[,:;?!]|[,:;?!(](?:{CHINESE}|“)|{CHINESE}[()]|[,:;!] {CHINESE}"
)
BLANK = re.compile(r"[^\s|>*#-] [，。：；？！（）、“”]|[，。：；？！（、“] [^\s|]|\d %")
OTHER = re.compile(rf'{CHINESE}"|"{CHINESE}|{CHINESE} ?\.\.\.|, \.\.\.')
WRONG = {  # term by term: what stood here before, and what stands everywhere now
    "折点": "不可导点", "提前停止": "中途淘汰", "竞赛": "逐次淘汰", "指数类": "超越函数",
    "批大小": "批量大小", "轮次": "轮", "加权和": "净输入", "跳跃连接": "残差连接",
    "有限的数": "有限值", "不是有限值": "非有限值", "有限数": "有限值", "标准误差": "标准误",
    "内核": "计算核", "准确度": "准确率", "泊松似然": "泊松负对数似然", "解释比例": "解释率",
    "验证集损失": "验证损失", "验证集得分": "验证得分", "梯度之比": "梯度范数比",
    "计算开销": "耗时", "计算代价": "计算量", "整形": "变换后的", "死亡单元": "死亡神经元",
    "数据准备": "数据预处理", "留出的行": "留出的样本", "常数输出": "常数预测",
    "最大斜率": "|f'| 的最大值", "山丘": "钟形区域", "着色": "阴影", "更新比率": "更新比",
    "分出高下": "尚难判断", "不分上下": "相当", "对数值的": "关于 v 的",
    "逐个数字": "逐步演算", "改变长度": "改变维数", "作用于整行的函数": "按行函数",
    "单纯复制": "数组复制", "种子": "随机种子", "级联": "拼接", "尺度可以": "缩放因子",
    "您是想": "是否要用", "请给出": "请指定、请提供", "没有名为": "未知的", "给出了": "指定了",
    "那里": "此处", "它们": "（重复名词）", "学习得到": "可学习",
    "有序类别（": "有序分类（", "名字": "名称",
}  # fmt: skip
RIGHT = ("随机种子", "个种子")  # in which a wrong term may stand


def faults(text):
    """What an editor would mark, as the signs that stand there."""
    bare = KEPT.sub("·", text)
    found = [mark[0] for rule in (HALF, BLANK, OTHER) for mark in rule.finditer(bare)]
    for right in RIGHT:
        bare = bare.replace(right, "")
    return [*found, *(term for term in WRONG if term in bare)]


MESSAGES = catalogue("zh")
PAGES = [  # the titles of the catalogue stand on its pages
    ROOT / "README.zh-CN.md",
    ROOT / "docs" / "learn" / "README.md",
    *sorted((ROOT / "docs").glob("**/*.zh-CN.md")),
    *sorted((ROOT / "docs").glob("**/zh/*.md")),
]


def test_messages():
    found = {key: faults(said) for key, said in MESSAGES.items()}
    assert not {key: marks for key, marks in found.items() if marks}


def test_pages():
    lines = {
        f"{page.relative_to(ROOT)}:{number}": faults(line)
        for page in PAGES
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(CHINESE, line)
    }
    assert len(PAGES) > 140
    assert not {place: marks for place, marks in lines.items() if marks}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("目标,共 3 个类别", "目标，共 3 个类别"),
        ("数据:iris(150 行)", "数据：iris（150 行）"),
        ("x, 而不是 y", "x，而不是 y"),
        ("着重 （甲）", "着重（甲）"),
        ("95 % 置信区间", "95% 置信区间"),
        ('缺少"名称"', "缺少“名称”"),
        ("tanh、gelu, ...", "tanh、gelu 等"),
        ("折点", "不可导点"),
        ("种子为 0", "随机种子为 0"),
        ("没有激活函数：请给出一个", "没有激活函数，请指定一个"),
    ],
)
def test_the_rules_see(wrong, right):
    assert faults(wrong)
    assert not faults(right)


def test_what_is_typed_stays():
    assert not faults(
        "请改写为 where(条件, a, b)。形状为 (行数, 列数)，写作 `--task ordinal:低,中,高`。"
    )
