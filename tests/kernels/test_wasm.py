"""Kernels for browsers: the bits of a native compile of the same code, the numbers of mpmath."""

import ctypes
import gzip
import math
from functools import cache

import mpmath
import numpy as np
import pytest
import wasmtime

import nonlin as nl
from nonlin._errors import CompileError
from nonlin.emit.mpmath import compile_mpmath
from nonlin.emit.numpy import compile_numpy
from nonlin.expr.derivative import derivative, derivatives
from nonlin.expr.stable import stabilise
from nonlin.kernels import target, wasm, wasm_angles, wasm_helpers
from nonlin.kernels.wasm_link import linked
from nonlin.network import optimise

ENTRIES = [name for name in nl.names() if nl.get(name).elementwise]
LIMIT = 5  # ULP of values and slopes
BESIDE = 2.0**-23  # what a slope may be off beside a zero of its own,
NEAR = 0.25  # and what that means
BYTES = ctypes.POINTER(ctypes.c_uint8)


class Browser:
    """A module with a memory of 16 MiB, and arrays in it."""

    def __init__(self, code):
        self.store = wasmtime.Store()
        module = wasmtime.Module(self.store.engine, code)
        self.imports = [(each.module, each.name) for each in module.imports]
        memory = wasmtime.Memory(self.store, wasmtime.MemoryType(wasmtime.Limits(256, None)))
        self.exports = wasmtime.Instance(self.store, module, [memory]).exports(self.store)
        size, start = memory.data_len(self.store), memory.data_ptr(self.store)
        self.memory = np.ctypeslib.as_array(ctypes.cast(start, BYTES), (size,))

    def put(self, arrays):
        """Copies of arrays one behind the other, with gaps, and their addresses."""
        top, places, found = 1024, [], []
        for array in arrays:
            view = self.memory[top : top + array.nbytes].view(array.dtype)
            view[:] = array.ravel()
            places.append(top)
            found.append(view)
            top += array.nbytes + 64 & -16
        return places, found

    def call(self, name, *arguments):
        self.exports[name](self.store, *map(int, arguments))

    def run(self, name, inputs, parameters=(), outputs=1):
        count = inputs[0].size
        results = [np.empty(count, np.float32)] * outputs
        places, found = self.put([*inputs, *results, np.array([*parameters, 0.0])])
        self.call(name, *places[:-1], count, places[-1])
        return [each.copy() for each in found[len(inputs) : -1]]


@pytest.fixture(scope="module")
def bundle():
    return wasm.bundle(map(nl.get, ENTRIES))


@pytest.fixture(scope="module")
def browser(bundle):
    return Browser(bundle.bytes)


@pytest.fixture(scope="module")
def native():
    """The same instructions for this machine, by the names of the exports."""
    source, places = wasm.written([nl.get(name) for name in ENTRIES], helpers=True)
    loaded = target.load(target.to_object(source), places["exp"])

    def run(name, inputs, parameters=(), outputs=1):
        results = [np.empty_like(inputs[0]) for _ in range(outputs)]
        data = np.array([*parameters, 0.0])
        arrays = [array.ctypes.data for array in (*inputs, *results)]
        kinds = [*[ctypes.c_void_p] * len(arrays), ctypes.c_int32, ctypes.c_void_p]
        function = ctypes.CFUNCTYPE(None, *kinds)
        address = loaded.engine.get_function_address(places[name])
        function(address)(*arrays, inputs[0].size, data.ctypes.data)
        return results

    return run


def many():
    """From subnormal to the largest numbers, of both signs, and what is special."""
    random = np.random.default_rng(3)
    sizes = 2.0 ** random.uniform(-149, 127.9, 400)
    found = [sizes, -sizes, random.normal(0, 4, 600), np.linspace(-110, 110, 221)]
    return np.concatenate([*found, [0.0, -0.0, np.inf, -np.inf, np.nan]]).astype(np.float32)


