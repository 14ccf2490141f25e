"""The pure rooms are documented: every public name has a docstring, every array parameter a shape."""

import ast
import re
from collections.abc import Iterator

import pytest
from repository import PURE, is_in, modules, source

_LENGTH = r"\s*(?:\d*[A-Za-z]\w?|\d+)(?:\s*[-+*]\s*\w+)?\s*"
SHAPE = re.compile(rf"\((?:{_LENGTH}(?:,{_LENGTH})+|\s*[\w+*-]+\s*,\s*)\)")
"""(n,) (n,3) (n, 3) (3,) (n-1,) (k, n, 3) (slots,), but not (acc, gyr)"""
ARRAY = re.compile(r"\b(?:\w*Array|NDArray|ndarray)\b")


def undocumented(texts: dict[str, str]) -> list[str]:
    """What lacks a docstring or a shape in the modules of one room, as 'path: name: what'."""
    trees = {path: ast.parse(text) for path, text in texts.items()}
    promised = {name: doc for tree in trees.values() for name, doc in _protocol_methods(tree)}
    found = []
    for path, tree in trees.items():
        found += [] if ast.get_docstring(tree) else [f"{path}: module: no docstring"]
        found += [f"{path}: {line}" for line in _in_body(tree.body, "", promised)]
    return found


def _is_protocol(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(ast.unparse(base).startswith("Protocol") for base in node.bases)


def _protocol_methods(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Methods that a protocol documents, in their own docstring or by name in the protocol's: implementations
    need not say it again."""
    for node in filter(_is_protocol, ast.walk(tree)):
        for method in node.body:
            if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
                whole = ast.get_docstring(node) or ""
                doc = ast.get_docstring(method) or (whole if f"`{method.name}`" in whole else "")
                if doc:
                    yield method.name, doc


def _in_body(body: list[ast.stmt], prefix: str, promised: dict[str, str]) -> Iterator[str]:
    for node in body:
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) or node.name.startswith("_"):
            continue
        name = prefix + node.name
        doc = ast.get_docstring(node) or (promised.get(node.name, "") if prefix else "")
        if not doc:
            yield f"{name}: no docstring"
        if isinstance(node, ast.ClassDef):
            yield from _in_body(node.body, f"{name}.", promised)
        elif doc and _takes_array(node) and not SHAPE.search(doc):
            yield f"{name}: takes an array, and its docstring names no shape such as (n,) or (n,3)"


def _takes_array(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return any(a.annotation is not None and ARRAY.search(ast.unparse(a.annotation)) for a in arguments)


PROTOCOL = '"""M."""\nclass A(Protocol):\n    """`b` works."""\n    def b(self): ...\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"""M."""\ndef f(x: FloatArray) -> None:\n    """Turn x (n,3), rad/s."""', []),
        ('"""M."""\ndef f(x: FloatArray | None) -> None:\n    """Turn x (of n)."""', ["f"]),
        ('"""M."""\ndef f(x: FloatArray) -> None:\n    """Turn (acc, gyr)."""', ["f"]),
        ('"""M."""\ndef f(x: int) -> None:\n    """Turn (x, or not)."""', []),
        ('"""M."""\nclass A:\n    """A."""\n    def b(self): ...\n    def _c(self): ...', ["A.b"]),
        ('"""M."""\nclass A(Protocol):\n    """`b` (n,) works."""\n    def b(self, x: FloatArray): ...', []),
        ('"""M."""\nclass A(Protocol):\n    """Works."""\n    def b(self): ...', ["A.b"]),
        (PROTOCOL + 'class B:\n    """B."""\n    def b(self): ...', []),
        ("async def f(): ...", ["module", "f"]),
    ],
)
def test_the_reader_itself(text, expected):
    assert [line.split(": ")[1] for line in undocumented({"m.py": text})] == expected


@pytest.mark.parametrize("room", PURE)
def test_public_names_are_documented(room):
    texts = {str(path): source(path) for name, path in modules().items() if is_in(name, (room,))}
    missing = undocumented(texts)
    assert not missing, "\n".join(["", *missing])
