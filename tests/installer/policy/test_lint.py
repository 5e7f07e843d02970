"""The lint of boundaries: what each preset leaves open and no more, boundaries that somebody else wrote, and fixes that
close what they are offered for. The escapes are in test_lint_escapes.py."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from installer.errors import HouseguestError
from installer.names import Names
from installer.policy.document import Document
from installer.policy.lint import codes, lint
from installer.policy.lint_fixes import Subject
from installer.policy.presets import Preset, operator_boundary, workloads
from installer.policy.workload import workload_boundary
from installer.steps import Severity
from tests.support.linted import (
    ALLOW_ALL,
    INVITATION,
    MINIMAL,
    NAMES,
    NOTHING,
    OWN,
    REGIONS,
    allow_all_but,
    assert_fixed,
    composed,
    found,
    judged,
    wide_open,
    without,
)

YOUR_DATA = {
    "your-files-readable",
    "your-buckets-openable",
    "your-secrets-readable",
    "your-databases-changeable",
    "your-logs-readable",
    "your-machines-stoppable",
    "your-snapshots-usable",
}
ALWAYS = {"made-roles-trust-editable", "your-images-shareable", "workload:your-images-shareable"}
OF_WORKLOADS = {f"workload:{code}" for code in YOUR_DATA}
WIDE = ALWAYS | YOUR_DATA | OF_WORKLOADS | {"any-region", "unnamed-services"}
LEFT_OPEN = {
    Preset.NONE: WIDE,
    Preset.OWN: WIDE,
    Preset.VENDOR: (WIDE - {"unnamed-services"}) | {"own-session-length-asked"},
    Preset.GUARDED: ALWAYS | {"own-session-length-asked"},
}


@pytest.mark.parametrize("preset", Preset)
def test_a_preset_leaves_open_what_is_told_of_it_and_no_more(preset: Preset) -> None:
    assert set(found(composed(preset), workloads(preset, NAMES))) == LEFT_OPEN[preset]


@pytest.mark.parametrize("preset", Preset)
def test_no_preset_lets_the_vendor_out(preset: Preset) -> None:
    assert judged(composed(preset), workloads(preset, NAMES)).open_escapes == ()


@pytest.mark.parametrize("preset", Preset)
def test_all_that_it_says_of_a_preset_is_certain(preset: Preset) -> None:
    assert all(finding.certain for finding in judged(composed(preset), workloads(preset, NAMES)).findings)


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_other_partitions_are_judged_alike(partition: str) -> None:
    elsewhere = Names(NAMES.installation, NAMES.account_id, NAMES.role_path, partition)
    boundary = operator_boundary(Preset.NONE, INVITATION, elsewhere).document()
    report = lint(boundary, elsewhere, workload=workloads(Preset.NONE, elsewhere), minimal=MINIMAL, regions=REGIONS)
    assert {finding.code for finding in report.findings} == LEFT_OPEN[Preset.NONE]


def test_a_cut_closes_everything() -> None:
    boundary = operator_boundary(Preset.NONE, INVITATION, NAMES).cut().document()
    assert found(boundary) == {}


@pytest.mark.parametrize("preset", Preset)
def test_what_a_preset_leaves_open_can_be_closed_with_one_click(preset: Preset) -> None:
    assert_fixed(composed(preset), workloads(preset, NAMES))
    unfixable = {code for code, finding in found(composed(preset)).items() if finding.fix is None}
    assert unfixable == {"made-roles-trust-editable"}, "the product gets its roles so"


# Boundaries that somebody else wrote


def test_an_open_boundary_has_every_finding() -> None:
    everything = set(found(OWN, OWN))
    assert {code.removeprefix("workload:") for code in everything} == set(codes())


def test_all_that_is_open_is_closed_by_its_fix() -> None:
    assert_fixed(OWN, OWN)


def test_the_same_in_other_words_is_closed() -> None:
    """A person's own denial, with NotAction and without any Sid of ours."""
    readers = {"Effect": "Deny", "NotAction": ["iam:Get*", "iam:List*", "s3:*", "ec2:*"], "Resource": "*"}
    assert "users-changeable" not in found(allow_all_but(readers))
    assert "trail-changeable" not in found(allow_all_but(readers))
    assert "your-files-readable" in found(allow_all_but(readers))


def test_the_vendors_minimal_boundary_alone_can_lengthen_its_session() -> None:
    finding = found(MINIMAL)["own-session-length"]
    assert finding.severity is Severity.BLOCKER
    assert finding.decided_by == "VisualEditor0"
    assert "12" in finding.title
    assert finding.calls[0].why == "VisualEditor0 allows it, and nothing denies it."