def same(a, b):
    """The same bits, but for those of NaN, which the WebAssembly specification leaves open."""
    numbers = ~np.isnan(a)
    np.testing.assert_array_equal(np.isnan(b), ~numbers)
    np.testing.assert_array_equal(a[numbers].view(np.int32), b[numbers].view(np.int32))


def test_a_module_needs_memory_and_nothing_else(bundle, browser):
    assert browser.imports == [("env", "memory")]
    assert len(gzip.compress(bundle.bytes, 9)) <= 40_000


def test_every_entry_has_its_numbers_in_the_table(bundle):
    assert list(bundle.table) == ENTRIES
    assert bundle.table["srelu"] == {
        "fd": "srelu.fd",
        "constants": list(nl.srelu.values.values()),
    }


@pytest.mark.parametrize("name", ENTRIES)
def test_the_bits_of_a_native_compile(name, bundle, browser, native):
    row = bundle.table[name]
    given = row["fd"], [many()], row["constants"], 2
    for mine, its in zip(browser.run(*given), native(*given), strict=True):
        same(mine, its)


def points(activation):
    """Tails, zeros and breakpoints with their neighbours, infinities, NaN, and between them."""
    sizes = [0.0, 1e-40, 1e-8, 1.0, 10.2, 53.5, 88.5, 103.0, 1e30, math.inf]
    known = activation.properties
    special = np.array([*known.breakpoints, *(z for span in known.zeros[:3] for z in span)])
    special = special[np.isfinite(special)].astype(np.float32)
    around = [np.nextafter(special, np.float32(side)) for side in (-np.inf, np.inf)]
    random = np.random.default_rng(5).normal(0, 3, 12)
    found = [sizes, np.negative(sizes), special, *around, random, [math.nan]]
    return np.concatenate(found).astype(np.float32)


@cache
def judge(name, order):
    graph = nl.get(name).graph
    return compile_mpmath(derivative(graph, order=order) if order else graph, "x")


def truth(name, order, at):
    """By mpmath; at infinities, where that may take seconds, by what the contract compares."""
    if at != at:
        return math.nan
    if math.isinf(at):
        root = stabilise(derivatives(nl.get(name).graph, (order,))[0])
        return float(compile_numpy(root, "x")(np.array([at]))[0])
    return judge(name, order)(at)


def error(got, true):
    """In units in the last place of the true value; 0 for the same infinity, or NaN."""
    with np.errstate(over="ignore"):
        rounded = np.float32(float(true))
    if got == rounded or (np.isnan(got) and np.isnan(rounded)):
        return 0.0
    if not (np.isfinite(got) and np.isfinite(rounded)):
        return math.inf
    return float(abs(float(got) - true)) / float(np.spacing(abs(rounded)))


def beside_a_zero(name, x):
    """Does the slope change its sign close to x?"""
    sides = [mpmath.sign(judge(name, 1)(x + NEAR * k)) for k in (-1, 0, 1)]
    return len(set(sides)) > 1


@pytest.mark.parametrize("name", ENTRIES)
def test_the_numbers_of_mpmath(name, bundle, browser):
    row, x = bundle.table[name], points(nl.get(name))
    results = browser.run(row["fd"], [x], row["constants"], 2)
    for order, found in enumerate(results):
        for at, got in zip(x.tolist(), found, strict=True):
            true = truth(name, order, at)
            off = error(got, true)
            if off > LIMIT and order and abs(float(got) - true) <= BESIDE:
                off = 0 if beside_a_zero(name, at) else off
            assert off <= LIMIT, f"{name} {order} at {at!r}: {got!r}, true {true}: {off}"


FUNCTIONS = {"exp": mpmath.exp, "log": mpmath.log, "sin": mpmath.sin, "cos": mpmath.cos}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_arrays(name, browser, native):
    x = many()
    (found,) = browser.run(name, [x])
    same(found, native(name, [x])[0])
    inside = np.isfinite(x) & ((x > 0) | (name != "log"))
    for at, got in zip(x[inside][::4].tolist(), found[inside][::4], strict=True):
        with mpmath.workprec(400):
            assert error(got, FUNCTIONS[name](mpmath.mpf(at))) <= 1.5, (at, got)
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(x[~inside])
    np.testing.assert_array_equal(found[~inside], expected)


