"""Writes `monitor/texts/en.json`: every text of the program that a person may meet, and where it stands.

`python tools/texts.py` writes it; `--check` only says whether it is up to date (exit code 1 where not); `--missing
FILE` prints the texts that a language's file does not translate yet, as lines to fill in, those of the window first.

Read from the source, by rule: in the rooms that speak to people every string is a text unless it plainly is not: a
docstring, a key, a name of Qt's, a comparison, a style sheet. In all other rooms only what an error is raised with. An
f-string is a template: '{}' for each value, in order; a choice between two texts in it makes two templates.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "monitor" / "texts" / "en.json"
PACKAGES = ("monitor", "calibration")

SPEAKING = (
    "calibration/",
    "monitor/alerts/wording.py",
    "monitor/coaching/words.py",
    "monitor/commands/",
    "monitor/dashboard/",
    "monitor/doctor/",
    "monitor/drills/",
    "monitor/errors.py",
    "monitor/outputs/",
    "monitor/posture/gaze.py",
    "monitor/review/ground_words.py",
    "monitor/review/report_words.py",
    "monitor/session.py",
    "monitor/settings.py",
    "monitor/settings_file.py",
    "monitor/settings_keys.py",
    "monitor/sources/",
)
"""Rooms and files whose strings are for people."""
SILENT = (
    "calibration/model.py",
    "calibration/store.py",
    *(f"monitor/commands/{name}.py" for name in ("analyze", "batch", "batch_progress", "compare", "export", "library")),
    *(f"monitor/commands/{name}.py" for name in ("import_table", "repair", "review", "review_opening", "spans")),
    "monitor/dashboard/review/",
    "monitor/dashboard/library/",
    "monitor/dashboard/settings_style.py",
    "monitor/dashboard/theme.py",
    "monitor/dashboard/report_png.py",
    *(f"monitor/doctor/{name}.py" for name in ("child", "disk_kind", "requirements")),
    "monitor/outputs/pieces.py",
    "monitor/sources/imu_",
)
"""... but for these: keys of files, what comes after a run (in English), styles, and what only the clips speak."""
ELSEWHERE = (
    "monitor/batch/",
    "monitor/commands/",
    "monitor/dashboard/",
    "monitor/interop/",
    "monitor/library/",
    "monitor/review/",
    "monitor/simulator/",
    "monitor/sources/imu_",
)
"""Rooms that are silent or away from a live run: not even their errors are taken."""
TITLED = "monitor/drills/catalogue.py"
"""Its texts begin with a title that the window shows by itself: 'Head hang. Let the chin sink'."""
ASSEMBLED = {"monitor/drills/result.py": ("{} of {} s at {} degrees", "{} to the right, {} to the left at {} degrees")}
"""Texts that are put together step by step, where no rule sees them."""
SHOWN_ENUMS = ("Mode", "Site", "LinkState", "Activity", "Reason", "PoseKind", "Side", "Silence")
"""Enumerations whose values are read by people, in whatever room they are."""

NOT_SAID = {
    "add_argument", "add_parser", "astype", "cast", "CDLL", "compile", "count", "cursor", "decode", "dtype",
    "emit", "encode", "endswith", "execute", "field", "find", "findall", "findChildren", "float", "font", "frombuffer",
    "fullmatch", "get", "getattr", "getenv", "getsignal", "glob", "hasattr", "import_module", "index",
    "isinstance", "joinpath", "lstrip", "match", "NamedTemporaryFile", "NewType", "open", "pack", "partition",
    "Path", "pop", "PurePosixPath", "QColor", "removeprefix", "removesuffix", "replace", "rfind", "rglob",
    "rpartition", "rstrip", "search", "setattr", "setdefault", "setObjectName", "setProperty", "setStyle",
    "setStyleSheet", "split", "startswith", "strftime", "strip", "sub", "TypeVar", "unpack", "with_name",
    "with_suffix",
}  # fmt: skip
"""Calls whose strings are names, keys or patterns."""
NOT_SAID_KEYWORDS = {
    "action", "choices", "code", "dest", "dir", "encoding", "errors", "format", "key", "kind", "metavar",
    "mode", "newline", "object_name", "prefix", "prog", "style", "suffix", "thread_name_prefix",
    "type", "usage",
}  # fmt: skip
THREADS = ("Thread", "Process", "Timer")
STYLE = re.compile(r"Q[A-Z]\w+|\{\{|\bpx\b|#[0-9a-fA-F]{6}\b|border:|background:|^\w+://|^--")
NAME = re.compile(r"[a-z0-9]*[_.\\:=%#@|$^*+?<>\[\]][\w./\\:=%#@|$^*+?<>\[\]-]*|[a-z]\w*\(|-+\w+")
LONGEST_CHOICE = 12
"""Templates of one expression at most."""

Found = dict[str, set[str]]


def main() -> int:
    """Write the catalogue, or check it."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--check", action="store_true", help="only say whether the catalogue is up to date")
    asked.add_argument("--missing", type=Path, metavar="FILE", help="print what this language's file lacks")
    args = asked.parse_args()
    texts = catalogue()
    if args.missing is not None:
        print("\n".join(missing(texts, json.loads(args.missing.read_text("utf-8")))))
        return 0
    wanted = as_json(texts)
    if args.check:
        if CATALOGUE.read_text("utf-8") == wanted:
            return 0
        before, after = json.loads(CATALOGUE.read_text("utf-8")), json.loads(wanted)
        for sign, texts in (("-", before.keys() - after.keys()), ("+", after.keys() - before.keys())):
            for text in sorted(texts):
                print(sign, text, file=sys.stderr)
        print("monitor/texts/en.json is not up to date: python tools/texts.py", file=sys.stderr)
        return 1
    CATALOGUE.write_text(wanted, "utf-8")
    return 0


