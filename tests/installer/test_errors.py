"""The tree of errors: as its picture says, each with a code of its own, a sentence and a fix."""

import ast
import importlib
import json
import pickle
import pkgutil
import re
from pathlib import Path

import pytest

import installer
from installer import errors
from installer.errors import AwsError, Cancelled, HouseguestError, NotFound, UsageError

EXITS = {
    "InstallFailed": 5,
    "UsageError": 2,
    "SignInNeeded": 3,
    "PermissionMissing": 4,
    "NotFinished": 5,
    "Cancelled": 130,
}
# The sandbox is no part of the engine; the command line has no errors of its own.
OUTSIDE = ("installer.sandbox", "installer.cli")


def below(kind: type[HouseguestError]) -> list[type[HouseguestError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in below(child))]


def every_error() -> list[type[HouseguestError]]:
    for module in pkgutil.walk_packages(installer.__path__, "installer."):
        if not module.name.startswith(OUTSIDE) and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return [kind for kind in below(HouseguestError) if kind.__module__.startswith("installer.")]


HERE = [kind for kind in below(HouseguestError) if kind.__module__ == errors.__name__]


def pictured() -> dict[str, tuple[int, int]]:
    """Name -> depth and exit code, read from the picture in the module's docstring."""
    found = {}
    for line in (errors.__doc__ or "").splitlines():
        if told := re.match(r"^    ([│ ├└─]*)([A-Z]\w+)\b", line):
            exits = re.search(r"exit (\d+)$", line.rstrip())
            found[told[2]] = (len(told[1]) // 4, int(exits[1]) if exits else 1)
    return found


def test_the_picture_is_the_tree() -> None:
    tree = {kind.__name__: (len(kind.__mro__) - HouseguestError.__mro__.__len__(), kind.exit_code) for kind in HERE}
    assert pictured() == tree


@pytest.mark.parametrize("kind", HERE, ids=lambda kind: kind.__name__)
def test_exit_codes(kind: type[HouseguestError]) -> None:
    assert kind.exit_code == EXITS.get(kind.__name__, 1)


def test_codes_are_stable_words_and_each_is_used_once() -> None:
    codes = [kind.code for kind in every_error()]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


def test_what_a_program_is_told() -> None:
    error = UsageError("No.", fix="Do this.", details={"a": "b"})
    assert json.loads(json.dumps(error.to_json())) == {
        "code": "usage",
        "message": "No.",
        "fix": "Do this.",
        "details": {"a": "b"},
    }
    assert str(error) == "No."
    assert HouseguestError("x").to_json()["details"] == {}


def test_details_are_a_copy() -> None:
    given = {"a": "b"}
    error = UsageError("No.", details=given)
    given["a"] = "c"
    assert error.details == {"a": "b"}


def test_an_error_of_aws_knows_its_call() -> None:
    error = NotFound("Gone.", call="iam:GetRole", aws_code="NoSuchEntity", details={"request_id": "r-1"})
    assert (error.call, error.aws_code) == ("iam:GetRole", "NoSuchEntity")
    assert error.details == {"call": "iam:GetRole", "aws_code": "NoSuchEntity", "request_id": "r-1"}
    assert AwsError("Gone.").details == {}


def test_cancelling_says_that_nothing_is_lost() -> None:
    assert Cancelled().message == "Stopped."
    assert "Nothing is lost" in Cancelled().fix


def test_they_are_raised_as_any_exception() -> None:
    with pytest.raises(HouseguestError, match=r"No\."):
        raise UsageError("No.")
    assert str(pickle.loads(pickle.dumps(HouseguestError("No.")))) == "No."


def test_no_module_raises_a_sentence_that_is_none() -> None:
    """Literal messages begin with a capital, a quoted thing or a call, and end with a full stop."""
    names = {kind.__name__ for kind in HERE}
    wrong = []
    for path in sorted(Path(installer.__path__[0]).rglob("*.py")):
        if "sandbox" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names and node.args:
                message = node.args[0]
                last = message.values[-1] if isinstance(message, ast.JoinedStr) else message
                text = last.value if isinstance(last, ast.Constant) else "."
                if not str(text).rstrip().endswith((".", "?")):
                    wrong.append(f"{path.name}:{node.lineno}: {text}")
    assert wrong == []
