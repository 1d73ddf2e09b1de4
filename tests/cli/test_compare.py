"""nonlin compare: pictures of several activations."""


def test_compare_draws(said, tmp_path):
    path = tmp_path / "f.png"
    text = said("compare", "sigmoid", "tanh", "relu", "leaky_relu", "softmax", "-o", str(path))
    assert str(path) in text
    assert path.read_bytes().startswith(b"\x89PNG")
    dark = tmp_path / "dark.pdf"
    said("compare", "gelu", "x * sigmoid(x)", "--derivative", "--dark", "-o", str(dark))
    assert dark.read_bytes().startswith(b"%PDF")


def test_without_a_file_it_is_drawn_in_letters(said):
    text = said("compare", "relu", "tanh")
    assert text.splitlines()[-1].split() == ["*", "relu", "o", "tanh"]
    assert "relu'" in said("compare", "relu", "--derivative")
    five = said("compare", "sigmoid", "tanh", "relu", "leaky_relu", "softmax")
    assert "x leaky_relu" in five
    assert "softmax(1, 2, 3)" in five
    assert "0.665" in five
    assert "*" not in said("compare", "softmax")