def as_json(texts: Found) -> str:
    """The catalogue's file: one text a line, sorted."""
    rows = (f"{json.dumps(text, ensure_ascii=False)}: {json.dumps(sorted(texts[text]))}" for text in sorted(texts))
    return "{\n" + ",\n".join(rows) + "\n}\n"


def missing(texts: Found, translations: dict[str, str]) -> list[str]:
    """Lines of JSON to fill in, for what is not translated: the window's first, then by place."""
    left = [text for text in texts if not translations.get(text)]
    left.sort(key=lambda text: (not any("/dashboard/" in place for place in texts[text]), sorted(texts[text]), text))
    return [f'{json.dumps(text, ensure_ascii=False)}: "",' for text in left]


def catalogue(root: Path = ROOT) -> Found:
    """Every text and the files it stands in."""
    found: Found = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            speaks = _speaks(name)
            titled = name == TITLED
            if not speaks and name.startswith(ELSEWHERE):
                continue
            for text in texts_of(path.read_text("utf-8"), speaks=speaks, titled=titled):
                found.setdefault(text, set()).add(name)
    for name, texts in ASSEMBLED.items():
        for text in texts:
            found.setdefault(text, set()).add(name)
    return found


def _speaks(name: str) -> bool:
    return name.startswith(SPEAKING) and not name.startswith(SILENT)


def texts_of(source: str, *, speaks: bool, titled: bool = False) -> list[str]:
    """The texts of a module; with `speaks` False only those of its errors and of the enumerations that are shown.

    titled : of each text also what follows its first sentence
    """
    reader = _Reader(speaks)
    reader.visit(ast.parse(source))
    if titled:
        reader.found += [rest for text in reader.found if (rest := text.partition(". ")[2])]
    return list(dict.fromkeys(reader.found))