def test_a_list_that_asks_for_more_than_it_gets_can_drop_it() -> None:
    finding = found(composed(Preset.VENDOR))["own-session-length-asked"]
    assert finding.severity is Severity.INFO
    assert finding.fix is not None
    fixed = Document.from_object(finding.fix.applied(composed(Preset.VENDOR).to_object()))
    assert fixed.same_as(without(composed(Preset.VENDOR), "BaseVisualEditor0"))


def test_a_list_that_asks_twice_is_told_once() -> None:
    asks = {"Effect": "Allow", "Action": ["iam:updaterole", "ec2:RunInstances"], "Resource": "*"}
    document = Document((*composed(Preset.VENDOR).statements, asks))
    (finding,) = [one for one in judged(document).findings if one.code == "own-session-length-asked"]
    assert finding.fix is not None
    fixed = Document.from_object(finding.fix.applied(document.to_object()))
    assert "own-session-length-asked" not in found(fixed)
    assert fixed.statements[-1]["Action"] == ["ec2:RunInstances"]


def test_a_wildcard_is_not_taken_apart() -> None:
    asks = {"Effect": "Allow", "Action": "iam:Update*", "Resource": "*"}
    document = Document((*composed(Preset.VENDOR).statements, asks))
    assert found(document)["own-session-length-asked"].fix is None


def test_what_hangs_on_a_key_that_nobody_knows_counts_as_open() -> None:
    tagged = {
        "Sid": "Team",
        "Effect": "Deny",
        "Action": "cloudtrail:*",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "audit"}},
    }
    finding = found(allow_all_but(tagged))["trail-changeable"]
    assert not finding.certain
    assert finding.title.startswith("The vendor may be able to")
    assert finding.calls[0].depends_on == ("aws:PrincipalTag/team",)
    assert finding.calls[0].why == "It depends on aws:PrincipalTag/team: see Team."


def test_a_denial_of_direct_calls_only_is_no_denial() -> None:
    direct = {
        "Sid": "NotByHand",
        "Effect": "Deny",
        "Action": "iam:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:ViaAWSService": "false"}},
    }
    around = found(allow_all_but(direct))["cloudformation-around"]
    assert around.decided_by == "Mine"
    assert "iam:CreateUser" in {call.action for call in around.calls}
    no_stacks = {"Effect": "Deny", "Action": "cloudformation:*", "Resource": "*"}
    assert "cloudformation-around" not in found(allow_all_but(direct, no_stacks))


def test_a_role_is_without_a_limit_also_where_another_one_is_allowed() -> None:
    """The condition that many boundaries have: any boundary of the account will do."""
    some = {
        "Effect": "Deny",
        "Action": "iam:CreateRole",
        "Resource": "*",
        "Condition": {"ArnNotLike": {"iam:PermissionsBoundary": f"arn:aws:iam::{NAMES.account_id}:policy/*"}},
    }
    calls = found(allow_all_but(some))["role-without-limit"].calls
    assert len(calls) == 1, "under the operator boundary, and neither without one nor under one of AWS"


def test_a_region_is_tried_in_which_the_document_allows_something() -> None:
    there = {
        "Sid": "There",
        "Effect": "Allow",
        "Action": "ec2:*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": "ap-southeast-4"}},
    }
    finding = lint(Document((there,)), NAMES).findings[0]
    assert finding.code == "your-machines-start"
    assert ":ap-southeast-4:" in finding.calls[0].resource
    assert "any-region" not in found(Document((there,)))


def test_a_fix_closes_what_is_open_in_other_regions_too() -> None:
    here = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    there = {
        "Effect": "Allow",
        "Action": "sts:GetFederationToken",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": "ap-southeast-4"}},
    }
    document = Document((here, there))
    assert {call.action for call in found(document)["other-roles-assumable"].calls} == {"sts:AssumeRole"}
    assert_fixed(document, NOTHING)


def test_a_weakened_statement_gives_way_to_the_whole_one() -> None:
    boundary = composed(Preset.NONE)
    weak = tuple(
        {**one, "Action": [action for action in one["Action"] if action != "cloudtrail:Stop*"]}
        if one["Sid"] == "ProtectAlways"
        else one
        for one in boundary.statements
    )
    finding = found(Document(weak))["trail-changeable"]
    assert [call.action for call in finding.calls] == [
        "cloudtrail:StopLogging",
        "cloudtrail:StopEventDataStoreIngestion",
    ]
    assert finding.fix is not None
    fixed = finding.fix.applied(Document(weak).to_object())["Statement"]
    assert sorted(one["Sid"] for one in fixed) == sorted(one["Sid"] for one in boundary.statements)
    assert [one for one in fixed if one["Sid"] == "ProtectAlways"] == [
        one for one in boundary.statements if one["Sid"] == "ProtectAlways"
    ]


