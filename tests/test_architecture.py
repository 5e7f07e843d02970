"""Who may import whom: the dependency rule of docs/architecture.md as one table, read from the sources' syntax trees.

The table is `RULES`. Below it stand the reader of the sources and, last, the test of the test: faults planted for each
rule, which it must find.
"""

import ast
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("installer", "ui", "resources")

QT = ("PySide6", "shiboken6")
AWS_SDK = ("boto3", "botocore", "awscrt", "s3transfer")
THREADS = (
    "threading.Thread",
    "threading.Timer",
    "_thread",
    "concurrent.futures",
    "multiprocessing",
    "asyncio.to_thread",
    "anyio.to_thread",
    "*.run_in_executor",
    "PySide6.QtCore.QThread",
    "PySide6.QtCore.QThreadPool",
    "PySide6.QtCore.QRunnable",
)
NOT_LITERAL = "<a name that is not literal>"


@dataclass(frozen=True)
class Rule:
    """Modules `within` these packages, `but_not` those, do not use what it `forbids`.

    All are dotted prefixes. `lazily` lists modules that may do it inside a function. Whatever lies below a
    forbidden package may still use itself: a step its own parts, the sandbox its own modules. With `siblings`
    only the modules below the forbidden package are meant, not what its `__init__` offers to all of them.
    """

    name: str
    within: tuple[str, ...]
    forbids: tuple[str, ...]
    but_not: tuple[str, ...] = ()
    lazily: tuple[str, ...] = ()
    siblings: bool = False


RULES = (
    Rule("Qt only under ui/", within=("installer", "resources"), forbids=QT),
    Rule(
        "AWS's SDK only under installer/aws/ and installer/sandbox/",
        within=PACKAGES,
        but_not=("installer.aws", "installer.sandbox"),
        forbids=AWS_SDK,
    ),
    Rule(
        "threads only in ui/tasks.py and installer/aws/fan_out.py",
        within=PACKAGES,
        # The sandbox runs in processes of its own.
        but_not=("ui.tasks", "installer.aws.fan_out", "installer.sandbox"),
        forbids=THREADS,
    ),
    Rule("the engine does not know the window", within=("installer",), forbids=("ui",), lazily=("installer.cli",)),
    Rule("resources/ knows neither engine nor window", within=("resources",), forbids=("installer", "ui")),
    Rule("steps do not import one another", within=("installer.steps",), forbids=("installer.steps",), siblings=True),
    Rule("pages do not speak to AWS", within=("ui.pages",), forbids=("installer.aws",)),
    Rule("widgets know nothing of AWS", within=("ui.widgets",), forbids=("installer.aws", "ui.pages", "ui.manage")),
    Rule("the sandbox imports nothing of the engine", within=("installer.sandbox",), forbids=("installer",)),
    Rule(
        "the engine imports nothing of the sandbox",
        within=PACKAGES,
        but_not=("installer.sandbox",),
        forbids=("installer.sandbox",),
        lazily=("installer.cli",),
    ),
    Rule("the program does not import its tests", within=PACKAGES, forbids=("tests",)),
    Rule(
        "modules are imported by literal names", within=PACKAGES, but_not=("installer.sandbox",), forbids=(NOT_LITERAL,)
    ),
)


# Reading the sources


@dataclass(frozen=True)
class Module:
    """One source file under its dotted name."""

    name: str
    path: Path
    is_package: bool


@dataclass(frozen=True)
class Use:
    """A dotted name that a module imports or reaches through an import."""

    target: str
    line: int
    lazy: bool


def modules(root: Path) -> Iterator[Module]:
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            is_package = parts[-1] == "__init__"
            yield Module(".".join(parts[:-1] if is_package else parts), path, is_package)


def uses(module: Module) -> set[Use]:
    reader = _Reader(module)
    reader.visit(ast.parse(module.path.read_text("utf-8"), str(module.path)))
    return reader.uses