class _Reader(ast.NodeVisitor):
    """Walks a module and keeps what is said."""

    def __init__(self, speaks: bool) -> None:
        self.found: list[str] = []
        self._speaks = speaks
        self._in_enum = False

    # ---------------------------------------------------------------- what is no text

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, (ast.Constant, ast.JoinedStr)):  # docstrings
            self.visit(node.value)

    def visit_Compare(self, node: ast.Compare) -> None:
        for part in (node.left, *node.comparators):
            if not _only_strings(part):
                self.visit(part)

    def visit_match_case(self, node: ast.match_case) -> None:
        for statement in node.body:
            self.visit(statement)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        if not isinstance(node.slice, ast.Constant):
            self.visit(node.slice)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        pass

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in (*node.args.defaults, *node.args.kw_defaults, *node.decorator_list, *node.body):
            if part is not None:
                self.visit(part)

    def visit_Assign(self, node: ast.Assign) -> None:
        names = {t.id for t in node.targets if isinstance(t, ast.Name)}
        if not names & {"__all__", "__slots__"}:
            self.visit(node.value)

    def visit_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None and not isinstance(key, ast.Constant):
                self.visit(key)
            self.visit(value)

    def visit_Call(self, node: ast.Call) -> None:
        name = _called(node)
        self.visit(node.func)
        for part in node.args:
            if not (name in NOT_SAID and isinstance(part, (ast.Constant, ast.JoinedStr, ast.Tuple))):
                self.visit(part)
        for keyword in node.keywords:
            key = keyword.arg in NOT_SAID_KEYWORDS or (keyword.arg == "name" and name in THREADS)
            said = not key or not isinstance(keyword.value, (ast.Constant, ast.JoinedStr))
            if said or keyword.arg == "help":
                self.visit(keyword.value)

    # ---------------------------------------------------------------- what is one

    def visit_Raise(self, node: ast.Raise) -> None:
        before, self._speaks = self._speaks, True
        if node.exc is not None:
            self.visit(node.exc)
        self._speaks = before

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if node.name in SHOWN_ENUMS:
            for statement in node.body:
                if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
                    value = statement.value.value
                    if isinstance(value, str):
                        self._keep(value.replace("_", " "))
            return
        for statement in node.body:
            self.visit(statement)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._take(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._take(node)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Add) and (_is_text(node.left) or _is_text(node.right)):
            self._take(node)
        self.generic_visit(node)

    def _take(self, node: ast.expr) -> None:
        if self._speaks:
            for text in _variants(node):
                self._keep(text)

    def _keep(self, text: str) -> None:
        text = cleaned(text)
        if is_prose(text):
            self.found.append(text)


def cleaned(text: str) -> str:
    """A text without what joins it to others, and with '{}' for every hole."""
    text = re.sub(r"\{[^{} ]*\}", "{}", text).strip()
    return text.lstrip(",;:·—–()").rstrip(",;: ").strip()


def is_prose(text: str) -> bool:
    """Whether this can be a text for people: letters, and neither a name nor a style nor code."""
    fixed = text.replace("{}", " ")
    words = re.findall(r"[^\W\d_]+", fixed)
    if len("".join(words)) < 2 or STYLE.search(text) or re.search(r"[{}]|^import \w+", fixed):
        return False
    return " " in text or not NAME.fullmatch(text)


def _variants(node: ast.expr) -> list[str]:
    """The templates that an expression may give; a value that is no text is '{}'."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return _products([_variants(part) for part in node.values])
    if isinstance(node, ast.FormattedValue):
        return _variants(node.value)
    if isinstance(node, ast.IfExp) and (_is_text(node.body) or _is_text(node.orelse)):
        return [*_variants(node.body), *_variants(node.orelse)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _products([_variants(node.left), _variants(node.right)])
    return ["{}"]


def _products(parts: list[list[str]]) -> list[str]:
    made = [""]
    for part in parts:
        if len(made) * len(part) > LONGEST_CHOICE:
            part = ["{}"]
        made = [before + after for before in made for after in part]
    return made


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    if isinstance(node, ast.IfExp):
        return _is_text(node.body) or _is_text(node.orelse)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _only_strings(node: ast.expr) -> bool:
    parts: Iterator[ast.expr] = iter(node.elts) if isinstance(node, (ast.Tuple, ast.List, ast.Set)) else iter([node])
    return all(isinstance(part, (ast.Constant, ast.JoinedStr)) for part in parts)


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


if __name__ == "__main__":
    sys.exit(main())