def test_angles_have_all_the_digits_of_two_over_pi():
    with mpmath.workprec(1300):
        total = mpmath.fsum(map(mpmath.mpf, wasm_angles.two_over_pi()))
        off = total / mpmath.mpf(2) ** wasm_angles.SCALE - 2 / mpmath.pi
        assert -(mpmath.mpf(2) ** -(wasm_angles.CHUNK * wasm_angles.CHUNKS)) < off <= 0


@pytest.mark.parametrize("name", ["gelu", "morlet", "relu"])
def test_a_number_does_not_depend_on_where_it_stands(name, bundle, browser):
    """Blocks of 8, of 2 and what is left of them; and nothing beside them is touched."""
    row, x = bundle.table[name], np.linspace(-3, 3, 32, dtype=np.float32)
    whole = browser.run(row["fd"], [x], outputs=2)
    for start in range(4):
        for count in range(18):
            kept = [np.full(32, 7, np.float32) for _ in whole]
            places, (given, *found, _) = browser.put([x, *kept, np.zeros(1)])
            *arrays, parameters = places
            browser.call(row["fd"], *(at + 4 * start for at in arrays), count, parameters)
            for mine, expected, result in zip(found, kept, whole, strict=True):
                expected[start : start + count] = result[start : start + count]
                same(mine, expected)
            same(given, x)


def test_a_number_may_be_replaced_by_its_value(bundle, browser):
    x = np.linspace(-3, 3, 7, dtype=np.float32)
    (z, slope), (given, _) = browser.put([x, x])
    browser.call(bundle.table["tanh"]["fd"], z, z, slope, 7, 0)
    np.testing.assert_allclose(given, np.tanh(x), rtol=1e-6)


def test_parameters_are_arguments(bundle, browser):
    x = np.linspace(-3, 3, 9, dtype=np.float32)
    found, _ = browser.run(bundle.table["elu"]["fd"], [x], [3.0], 2)
    np.testing.assert_allclose(found, nl.elu(x, alpha=3.0), rtol=1e-6)


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 3, 16), (3, 5, 23), (32, 64, 6)])
def test_gemm(shape, browser):
    """Every cut of rows and columns sums in the same order, with two roundings."""
    rows, depth, columns = shape
    random = np.random.default_rng(2)
    a, b, bias = (
        random.normal(size=size).astype(np.float32)
        for size in ((rows, depth), (depth, columns), columns)
    )
    expected = np.tile(bias, (rows, 1))
    for k in range(depth):
        expected = expected + a[:, k : k + 1] * b[k]
    for left, steps in ((a, (depth, 1)), (np.ascontiguousarray(a.T), (1, rows))):
        places, arrays = browser.put([left, b, bias, np.zeros(rows * columns, np.float32)])
        at, right, start, to = places
        browser.call("gemm", at, *steps, right, columns, start, to, columns, *shape)
        same(arrays[-1], expected.ravel())


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (4, 2), (11, 6)])
def test_turn(shape, browser):
    a = np.arange(math.prod(shape), dtype=np.float32).reshape(shape)
    (at, to), (given, turned) = browser.put([a, np.zeros(a.size, np.float32)])
    browser.call("turn", at, to, *shape)
    same(turned, a.T.ravel())
    same(given, a.ravel())


def adamw(values, slope, first, second, keep, size, epsilon):
    """As `network.optimise` has it, in float32."""
    n = np.float32
    mean = n(0.9) * first + n(1 - 0.9) * slope
    square = n(0.999) * second + n(1 - 0.999) * (slope * slope)
    mean, square = (np.where(abs(each) < n(1e-36), n(0), each) for each in (mean, square))
    step = n(size) * (mean / (np.sqrt(square) + n(epsilon)))
    return n(keep) * values - step, mean, square