def test_a_statement_of_the_persons_own_under_our_name_stays() -> None:
    mine = {"Sid": "ProtectGrants", "Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}
    document = Document((ALLOW_ALL, mine))
    finding = found(document)["keys-grantable"]
    assert finding.fix is not None
    assert finding.fix.drop == ()
    assert [one["Sid"] for one in finding.fix.applied(document.to_object())["Statement"]][1:] == [
        "ProtectGrants",
        "ProtectGrants2",
    ]


def test_what_was_not_given_is_told() -> None:
    assert len(lint(OWN, NAMES).unchecked) == 2
    assert judged(OWN, OWN).unchecked == (
        "Who may assume the vendor's role was not looked at: its trust was not given.",
    )


def test_findings_come_worst_first_and_as_json() -> None:
    told = judged(composed(Preset.NONE), workloads(Preset.NONE, NAMES)).to_json()
    severities = [finding["severity"] for finding in told["findings"]]  # type: ignore[attr-defined]
    assert severities == sorted(severities, key=["blocker", "caution", "info"].index)
    assert set(told["findings"][0]) == {  # type: ignore[index]
        *("code", "severity", "subject", "title", "why", "decided_by", "statement", "certain", "calls", "fix"),
    }


# What nobody wrote

PIECES = [*wide_open().statements, *workload_boundary(NAMES).statements, *MINIMAL.statements]
ACTIONS = ["*", "iam:*", "IAM:create*", "s3:Get?bject", "ec2:*", "cloudformation:Create*", "sts:AssumeRole"]
RESOURCES = ["*", "arn:aws:iam::*:role/*", f"arn:aws:iam::{NAMES.account_id}:role/${{aws:username}}", "arn:aws:s3:::*"]
CONDITIONS = st.dictionaries(
    st.sampled_from(["StringEquals", "StringNotLikeIfExists", "Null", "Bool", "ForAnyValue:StringLike", "Nonsense"]),
    st.dictionaries(
        st.sampled_from(["aws:RequestedRegion", "aws:CalledVia", "iam:PermissionsBoundary", "aws:PrincipalTag/a"]),
        st.sampled_from(["true", "*", "eu-west-1", ["a", "b"]]),
        min_size=1,
    ),
    max_size=2,
)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.booleans()):
        return dict(draw(st.sampled_from(PIECES)))
    return {
        "Sid": draw(st.sampled_from(["", "ProtectAlways", "Work"])),
        "Effect": draw(st.sampled_from(["Allow", "Deny"])),
        draw(st.sampled_from(["Action", "NotAction"])): draw(st.lists(st.sampled_from(ACTIONS), min_size=1)),
        draw(st.sampled_from(["Resource", "NotResource"])): draw(st.lists(st.sampled_from(RESOURCES), min_size=1)),
        "Condition": draw(CONDITIONS),
    }


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(statements(), min_size=1, max_size=8), st.lists(statements(), min_size=1, max_size=4))
def test_it_raises_nothing_but_our_errors_and_its_fixes_close(
    operator: list[dict[str, Any]], workload: list[dict[str, Any]]
) -> None:
    documents = Document.from_object({"Version": "2012-10-17", "Statement": operator}), Document(tuple(workload))
    try:
        findings = judged(*documents).findings
    except HouseguestError:
        return
    for finding in findings:
        if finding.fix is not None:
            mine = finding.subject is Subject.OPERATOR
            fixed = Document.from_object(finding.fix.applied(documents[not mine].to_object()))
            again = judged(fixed) if mine else judged(NOTHING, fixed)
            assert finding.code not in {one.code for one in again.findings}


def test_every_code_is_told() -> None:
    """A program that reads the codes finds them in the documentation."""
    told = (Path(__file__).parents[3] / "docs" / "permissions.md").read_text("utf-8")
    sources = Path(inspect.getfile(lint)).parent.glob("*.py")
    written = {
        code
        for source in sources
        if source.stem.startswith(("lint_trust", "template_"))
        for code in re.findall(r'"((?:trust|template)-[a-z-]+)"', source.read_text("utf-8"))
    }
    assert len(written) > 25
    every = {*codes(), *written, "own-session-length-asked", "cloudformation-around"}
    assert {code for code in every if f"`{code}`" not in told} == set()
