"""The tables of what was said of the programs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from judged.judged import Said

GOALS = {"recall": 0.8, "precision": 0.8, "alarms": "1 of 30", "repaired": 0.7}
CHINESE = {
    "Cause found (it is the first one named): ": "找到原因（首个说出的原因正确）：",
    "Precision (of the causes named first, those that were planted): ": (
        "精确率（首个说出的原因中确为植入者）："
    ),
    "False alarms on healthy programs: ": "对健康程序的误报：",
    "Repaired, of those found: ": "找到的之中修复成功：",
    "of all faults: ": "占全部故障：",
    "error within 10 % of the healthy twin's: ": "误差与健康版本相差不超过 10%：",
    "CPU seconds a diagnosis: ": "每次诊断的 CPU 秒数：",
    " (goal: ": "（目标：",
    "at least ": "至少 ",
    "at most ": "至多 ",
    "planted": "植入的故障",
    "named first": "首个说出的原因",
    "repaired": "修复",
    "nothing": "无",
    "| network | found |": "| 网络 | 找到 |",
    "| false alarms | seconds |": "| 误报 | 秒 |",
    " of ": " / ",
    "mean ": "平均 ",
    ", largest ": "，最大 ",
    "): ": "）：",
    "; ": "；",
}


def table(found: Sequence[Said]) -> str:
    """The figures, those by architecture, then the confusion by cause."""
    return "\n".join([*_figures(found), "", *_architectures(found), "", *_confusion(found)])


def _figures(found: Sequence[Said]) -> list[str]:
    faulty = [each for each in found if each.program.cause]
    healthy = [each for each in found if not each.program.cause]
    right = [each for each in faulty if each.found]
    named = [each for each in found if each.causes]
    mended = _share([each.repaired for each in right])
    close = _share([each.close for each in right])
    seconds = [each.seconds for each in found]
    return [
        f"- Cause found (it is the first one named): {_share([e.found for e in faulty])}"
        f" (goal: at least {GOALS['recall']})",
        "- Precision (of the causes named first, those that were planted): "
        f"{_share([each.found for each in named])} (goal: at least {GOALS['precision']})",
        f"- False alarms on healthy programs: {_share([bool(e.causes) for e in healthy])}"
        f" (goal: at most {GOALS['alarms']})",
        f"- Repaired, of those found: {mended} (goal: at least {GOALS['repaired']}); "
        f"of all faults: {_share([each.repaired for each in faulty])}; "
        f"error within 10 % of the healthy twin's: {close}",
        f"- CPU seconds a diagnosis: mean {sum(seconds) / len(seconds):.1f}, "
        f"largest {max(seconds):.1f}",
    ]


def _share(given: Sequence[bool]) -> str:
    return f"{sum(given)} of {len(given)} ({sum(given) / len(given):.2f})" if given else "0 of 0"


def _architectures(found: Sequence[Said]) -> list[str]:
    """A row for each kind of network."""
    rows = ["| network | found | repaired | false alarms | seconds |", "|---|---|---|---|---|"]
    for kind in dict.fromkeys(each.program.architecture for each in found):
        these = [each for each in found if each.program.architecture == kind]
        faulty = [each for each in these if each.program.cause]
        healthy = [bool(each.causes) for each in these if not each.program.cause]
        seconds = sum(each.seconds for each in these) / len(these)
        counts = (
            f"{sum(values)} of {len(values)}"
            for values in ([e.found for e in faulty], [e.repaired for e in faulty], healthy)
        )
        rows.append(f"| {kind} | {' | '.join(counts)} | {seconds:.1f} |")
    return rows


def _confusion(found: Sequence[Said]) -> list[str]:
    """A row for each planted cause: what was named first, and how many of it were repaired."""
    rows = ["| planted | named first | repaired |", "|---|---|---|"]
    for cause in sorted({each.program.cause for each in found}, key=lambda name: (not name, name)):
        these = [each for each in found if each.program.cause == cause]
        named = Counter(each.causes[0] if each.causes else "nothing" for each in these)
        said = ", ".join(f"{_mark(these, name)} {count}" for name, count in named.most_common())
        repaired = f"{sum(each.repaired for each in these)} of {len(these)}" if cause else ""
        rows.append(f"| {cause or 'nothing'} | {said} | {repaired} |")
    return rows


def _mark(these: Sequence[Said], name: str) -> str:
    """Bold where it is right."""
    right = any(each.found and each.causes[0] == name for each in these)
    return f"**{name}**" if right else name


def misses(found: Sequence[Said]) -> str:
    """One line for each program that was not named rightly, repaired, or left alone."""
    lines = []
    for each in found:
        wrong = bool(each.causes) if not each.program.cause else not (each.found and each.repaired)
        if wrong:
            error = "" if each.error is None else f", error {each.error:.3f} ({each.twin:.3f})"
            planted, said = each.program.cause or "nothing", ", ".join(each.causes) or "nothing"
            lines.append(f"- {each.program.name}: {planted}, said {said}{error}: {each.words}")
    return "Missed:\n" + ("\n".join(lines) or "- nothing")


def written(page: str, found: Sequence[Said], machine: str, chinese: bool) -> str:
    """The page with the tables between its two marks."""
    faulty = sum(bool(each.program.cause) for each in found)
    lead = f"{faulty} / {len(found) - faulty}"
    tables = f"{table(found)}\n\n{machine}; {lead}."
    if chinese:
        for word in sorted(CHINESE, key=len, reverse=True):
            tables = tables.replace(word, CHINESE[word])
        tables = re.sub(r" \((\d[.]\d\d)\)", r"（\1）", tables)
        tables = re.sub("（目标：([^)（）]*)[)]", r"（目标：\1）", tables)
        tables = re.sub(r", (?=\D)", "、", tables)
    return re.sub(
        r"(<!-- faults -->\n).*(<!-- end of faults -->)",
        lambda marks: f"{marks[1]}{tables}\n{marks[2]}",
        page,
        flags=re.DOTALL,
    )
