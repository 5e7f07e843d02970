"""Sections of the gallery: the policy editor and the comparison of two policies. The rest: `ui/gallery_sections.py`."""

import json

from PySide6.QtWidgets import QWidget

from installer.steps import Severity
from ui.widgets.card import Card
from ui.widgets.diff_view import DiffView
from ui.widgets.policy_editor import PolicyEditor, TextProblem

_ARN = "arn:aws:iam::222222222222:policy/houseguest/popsql-production-boundary"


def _statement(sid: str, effect: str, actions: list[str], **more: object) -> dict[str, object]:
    return {"Sid": sid, "Effect": effect, "Action": actions, "Resource": "*", **more}


def _policy(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)


_WORK = _statement("Work", "Allow", ["ec2:*", "eks:*", "autoscaling:*", "logs:*"])
_TRAIL = _statement("KeepTheTrail", "Deny", ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"])
_REGION = _statement("RegionLock", "Deny", ["*"], Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}})
_SELF = _statement("KeepThisLimit", "Deny", ["iam:DeleteRolePermissionsBoundary", "iam:CreatePolicyVersion"])
_USERS = _statement("NoUsers", "Deny", ["iam:CreateUser", "iam:CreateAccessKey"])
_PRESET = _policy(_WORK, _TRAIL, _REGION, _SELF)
_OWN = _policy(
    _WORK | {"Action": ["ec2:*", "eks:*", "autoscaling:*", "logs:CreateLogGroup", "logs:PutLogEvents"]},
    _TRAIL,
    _REGION,
    _SELF | {"Resource": _ARN},
    _USERS,
)


def _formatted(text: str) -> str | None:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return None


def _problem(text: str, words: str, severity: Severity, sentence: str, fix: str = "") -> TextProblem:
    start = text.index(words)
    return TextProblem(start, start + len(words), severity, sentence, fix)


def _editor(text: str, problems: list[TextProblem] | None, used: int, name: str) -> PolicyEditor:
    editor = PolicyEditor(text, name=name, format_text=_formatted, visible_lines=14)
    if problems is not None:
        editor.set_problems(problems)
    editor.set_budget(used, 5_144)
    return editor


def editors() -> list[QWidget]:
    wrong = _OWN.replace('"eks:*",', '"eks:\u202e*"')
    broken = _editor(wrong, None, 1_204, "Policy with an error")
    broken.set_problems([_comma(broken.text())])
    locked = _editor(_PRESET, [], 1_031, "Policy that is read-only")
    locked.set_read_only(True, "This is the preset as it is shipped. Choose “Ours” to write your own.")
    return [
        _card("Empty", PolicyEditor(name="Empty policy", format_text=_formatted)),
        _card("Valid", _editor(_PRESET, [], 1_031, "Valid policy")),
        _card("With an error", broken),
        _card("Many problems, over budget", _many()),
        _card("Read-only", locked),
    ]


def _comma(text: str) -> TextProblem:
    at = text.index('"autoscaling:*"')
    return TextProblem(
        at, at + 1, Severity.BLOCKER, "A comma is missing before this text.", "Put it at the end of the line above."
    )


def _many() -> PolicyEditor:
    text = _policy(*(_statement(f"Step{number}", "Allow", [f"iam:Pass{number}"]) for number in range(40)))
    severities = (Severity.BLOCKER, Severity.CAUTION, Severity.INFO)
    sentences = (
        ("AWS has no action of this name.", "Choose one that the service authorization reference lists."),
        ("This is allowed on every resource, so it also reaches roles that the product did not make.", ""),
        ("Another statement allows this, too.", "One of the two can go."),
    )
    problems = [
        _problem(text, f'"iam:Pass{number}"', severities[number % 3], *sentences[number % 3]) for number in range(40)
    ]
    return _editor(text, problems, 6_020, "Policy with many problems")


def comparisons() -> list[QWidget]:
    many = (_statement(f"Step{number}", "Allow", [f"ec2:Action{number}", "ec2:Describe*"]) for number in range(60))
    old = list(many)
    new = [
        one | {"Resource": f"{_ARN}/{one['Sid']}"} if number % 9 == 4 else one
        for number, one in enumerate(old)
        if number % 13
    ]
    return [
        _card("Small", _compared(_PRESET, _OWN)),
        _card("Large", _compared(_policy(*old), _policy(*new))),
        _card("No differences", _compared(_PRESET, _PRESET)),
    ]


def _compared(before: str, after: str) -> DiffView:
    return DiffView(before, after, before_name="Guarded, as shipped", after_name="Yours")


def _card(title: str, part: QWidget) -> Card:
    card = Card(title)
    card.body.addWidget(part)
    return card
