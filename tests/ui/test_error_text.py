import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import installer
from installer import errors
from installer.aws.failures import SIGN_IN_ENDED
from installer.errors import HouseguestError
from ui.error_text import COMMAND_LINE, TITLES, WINDOW_FIXES, ErrorText, Remedy, error_text

ROOT = Path(installer.__file__).parent.parent
FRONT_ENDS = {"cli", "sandbox"}
"""Their fixes are for the command line, and the window does not run them."""


def every_kind(kind: type[HouseguestError] = HouseguestError) -> Iterator[type[HouseguestError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from every_kind(below)


def engine_kinds() -> list[type[HouseguestError]]:
    for module in pkgutil.walk_packages(installer.__path__, "installer."):
        if module.name.split(".")[1] not in FRONT_ENDS:
            importlib.import_module(module.name)
    return list(dict.fromkeys(kind for kind in every_kind() if kind.__module__.startswith("installer")))


def made(kind: type[HouseguestError], *, fix: str = "", details: dict[str, str] | None = None) -> HouseguestError:
    """An error of this kind, also where the kind words its own."""
    error = kind.__new__(kind)
    HouseguestError.__init__(error, "A sentence.", fix=fix, details=details)
    return error


def test_every_error_of_the_engine_has_a_title_of_its_own() -> None:
    kinds = engine_kinds()
    assert {"sign_in_needed", "secrets", "fetch", "unknown_vendor_key", "vendor_refused"} <= {k.code for k in kinds}

    assert {kind.code for kind in kinds} - TITLES.keys() == set()
    assert len({error_text(made(kind)).title for kind in kinds}) == len({kind.code for kind in kinds})


def test_every_error_of_the_window_has_a_title() -> None:
    codes = {
        statement.value.value
        for path in (ROOT / "ui").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Error") for base in node.bases)
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and ast.unparse(statement.targets[0]) == "code"
        and isinstance(statement.value, ast.Constant)
    }

    assert codes - TITLES.keys() == set()


def test_titles_are_short_and_end_without_a_stop() -> None:
    assert [title for title in TITLES.values() if len(title) > 42 or title[-1] in ".!?" or "please" in title] == []


@pytest.mark.parametrize(
    "fix", ["Add --yes.", "Go on (--resume popsql).", "Then run `houseguest remove popsql` again."]
)
def test_no_fix_names_an_option_of_the_command_line(fix: str) -> None:
    shown = {kind.code: error_text(made(kind, fix=fix)).fix for kind in engine_kinds()}

    assert [
        code for code, text in shown.items() if "--" in text or "houseguest" in text or COMMAND_LINE.search(text)
    ] == []
    assert shown["vendor_needs_invitation"] == "Open the vendor's invitation again."


def test_what_a_fix_says_beside_an_option_stays() -> None:
    error = errors.NotFound("Gone.", fix="Connect the vendor again. Add --force. Then look at it.")

    assert error_text(error).fix == "Connect the vendor again. Then look at it."


def fixes(path: Path) -> Iterator[tuple[str, str]]:
    """The name of the error and its fix, for each that a module raises; a fix that is a constant is looked up."""
    tree = ast.parse(path.read_text("utf-8"))
    constants = {
        ast.unparse(node.targets[0]): node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == "fix":
                    value = constants.get(ast.unparse(keyword.value), keyword.value)
                    words = (part.value for part in ast.walk(value) if isinstance(part, ast.Constant))
                    yield ast.unparse(node.func), " ".join(map(str, words))


def test_each_fix_of_the_engine_that_is_for_the_command_line_is_worded_anew() -> None:
    codes = {kind.__name__: kind.code for kind in engine_kinds()}
    for_command_line = {
        (codes[name], fix)
        for path in (ROOT / "installer").rglob("*.py")
        if path.relative_to(ROOT).parts[1] not in FRONT_ENDS
        for name, fix in fixes(path)
        if COMMAND_LINE.search(fix) and name in codes
    }
    assert {"profile", "vendor_needs_invitation"} <= {code for code, _ in for_command_line}

    assert {code for code, _ in for_command_line} - WINDOW_FIXES.keys() == set()


def test_sentence_and_fix_are_the_engines() -> None:
    error = errors.NetworkError("The block overlaps.", fix="Use 10.65.0.0/16.")

    assert error_text(error) == ErrorText(
        title="This region or block cannot be used",
        sentence="The block overlaps.",
        fix="Use 10.65.0.0/16.",
        details="code: network",
        remedy=Remedy.NONE,
    )


def test_details_hold_what_support_needs() -> None:
    error = errors.PermissionMissing(
        "You may not call iam:GetRole.",
        call="iam:GetRole",
        aws_code="AccessDenied",
        details={
            "aws_message": "User is\nnot authorized",
            "request_id": "0f8b8a4e-5d0c-4a6e-9c62-0a5f5a4b3c2d",
            "x": "",
        },
    )

    assert error_text(error).details.splitlines() == [
        "code: permission_missing",
        "call: iam:GetRole",
        "aws_code: AccessDenied",
        "aws_message: User is not authorized",
        "request_id: 0f8b8a4e-5d0c-4a6e-9c62-0a5f5a4b3c2d",
    ]


@pytest.mark.parametrize(
    "secret",
    [
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJyZWxlYXNlIn0.c2lnbmF0dXJl",
    ],
)
@pytest.mark.parametrize("before", ["", "It said ", "x " * 995, " " * 3_990, "long " * 1_000])
def test_details_hold_no_secret(secret: str, before: str) -> None:
    details = error_text(errors.AwsError("No.", details={"raised": before + secret})).details

    assert secret not in details
    assert secret[:12] not in details


def test_a_name_alone_makes_a_secret() -> None:
    assert error_text(errors.VendorError("No.", details={"token": "abc"})).details.endswith("token: [redacted]")


def test_a_fingerprint_can_be_compared() -> None:
    fingerprint = "tM0mZ3kX9pQvL2sR8wYbN5cJ7hD1fG4aE6uT0iO3xKq"

    assert fingerprint in error_text(errors.InvitationError("New.", details={"fingerprint": fingerprint})).details


def test_details_are_bounded_and_plain() -> None:
    error = errors.AwsError("Bad\x1b[31m\u202ename.", details={f"n{i}": "word \x00\u2066 " * 5_000 for i in range(50)})
    text = error_text(error)

    assert len(text.details) <= 8_000
    assert max(map(len, text.details.splitlines())) <= 2_000
    assert not set(text.details + text.sentence) & set("\x00\x1b\u2066\u202e")


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (errors.AwsUnreachable("AWS did not answer."), Remedy.RETRY),
        (errors.SignInNeeded("Ended.", aws_code=min(SIGN_IN_ENDED)), Remedy.SIGN_IN),
        (errors.WrongAccount("Another."), Remedy.SIGN_IN),
        (errors.VendorNeedsInvitation("No key."), Remedy.INVITATION),
        (errors.InvitationError("Ended."), Remedy.INVITATION),
        (errors.UsageError("No block."), Remedy.NONE),
    ],
)
def test_remedies(error: HouseguestError, remedy: Remedy) -> None:
    assert error_text(error).remedy is remedy


def test_a_kind_of_invitation_error_is_remedied_like_one() -> None:
    unknown = next(kind for kind in engine_kinds() if kind.code == "unknown_vendor_key")

    assert error_text(made(unknown)).remedy is Remedy.INVITATION


def test_what_could_not_be_fetched_is_tried_again() -> None:
    from installer.web import FetchError

    error = errors.InvitationError("The vendor's template could not be fetched.")
    error.__cause__ = FetchError("No answer.")

    assert error_text(error).remedy is Remedy.RETRY
