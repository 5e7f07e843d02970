"""Every escape as soon as the statement that holds it is gone, and the fix that puts that back.

The escapes are those of tests/sandbox/support/escapes.py, made with a client that only writes down what it was asked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import MagicMock

import pytest

from installer.policy.document import Document
from installer.policy.lint_fixes import Subject
from installer.policy.lint_questions import asked_in
from installer.policy.presets import Preset, workloads
from tests.installer.policy.test_escapes import SERVICES, TRIES
from tests.sandbox.support.escapes import ESCAPES, Escape
from tests.support.linted import NAMES, assert_fixed, composed, found, wide_open, without


@dataclass
class Recorder:
    """An actor whose calls are written down as IAM names them, and not made."""

    made: list[str] = field(default_factory=list)

    def __call__(self, service: str, _region: str = "", **_config: Any) -> Any:
        recorder, prefix = self, {"stepfunctions": "states", "elbv2": "elasticloadbalancing"}.get(service, service)

        class Client:
            def __getattr__(self, method: str) -> Any:
                def call(**arguments: Any) -> MagicMock:
                    recorder.made.append(_judged_as(f"{prefix}:{method.replace('_', '')}", arguments))
                    return MagicMock()

                return call

        return Client()

    def assume(self, _role_arn: str, **_more: Any) -> "Recorder":
        self.made.append("sts:assumerole")
        return self


def _judged_as(action: str, arguments: Mapping[str, Any]) -> str:
    """What AWS asks IAM for, where that is not the call's own name."""
    passes = {"roleArn", "Role", "RoleARN", "serviceRole", "IamInstanceProfile"} & set(arguments)
    if passes and action != "eks:createpodidentityassociation":
        return "iam:passrole"
    return action


def made_by(escape: Escape) -> str:
    recorder, scene = Recorder(), MagicMock()
    scene.house.role, scene.house.path = NAMES.operator_role, NAMES.workload_path
    escape.call(recorder, scene)  # type: ignore[arg-type]
    (action,) = recorder.made
    return action


EVERY_ESCAPE = [
    pytest.param(escape, id=f"{sentence}: {escape.way}") for sentence, escapes in ESCAPES.items() for escape in escapes
]


WIDE_OPEN = wide_open()
STANDING = found(WIDE_OPEN)


@pytest.mark.parametrize("escape", EVERY_ESCAPE)
def test_an_escape_is_found_without_its_statement_and_closed_by_putting_that_back(escape: Escape) -> None:
    action = made_by(escape)
    opened = without(WIDE_OPEN, *escape.held_by)
    new = {code: finding for code, finding in found(opened).items() if code not in STANDING}
    assert any(action in {call.action.lower() for call in finding.calls} for finding in new.values()), (action, new)
    for code, finding in new.items():
        assert finding.fix is not None, code
        assert {str(statement["Sid"]) for statement in finding.fix.add} <= set(escape.held_by), code
        assert code not in found(Document.from_object(finding.fix.applied(opened.to_object())))


def test_all_that_the_sandbox_cannot_try_is_asked_too() -> None:
    tried = {one.action.lower() for one in (*(one for tries in TRIES.values() for one in tries), *SERVICES)}
    ways = asked_in(Subject.OPERATOR, NAMES, "us-east-1", ())
    assert tried <= {request.operation for asked in ways for requests in asked.places for request in requests}


# Every statement of every preset


def denials(preset: Preset) -> Iterator[str]:
    for statement in composed(preset).statements:
        if statement["Effect"] == "Deny":
            yield str(statement["Sid"])


OPENED = {
    "ProtectIdentity": {
        *("operator-boundary-editable", "workload-boundary-editable", "own-trust-editable", "own-session-length"),
        *("own-grants-editable", "role-outside-path", "your-roles-passable", "your-roles-editable"),
        *("users-changeable", "sign-in-providers-changeable"),
    },
    "ProtectNewRoles": {"role-without-limit"},
    "ProtectPassRole": {"roles-passable-anywhere"},
    "ProtectStacks": {"own-stacks-editable", "your-stacks-editable", "stack-sets"},
    "ProtectCode": {"your-code-changeable"},
    "ProtectInstances": {"your-machines-commands", "your-machines-start", "your-machines-taggable"},
    "ProtectTags": {"your-machines-taggable"},
    "ProtectClusters": {"your-clusters-access", "your-clusters-nodes"},
    "ProtectGrants": {"keys-grantable"},
    "ProtectAlways": {
        *("made-roles-limit-removable", "other-roles-assumable", "sign-in-services-changeable", "scheduled-commands"),
        *("trail-changeable", "organization-changeable"),
    },
    "TightenServices": {"your-services-usable"},
    "TightenData": {
        *("your-files-readable", "your-buckets-openable", "your-secrets-readable", "your-databases-changeable"),
        "your-logs-readable",
    },
    "TightenMachines": {"your-machines-stoppable"},
    "TightenDisks": {"your-snapshots-usable"},
    "Region0": {"any-region"},
}
# What the vendor's minimal list allows of it. The rest is closed without the statement: nothing allows it.
OF_MINIMAL = {
    **OPENED,
    # It does not name UpdateAssumeRolePolicy, users or providers.
    "ProtectIdentity": {
        *("own-session-length", "own-grants-editable", "role-outside-path", "your-roles-passable"),
        "your-roles-editable",
    },
    "ProtectStacks": set(),
    "ProtectCode": set(),
    "ProtectInstances": {"your-machines-start"},
    "ProtectAlways": set(),
}


@pytest.mark.parametrize(
    ("preset", "sid"), [(preset, sid) for preset in Preset for sid in denials(preset)], ids=lambda value: str(value)
)
def test_a_statement_that_is_taken_out_is_missed(preset: Preset, sid: str) -> None:
    wide = preset in (Preset.NONE, Preset.OWN)
    opened = set(found(without(composed(preset), sid))) - set(found(composed(preset)))
    assert opened == (OPENED if wide else OF_MINIMAL)[sid]


WORKLOAD = workloads(Preset.GUARDED, NAMES)


@pytest.mark.parametrize("sid", [str(one["Sid"]) for one in WORKLOAD.statements if one["Effect"] == "Deny"])
def test_a_statement_of_the_workload_boundary_that_is_taken_out_is_missed(sid: str) -> None:
    opened = without(WORKLOAD, sid)
    missed = set(found(composed(Preset.GUARDED), opened)) - set(found(composed(Preset.GUARDED), WORKLOAD))
    # IAM is allowed by a list of readers, not by everything else: without its denial nothing is open.
    assert bool(missed) == (sid != "NoIamWrites"), missed
    assert_fixed(composed(Preset.GUARDED), opened)
