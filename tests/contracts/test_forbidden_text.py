"""What must stand in no file: one computer's paths, a registry's address, unfinished work, data run as code."""

import ast
import re

import pytest
from repository import ROOT, files, python_files, source

# In pieces, so that this file does not accuse itself.
_PLACES = "|".join(["home", "work", "root", "Users", "opt", "farm"])
MACHINE_PATH = re.compile(rf"""(?:^|[\s"'`(=:]|file://|[A-Za-z]:)[/\\]+(?:{_PLACES})[/\\]+[\w.]""")
IP_HOST = re.compile(r"(?<![\w.])(?!127\.|0\.0\.0\.0)(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?![\w.])")
PRIVATE_INDEX = re.compile(
    "|".join(["extra-" + "index-url", "find-" + "links", "trusted-" + "host", "--index" + "-url"])
)
UNFINISHED = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME"]) + r")\b")

TEXT = {
    "a path of one computer": MACHINE_PATH,
    "a host by its number": IP_HOST,
    "a private package index": PRIVATE_INDEX,
    "unfinished work": UNFINISHED,
}

CODE_LOADERS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}


def text_offences(text: str) -> list[tuple[int, str]]:
    """Line number and kind of everything in a text that must not be there."""
    return [
        (number, kind)
        for number, line in enumerate(text.splitlines(), 1)
        for kind, pattern in TEXT.items()
        if pattern.search(line)
    ]


def code_offences(text: str) -> list[tuple[int, str]]:
    """Line number and kind of everything in Python code that could run data as code."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = {alias.name.partition(".")[0] for alias in node.names}
            found += [(node.lineno, f"import {name}") for name in names & CODE_LOADERS]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in CODE_LOADERS:
            found.append((node.lineno, f"import {node.module}"))
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
                found.append((node.lineno, f"{node.func.id}()"))
            for keyword in node.keywords:
                if keyword.arg in ("allow_pickle", "shell") and ast.unparse(keyword.value) != "False":
                    found.append((node.lineno, f"{keyword.arg}={ast.unparse(keyword.value)}"))
    return found


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('open("/ho' + 'me/anna/x")', "a path of one computer"),
        ("see `/wo" + "rk/main`", "a path of one computer"),
        ("cd C:\\Us" + "ers\\anna", "a path of one computer"),
        ("http://10." + "1.2.3:3141/simple", "a host by its number"),
        ("pip --extra-" + "index-url x", "a private package index"),
        ("# TO" + "DO later", "unfinished work"),
    ],
)
def test_the_patterns_find_what_they_are_for(line, kind):
    assert text_offences(line) == [(1, kind)]


@pytest.mark.parametrize(
    "line",
    ["https://example.org/home/page", "0.0.236 and 1.2.3", "127.0.0.1:80", "run at home/work", "/dev/null", "Stodo"],
)
def test_the_patterns_leave_ordinary_lines_alone(line):
    assert text_offences(line) == []


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("import pick" + "le", ["import pickle"]),
        ("from jobl" + "ib import load", ["import joblib"]),
        ("eval('1')", ["eval()"]),
        ("app.exec()", []),
        ("np.load(f, allow_pickle=True)", ["allow_pickle=True"]),
        ("np.load(f, allow_pickle=False)", []),
        ("run(x, shell=True)", ["shell=True"]),
    ],
)
def test_code_that_runs_data_is_found(line, kinds):
    assert [kind for _, kind in code_offences(line)] == kinds


def test_no_file_holds_forbidden_text():
    found = []
    for path in files():
        data = (ROOT / path).read_bytes()
        if b"\0" not in data[:8000]:
            found += [f"{path}:{line}: {kind}" for line, kind in text_offences(data.decode("utf-8", "replace"))]
    assert not found, "\n".join(["", *found])


def test_no_code_runs_data():
    found = [f"{path}:{line}: {kind}" for path in python_files() for line, kind in code_offences(source(path))]
    assert not found, "\n".join(["", *found])
