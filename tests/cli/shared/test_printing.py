"""Pictures: what is said when one is written."""

import pytest

from nonlin.cli import run


@pytest.mark.parametrize("font", [None, "Some CJK font"])
@pytest.mark.parametrize("line", ["show relu", "compare relu", "forward"])
def test_a_picture_without_a_chinese_font_says_so(line, font, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("nonlin.figures.style.cjk_font", lambda: font)
    monkeypatch.setattr("matplotlib.figure.Figure.savefig", lambda *_, **__: None)
    arguments = [*line.split(), "-o", str(tmp_path / "a.svg")]
    assert run([*arguments, "--lang", "zh"]) == 0
    assert ("没有找到中文字体" in capsys.readouterr().err) == (font is None)
    assert run(arguments) == 0
    assert "font" not in capsys.readouterr().err
