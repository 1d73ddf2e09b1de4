"""The tables of what was said."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence

from planting.diagnosed import CAUSES, Said
from planting.fault import KINDS

CHINESE = {
    "kind": "种类",
    "detected": "发现",
    "cause right": "原因正确",
    "remedy works": "修改有效",
    "rate too high": "学习率过大",
    "rate too low": "学习率过小",
    "activation": "激活函数",
    "initial weights": "初始权重",
    "dead or saturated": "死亡或饱和",
    "inputs": "输入",
    "targets": "目标",
    "optimizer": "优化器",
    "width": "宽度",
    "output": "输出",
    "two faults": "两处故障",
    "| all |": "| 全部 |",
    "Causes named in faults that were planted: ": "指出的原因确为所植入的故障：",
    "False alarms on healthy networks: ": "对健康网络的误报：",
    "Noise, a cause is blamed: ": "纯噪声，归咎于某个原因：",
    'Noise, "learns" is said: ': "纯噪声，判为“能够学习”：",
    "Seconds a case: median ": "每例秒数：中位数 ",
    ", largest ": "，最大 ",
    ", one thread; ": "，单线程；",
    " seeds.": " 个种子。",
    " of ": " / ",
}
KNOWN = set[str]().union(*(right for right, _ in CAUSES.values()))


def table(found: Sequence[Said]) -> str:
    """By kind, then what holds for all."""
    faults = [each for each in found if each.case.fault is not None]
    head = "| kind | n | detected | cause right | remedy works |\n|---|---|---|---|---|\n"
    kinds = [(kind, [each for each in faults if each.case.kind == kind]) for kind in KINDS]
    rows = [_row(kind, of_kind) for kind, of_kind in (*kinds, ("all", faults)) if of_kind]
    return head + "\n".join(rows) + "\n\n" + "\n".join(_rest(found, faults))


def _row(kind: str, found: Sequence[Said]) -> str:
    counts = [
        sum(each.alarm for each in found),
        sum(each.right for each in found),
        sum(bool(each.works) for each in found),
    ]
    cells = [f"{count} ({count / len(found):.2f})" for count in counts]
    if all(each.works is None for each in found):
        cells[2] = "not tried"
    return f"| {kind} | {len(found)} | {' | '.join(cells)} |"


def _rest(found: Sequence[Said], faults: Sequence[Said]) -> list[str]:
    healthy, noise = (
        [each for each in found if each.case.kind == kind] for kind in ("healthy", "noise")
    )
    named = [right for each in faults for right in each.judged]
    middle = statistics.median(each.seconds for each in found)
    slowest = max(found, key=lambda each: each.seconds)
    strange = {cause for each in found for cause in each.causes} - KNOWN
    return [
        *(
            [f"- Causes that `CAUSES` does not know: {', '.join(sorted(strange))}"]
            if strange
            else []
        ),
        f"- Causes named in faults that were planted: {_share(named)}",
        f"- False alarms on healthy networks: {_share([each.alarm for each in healthy])}",
        f"- Noise, a cause is blamed: {_share([bool(each.causes) for each in noise])}",
        f'- Noise, "learns" is said: {_share([each.learns for each in noise])}',
        f"- Seconds a case: median {middle:.2f}, "
        f"largest {slowest.seconds:.2f} ({slowest.case.name})",
    ]


def _share(found: Sequence[bool]) -> str:
    return f"{sum(found)} of {len(found)} ({sum(found) / len(found):.2f})" if found else "none"


def misses(found: Sequence[Said]) -> str:
    """One line for each case that was missed, wrongly named, or blamed without reason."""
    lines = []
    for each in found:
        fault = each.case.fault
        if fault is None:
            wrong = each.alarm if each.case.kind == "healthy" else bool(each.causes) or each.learns
            planted = "nothing"
        else:
            wrong = not (each.alarm and each.right and each.works is not False)
            planted = "+".join(fault.planted)
        if wrong:
            remedy = {None: "", True: " (works)", False: " (does not work)"}[
                each.works if each.causes else None
            ]
            said = "+".join(each.causes) or ("alarm" if each.alarm else "no alarm")
            lines.append(
                f"{each.case.kind}: {each.case.name} [{each.seed}]: planted {planted}, "
                f"said {said}{remedy}: {each.words}"
            )
    return "Missed:\n" + ("\n".join(f"- {line}" for line in lines) or "- nothing")


def written(page: str, found: Sequence[Said], machine: str, chinese: bool) -> str:
    """The page with the tables between its two marks."""
    seeds = len({each.seed for each in found if each.case.kind != "noise"})
    machine = f"{machine}, one thread; {seeds} seeds."
    tables = re.sub(r"(largest [\d.]+) \(.*\)", r"\1", table(found)) + f"\n\n{machine}"
    if chinese:
        for word in sorted(CHINESE, key=len, reverse=True):
            tables = tables.replace(word, CHINESE[word])
    return re.sub(
        r"(<!-- diagnosis -->\n).*(<!-- end -->)",
        lambda marks: f"{marks[1]}{tables}\n{marks[2]}",
        page,
        flags=re.DOTALL,
    )
