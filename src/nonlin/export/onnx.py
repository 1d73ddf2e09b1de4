"""ONNX: a model of standard operators, single precision, with the derivative beside the value."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from nonlin._errors import InputError
from nonlin._text import say
from nonlin.emit.basic import basic
from nonlin.export.exported import Exported
from nonlin.export.header import Error, header
from nonlin.expr.nodes import Call, Constant, Expr, Symbol, as_float
from nonlin.expr.walk import postorder

OPSET = 18
IR_VERSION = 8  # the oldest that may carry this opset
ERRORS: tuple[Error, ...] = (Error("float32", 8, 2000, 1e-30),)
OPERATORS: Mapping[str, str] = {
    "add": "Add",
    "subtract": "Sub",
    "multiply": "Mul",
    "divide": "Div",
    "negate": "Neg",
    "power": "Pow",
    "absolute": "Abs",
    "sign": "Sign",
    "maximum": "Max",
    "minimum": "Min",
    "greater": "Greater",
    "less": "Less",
    "greater_equal": "GreaterOrEqual",
    "less_equal": "LessOrEqual",
    "where": "Where",
    "sqrt": "Sqrt",
    "exp": "Exp",
    "log": "Log",
    "sin": "Sin",
    "cos": "Cos",
    "arctan": "Atan",
    "tanh": "Tanh",
    "row_max": "ReduceMax",
    "row_sum": "ReduceSum",
    "row_first": "Hardmax",
    "guard": "guard",  # two operators: see _Body._name
}


DOMAIN = "nonlin"


def write(exported: Exported) -> bytes:
    """A model around a function of the domain "nonlin": x in, f(x) and f'(x) out.

    The function takes arrays of any shape; the graph that calls it, those of one axis. Of a
    function of rows (the last axis): x and grad in, f(x) and the gradient out, two axes.
    """
    try:
        import onnx
    except ImportError:
        raise InputError("missing_package", package="onnx", extra="onnx") from None
    rows = exported.activation.rowwise
    inputs = ["x", "grad"] if rows else [*exported.inputs]
    body = _Body()
    roots = _roots(exported)
    outputs = [*roots]
    for name, root in roots.items():
        body.output(name, basic(root, OPERATORS, "single"))
    helper: Any = onnx.helper
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(DOMAIN, 1)]
    function = helper.make_function(DOMAIN, exported.name, inputs, outputs, body.nodes, opsets[:1])
    axes = ["rows", "columns"] if rows else ["n"]
    call = helper.make_node(exported.name, inputs, outputs, domain=DOMAIN)
    single = onnx.TensorProto.FLOAT
    ends = [
        [helper.make_tensor_value_info(name, single, axes) for name in names]
        for names in (inputs, outputs)
    ]
    graph = helper.make_graph([call], exported.name, *ends)
    return _model(exported, graph, function, opsets)


def value_function(exported: Exported, name: str) -> Any:
    """f alone as a function `name` of the domain "nonlin", for models of ours: x in, y out."""
    from onnx import helper

    body = _Body()
    root = exported.rows()[0] if exported.activation.rowwise else exported.graphs((0,))[0]
    body.output("y", basic(root, OPERATORS, "single"))
    opsets = [helper.make_opsetid("", OPSET)]
    return helper.make_function(DOMAIN, name, ["x"], ["y"], body.nodes, opsets)


def _roots(exported: Exported) -> dict[str, Expr]:
    """What the function computes, by the names of its outputs."""
    if exported.activation.rowwise:
        return dict(zip(("y", "gradient"), exported.rows(), strict=True))
    names = ("y", "derivative", "by_value")  # the last for a gated activation
    return dict(zip(names, exported.functions(()).values(), strict=False))


def _model(exported: Exported, graph: Any, function: Any, opsets: list[Any]) -> bytes:
    import onnx

    from nonlin import __version__

    model = onnx.helper.make_model(
        graph,
        functions=[function],
        opset_imports=opsets,
        ir_version=IR_VERSION,
        producer_name="nonlin",
        producer_version=__version__,
        doc_string="\n".join(
            [
                *header(exported, f"ONNX, opset {OPSET}", ERRORS),
                say("export.onnx", domain=DOMAIN, name=exported.name),
            ]
        ),
    )
    onnx.checker.check_model(model)
    written: bytes = model.SerializeToString()
    return written


class _Body:
    """Nodes of the function under construction."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.names: dict[Expr, str] = {}
        self.fresh = (f"t{i}" for i in count(1))

    def output(self, name: str, root: Expr) -> None:
        """Compute the expression into the output of that name, in the shape of x."""
        for node in postorder(root):
            if node not in self.names:
                self.names[node] = self._name(node)
        found = self.names[root]
        if any(isinstance(node, Symbol) for node in postorder(root)):
            self._add("Identity", [found], name)
        else:  # a number takes the shape of x from a condition on x that chooses nothing
            self._add("Where", [self._add("IsNaN", ["x"]), found, found], name)

    def _name(self, node: Expr) -> str:
        if isinstance(node, Symbol):
            return node.name
        if isinstance(node, Constant):
            return self._add("Constant", [], value_float=as_float(node.value))
        assert isinstance(node, Call)  # noqa: S101 - for the type checker
        arguments = [self.names[argument] for argument in node.arguments]
        if node.primitive == "guard":
            found, x = arguments
            return self._add("Where", [self._add("IsNaN", [x]), x, found])
        if node.primitive in ("row_max", "row_sum"):
            arguments.append(self._add("Constant", [], value_ints=[-1]))
        if node.primitive not in OPERATORS:
            raise InputError("export_primitive", name=node.primitive)
        return self._add(OPERATORS[node.primitive], arguments)

    def _add(
        self, operator: str, arguments: list[str], name: str | None = None, **attributes: Any
    ) -> str:
        from onnx import helper

        name = name or next(self.fresh)
        self.nodes.append(helper.make_node(operator, arguments, [name], **attributes))
        return name