class _Reader(ast.NodeVisitor):
    """Collects imports of every spelling, and attributes followed back to the import they start from."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.uses: set[Use] = set()
        self._names: dict[str, str] = {}
        self._depth = 0

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(alias.name, node)
            top = alias.name.partition(".")[0]
            self._names[alias.asname or top] = alias.name if alias.asname else top

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        source = self._absolute(node.module or "", node.level)
        for alias in node.names:
            self._add(f"{source}.{alias.name}", node)
            self._names[alias.asname or alias.name] = f"{source}.{alias.name}"

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._add(self._dotted(node) or f"*.{node.attr}", node)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if self._dotted(node.func) in {"importlib.import_module", "importlib.__import__", "__import__"}:
            self._add(self._imported_by(node), node)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1

    visit_AsyncFunctionDef = visit_FunctionDef
    visit_Lambda = visit_FunctionDef

    def _add(self, target: str, node: ast.stmt | ast.expr) -> None:
        self.uses.add(Use(target, node.lineno, lazy=self._depth > 0))

    def _absolute(self, name: str, level: int) -> str:
        """What `from ..name import` means here."""
        if level == 0:
            return name
        package = self.module.name.split(".")
        keep = len(package) - level + self.module.is_package
        return ".".join([*package[:keep], *filter(None, [name])])

    def _dotted(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name):
            return "__import__" if node.id == "__import__" else self._names.get(node.id)
        if isinstance(node, ast.Attribute) and (owner := self._dotted(node.value)):
            return f"{owner}.{node.attr}"
        return None

    def _imported_by(self, call: ast.Call) -> str:
        arguments = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in {"name", "package"})]
        literals = [argument.value for argument in arguments if isinstance(argument, ast.Constant)]
        match literals:
            case [str(name), *_] if not name.startswith("."):
                return name
            case [str(name), str(package)]:
                level = len(name) - len(name.lstrip("."))
                return ".".join([*package.split(".")[: 1 - level or None], name.lstrip(".")])
        return NOT_LITERAL


# Applying the rules


def violations(root: Path) -> list[tuple[str, str]]:
    """Pairs of a rule's name and where it is broken: "path:line uses target"."""
    sources = {module.name: module for module in modules(root)}
    return [
        (rule.name, f"{module.path.relative_to(root)}:{use.line} uses {use.target}")
        for module in sources.values()
        for use in sorted(uses(module), key=lambda use: (use.line, use.target))
        for rule in RULES
        if breaks(rule, module.name, use, sources.keys())
    ]


def breaks(rule: Rule, module: str, use: Use, known: Collection[str]) -> bool:
    if not _any_covers(rule.within, module) or _any_covers(rule.but_not, module):
        return False
    if use.lazy and _any_covers(rule.lazily, module):
        return False
    return any(
        _covers(forbidden, use.target)
        and not _covers(_child_of(forbidden, module), use.target)
        and not (rule.siblings and _child_of(forbidden, use.target) not in known)
        for forbidden in rule.forbids
    )


def _covers(prefix: str, name: str) -> bool:
    """Whether `name` is `prefix`, lies below it, or is a star import that brings it in."""
    star = name.endswith(".*") and prefix.startswith(name[:-1])
    return bool(prefix) and (name == prefix or name.startswith(f"{prefix}.") or star)


def _any_covers(prefixes: tuple[str, ...], name: str) -> bool:
    return any(_covers(prefix, name) for prefix in prefixes)


def _child_of(package: str, module: str) -> str:
    """The direct child of `package` in which `module` lies, or nothing."""
    if not module.startswith(f"{package}."):
        return ""
    return ".".join(module.split(".")[: package.count(".") + 2])


def test_the_sources_keep_every_rule() -> None:
    assert violations(ROOT) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_the_reader_finds_the_sources(package: str) -> None:
    assert package in {module.name for module in modules(ROOT)}


# The test of the test

