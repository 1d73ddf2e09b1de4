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
    assert ["*", "relu", "o", "tanh"] in [line.split() for line in text.splitlines()]
    assert "relu'" in said("compare", "relu", "--derivative")
    five = said("compare", "sigmoid", "tanh", "relu", "leaky_relu", "softmax")
    assert "x leaky_relu" in five
    assert "softmax(1, 2, 3)" in five
    assert "0.665" in five
    assert "*" not in said("compare", "softmax")


def test_what_tells_them_apart_is_said(said, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    text = said("compare", "sigmoid", "tanh", "relu", "leaky_relu", "softmax")
    assert "Trains at 30 layers: relu, leaky_relu (any depth), tanh (up to about 83)." in text
    assert "Does not: sigmoid (up to about 3.2)." in text
    assert "nonlin init sigmoid --depth 30" in text
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "- gradient is exactly zero for x < 0: neurons can die" in lines
    assert "sigmoid gradient vanishes + bounded: the output stays between 0 and 1" in lines
    assert any(line.startswith("tanh gradient × 12 (grows) +") for line in lines)
    order = [line.split()[0] for line in text.splitlines() if " + " in line]
    assert order[-5:] == ["relu", "leaky_relu", "tanh", "sigmoid", "softmax"]
    assert "30 layers" not in said("compare", "relu")
    assert "30 layers" not in said("compare", "softmax", "sparsemax")


def test_a_linear_or_unstable_function_is_not_for_deep_networks(said):
    text = said("compare", "identity", "relu_squared", "binary_step")
    assert "Trains at 30 layers: none of these" in text
    assert "identity (linear)" in text
    assert "relu_squared (up to about 10)" in text
    assert "binary_step (no depth)" in text
    assert "nonlin init" not in text
    for fate in ("linear", "signals drift", "gradient vanishes"):
        assert fate in text


def test_of_functions_alike_it_says_where_they_differ(said):
    text = said("compare", "gelu", "silu")
    assert "below about -3" in text
    assert "below about -6" in text
    assert "non-monotonic" not in text


def test_of_many_only_what_becomes_of_gradients(said, tmp_path):
    six = ("relu", "elu", "selu", "gelu", "tanh", "sigmoid")
    text = said("compare", *six, "-o", str(tmp_path / "six.svg"))
    assert [line.split()[0] for line in text.splitlines()[-6:]] == list(six)
    assert "saturates" not in text