def sgd(values, slope, velocity, keep, size, momentum):
    n = np.float32
    speed = n(momentum) * velocity + slope
    speed = np.where(abs(speed) < n(1e-36), n(0), speed)
    return n(keep) * values - n(size) * speed, speed


@pytest.mark.parametrize(
    ("function", "arrays", "parameters"),
    [(adamw, 4, (0.999, 0.003, 1e-8)), (sgd, 3, (0.99, 0.1, 0.9))],
    ids=["adamw", "sgd"],
)
def test_optimizers(function, arrays, parameters, browser):
    random = np.random.default_rng(4)
    given = [random.normal(size=37).astype(np.float32) ** 2 for _ in range(arrays)]
    given[1][:3], given[2][:3], given[-1][:3] = 0, 1e-37, 1e-37
    names = function.__name__
    found = browser.run(names, given, parameters, arrays - 1)
    for mine, expected in zip(found, function(*given, *parameters), strict=True):
        np.testing.assert_allclose(mine, expected, rtol=3e-7, atol=1e-12)
    assert found[1][0] == 0


def test_a_slope_whose_square_is_subnormal_adds_nothing_to_the_mean_of_squares(browser):
    """Subnormal numbers take a hundred times as long, and late in training there are many."""
    given = np.float32([[1.0] * 3, [3e-18, -3e-18, 5e-18], [0.0] * 3, [2e-36] * 3])
    _, mean, square = browser.run("adamw", list(given), [1.0, 0.1, 1e-8], 3)
    stays = np.float32(0.999) * given[3, 0]
    assert square[:2].tolist() == [stays, stays]
    assert square[2] > stays
    np.testing.assert_allclose(mean, given[1] * np.float32(0.1), rtol=1e-6)


def test_means_are_as_long_as_those_of_networks():
    assert (wasm_helpers.BETA1, wasm_helpers.BETA2) == (optimise.BETA1, optimise.BETA2)


def test_a_product_of_arrays(browser):
    x, y = np.arange(7, dtype=np.float32), np.full(7, 0.1, np.float32)
    same(browser.run("multiply", [x, y])[0], x * y)
    small = np.array([2e-36, 9e-37, -1e-39, np.nan], np.float32)
    kept = np.array([2e-36, 0, 0, np.nan], np.float32)
    same(browser.run("multiply", [small, np.ones_like(small)])[0], kept)


def test_a_typed_formula(tmp_path, monkeypatch):
    """Compiled once, then found on disk: the same bytes without a compiler."""
    monkeypatch.setenv("NONLIN_CACHE_DIR", str(tmp_path / "one"))
    typed = nl.activation("typed", "x * sin(b * x)", b=2.0)
    made = wasm.single(typed)
    x = np.array([-0.5, 0.0, 1.0, 3e30], np.float32)
    found, _ = Browser(made.bytes).run("typed.fd", [x], made.table["typed"]["constants"], 2)
    np.testing.assert_allclose(found, x * np.sin(2 * x.astype(float)), rtol=1e-6)
    monkeypatch.setenv("NONLIN_CACHE_DIR", str(tmp_path / "other"))
    assert wasm.single(typed) == made
    monkeypatch.setattr(wasm, "_build", None)
    assert wasm.single(typed) == made


def test_what_needs_more_than_memory_is_refused():
    source = 'declare double @"outside"(double)\ndefine double @"f"(double %x) '
    code = wasm._object(source + '{\n %y = call double @"outside"(double %x)\n ret double %y\n}')
    with pytest.raises(CompileError, match="outside"):
        linked(code, {"f": "f"})


def test_data_are_refused():
    source = '@"table" = internal global double 0x3ff0000000000000\n'
    code = wasm._object(f'{source}define double* @"f"() {{\n ret double* @"table"\n}}')
    with pytest.raises(CompileError, match="12"):
        linked(code, {"f": "f"})