FAULTS = {
    "Qt only under ui/": [
        ("installer/flow.py", "import PySide6.QtCore"),
        ("installer/flow.py", "from PySide6.QtCore import QTimer"),
        ("installer/aws/roles.py", "import shiboken6 as s"),
        ("installer/cli/app.py", "def start():\n    from PySide6 import QtWidgets"),
        ("installer/flow.py", "import importlib\nimportlib.import_module('PySide6.QtCore')"),
        ("installer/flow.py", "from importlib import import_module as load\nload(name='PySide6')"),
        ("installer/flow.py", "qt = __import__('PySide6')"),
        ("resources/__init__.py", "try:\n    import PySide6\nexcept ImportError:\n    pass"),
    ],
    "AWS's SDK only under installer/aws/ and installer/sandbox/": [
        ("installer/steps/connect.py", "import boto3"),
        ("installer/steps/connect.py", "def run():\n    from botocore.exceptions import ClientError"),
        ("installer/awsome.py", "import awscrt"),
        ("ui/app.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import boto3"),
    ],
    "threads only in ui/tasks.py and installer/aws/fan_out.py": [
        ("installer/vendor.py", "import threading\nthreading.Thread(target=print).start()"),
        ("installer/vendor.py", "import threading as t\nwork = t.Timer"),
        ("installer/vendor.py", "from threading import Thread"),
        ("installer/vendor.py", "from threading import *"),
        ("installer/vendor.py", "import concurrent.futures"),
        ("installer/vendor.py", "from concurrent import futures"),
        ("installer/vendor.py", "import multiprocessing.pool"),
        ("installer/vendor.py", "import _thread"),
        ("installer/vendor.py", "import asyncio\nasyncio.to_thread(print)"),
        ("installer/vendor.py", "def run(loop):\n    loop.run_in_executor(None, print)"),
        ("ui/pages/connect.py", "from PySide6.QtCore import QThread"),
        ("ui/window.py", "from PySide6 import QtCore\nQtCore.QThreadPool.globalInstance()"),
        ("installer/aws/networks.py", "from concurrent.futures import ThreadPoolExecutor"),
    ],
    "the engine does not know the window": [
        ("installer/flow.py", "import ui.window"),
        ("installer/steps/connect.py", "def run():\n    import ui"),
        ("installer/cli/app.py", "from ui import app"),
    ],
    "resources/ knows neither engine nor window": [("resources/icons.py", "from installer import errors")],
    "steps do not import one another": [
        ("installer/steps/connect.py", "from installer.steps.network import check"),
        ("installer/steps/connect.py", "from installer.steps import network"),
        ("installer/steps/connect.py", "from . import network"),
        ("installer/steps/connect/stacks.py", "from ..network import check"),
        ("installer/steps/connect.py", "import importlib\nimportlib.import_module('.network', 'installer.steps')"),
        (
            "installer/steps/connect/stacks.py",
            "import importlib\nimportlib.import_module('..network', 'installer.steps.connect')",
        ),
    ],
    "pages do not speak to AWS": [("ui/pages/network.py", "from installer.aws.networks import scan")],
    "widgets know nothing of AWS": [
        ("ui/widgets/rows.py", "import installer.aws"),
        ("ui/widgets/rows.py", "from ..pages import connect"),
    ],
    "the sandbox imports nothing of the engine": [
        ("installer/sandbox/vendor/app.py", "from installer.policy import boundary"),
        ("installer/sandbox/aws.py", "from .. import errors"),
        ("installer/sandbox/aws.py", "def run():\n    import installer"),
    ],
    "the engine imports nothing of the sandbox": [
        ("installer/flow.py", "def run():\n    from installer import sandbox"),
        ("installer/cli/demo.py", "import installer.sandbox.aws"),
        ("ui/app.py", "import installer.sandbox"),
    ],
    "the program does not import its tests": [("installer/flow.py", "from tests.conftest import thing")],
    "modules are imported by literal names": [
        ("installer/flow.py", "import importlib\ndef load(name):\n    return importlib.import_module(name)"),
    ],
}

KEPT = [
    ("installer/journal.py", "import threading\nlock = threading.Lock()\nstop = threading.Event()"),
    ("installer/aws/clients.py", "import boto3\nfrom botocore.config import Config"),
    ("installer/aws/fan_out.py", "from concurrent.futures import ThreadPoolExecutor"),
    ("installer/cli/app.py", "def start():\n    from ui import app"),
    ("installer/cli/demo.py", "def start():\n    from installer.sandbox import aws"),
    ("installer/sandbox/vendor/app.py", "import threading, boto3\nfrom installer.sandbox import aws\nthreading.Thread"),
    ("installer/steps/network.py", "from installer.steps import Finding"),
    ("installer/steps/connect/__init__.py", "from installer.steps.connect import stacks\nfrom . import wording"),
    ("ui/tasks.py", "import threading\nthreading.Thread"),
    (
        "ui/pages/connect.py",
        "import PySide6.QtWidgets\nfrom installer.steps import connect\nfrom ui.widgets import rows",
    ),
]


def plant(root: Path, path: str, source: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, "utf-8")


def test_every_rule_has_planted_faults() -> None:
    assert list(FAULTS) == [rule.name for rule in RULES]


@pytest.mark.parametrize(
    ("rule", "path", "source"), [(rule, *fault) for rule, faults in FAULTS.items() for fault in faults]
)
def test_a_planted_fault_is_found(tmp_path: Path, rule: str, path: str, source: str) -> None:
    plant(tmp_path, "installer/steps/network.py", "")
    plant(tmp_path, path, source)

    assert {name for name, _ in violations(tmp_path)} == {rule}


@pytest.mark.parametrize(("path", "source"), KEPT)
def test_what_is_allowed_is_not_reported(tmp_path: Path, path: str, source: str) -> None:
    plant(tmp_path, path, source)

    assert violations(tmp_path) == []


def test_a_fault_is_found_among_the_real_sources(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    before = violations(tmp_path)
    for fault in ("import PySide6", "import threading\nthreading.Thread()"):
        with (tmp_path / "installer/__init__.py").open("a", encoding="utf-8") as file:
            file.write(f"\n{fault}\n")

    found = [name for name, where in violations(tmp_path) if (name, where) not in before]
    assert sorted(found) == ["Qt only under ui/", "threads only in ui/tasks.py and installer/aws/fan_out.py"]
