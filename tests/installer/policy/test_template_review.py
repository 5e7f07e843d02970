"""The review of the vendor's template: the reference one, and one fault after another put into it, each found at its
place."""

import json
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import resources
from installer.errors import HouseguestError, PolicyError
from installer.names import Names
from installer.policy.template_findings import Place, TemplateFinding
from installer.policy.template_reading import MAX_CHARACTERS, read_template
from installer.policy.template_review import Promised, review_template
from installer.steps import Severity
from tests.support.signed_in import invitation, names

TEXT = resources.read_text("templates/vendor-role.yaml")
NAMES = names()
INVITATION = invitation()
PARAMETERS = {
    "InstallationName": NAMES.installation,
    "RolePath": NAMES.role_path,
    "VendorPrincipalArn": INVITATION.trust.principal_arn,
    "ExternalId": INVITATION.trust.external_id,
    "OperatorBoundaryArn": NAMES.operator_boundary_arn,
    "WorkloadBoundaryArn": NAMES.workload_boundary_arn,
    "MaxSessionSeconds": "3600",
}
PROMISED = Promised(
    INVITATION.trust.principal_arn,
    INVITATION.trust.external_id,
    INVITATION.permissions.max_session_seconds,
    INVITATION.permissions.default_grant,
)
ROLE = "OperatorRole"
TRUST = "Properties.AssumeRolePolicyDocument"
FIRST = f"{TRUST}.Statement[0]"
POLICY = "Properties.Policies[0].PolicyDocument"
ASKED = {
    ("template-grants:roles-passable-anywhere", f"{ROLE}, {POLICY}.Statement[1]"),
    ("template-grants:made-roles-trust-editable", f"{ROLE}, {POLICY}.Statement[1]"),
}
"""What the reference template asks for and the limit denies or tells."""


def review(text: str, names: Names = NAMES, **parameters: str) -> tuple[TemplateFinding, ...]:
    return review_template(text, names, {**PARAMETERS, **parameters}, PROMISED)


def told(findings: tuple[TemplateFinding, ...]) -> set[tuple[str, str]]:
    """Codes and places, without lines."""
    return {(one.code, str(Place(one.place.logical_id, one.place.path, 0))) for one in findings}


def test_the_reference_template_asks_for_two_things_that_a_limit_has_to_hold() -> None:
    findings = review(TEXT)
    assert told(findings) == ASKED
    assert {finding.severity for finding in findings} == {Severity.INFO}


def test_a_place_has_its_line() -> None:
    for finding in review(TEXT):
        assert TEXT.splitlines()[finding.place.line - 1].strip() == "- Sid: ManageWorkloadRoles"


OTHER = """
  {id}:
    Type: {kind}
    Properties:
      {properties}

Outputs:"""


def beside(kind: str, properties: str = "{}", logical_id: str = "Other") -> tuple[str, str]:
    return "\nOutputs:", OTHER.format(id=logical_id, kind=kind, properties=properties)


PRINCIPAL = "AWS: !Ref VendorPrincipalArn"
EXTERNAL_ID = "sts:ExternalId: !Ref ExternalId"
BOUNDARY = "      PermissionsBoundary: !Ref OperatorBoundaryArn\n"
FAULTS: dict[str, tuple[tuple[str, str], set[tuple[str, str]]]] = {
    "everybody": ((PRINCIPAL, 'AWS: "*"'), {("template-trust-anybody", f"{ROLE}, {FIRST}")}),
    "an account": (
        (PRINCIPAL, "AWS: arn:aws:iam::111111111111:root"),
        {("template-trust-whole-account", f"{ROLE}, {FIRST}")},
    ),
    "another principal": (
        (PRINCIPAL, "AWS: [!Ref VendorPrincipalArn, arn:aws:iam::333333333333:role/other]"),
        {("template-trust-other-principal", f"{ROLE}, {FIRST}")},
    ),
    "a service": (
        (PRINCIPAL, "Service: ec2.amazonaws.com"),
        {("template-trust-other-principal", f"{ROLE}, {FIRST}")},
    ),
    "no external id": (
        (EXTERNAL_ID, "aws:SecureTransport: true"),
        {("template-trust-external-id", f"{ROLE}, {FIRST}")},
    ),
    "an external id that is everybody's": (
        (EXTERNAL_ID, "sts:ExternalId: shared"),
        {("template-trust-other-external-id", f"{ROLE}, {FIRST}")},
    ),
    "a principal that is known later": (
        (PRINCIPAL, "AWS: !ImportValue VendorPrincipal"),
        {
            ("template-trust-unknown", f"{ROLE}, {TRUST}"),
            ("template-import", f"{ROLE}, {FIRST}.Principal.AWS.Fn::ImportValue"),
        },
    ),
    "a denial only": (("Effect: Allow\n            Principal", "Effect: Deny\n            Principal"), {
        ("template-trust-nobody", f"{ROLE}, {TRUST}")
    }),
    "a trust that is none": (
        ("Action: sts:AssumeRole\n", "Acton: sts:AssumeRole\n"),
        {("template-trust-unreadable", f"{ROLE}, {TRUST}")},
    ),
    "no boundary": ((BOUNDARY, ""), {("template-no-boundary", f"{ROLE}, Properties")}),
    "another boundary": (
        (BOUNDARY, "      PermissionsBoundary: !Ref WorkloadBoundaryArn\n"),
        {("template-other-boundary", f"{ROLE}, Properties.PermissionsBoundary")},
    ),
    "a boundary that hangs on a condition": (
        (BOUNDARY, "      PermissionsBoundary: !If [Narrow, !Ref OperatorBoundaryArn, !Ref AWS::NoValue]\n"),
        {("template-other-boundary", f"{ROLE}, Properties.PermissionsBoundary")},
    ),
    "the path of the roles that it makes": (
        ("Path: !Ref RolePath", 'Path: !Sub "${RolePath}${InstallationName}/"'),
        {("template-role-elsewhere", f"{ROLE}, Properties.Path")},
    ),
    "another name": (
        ("${InstallationName}-operator", "${InstallationName}-deploy"),
        {("template-role-elsewhere", f"{ROLE}, Properties.RoleName")},
    ),
    "long sessions": (
        ("MaxSessionDuration: !Ref MaxSessionSeconds", "MaxSessionDuration: 43200"),
        {("template-session-length", f"{ROLE}, Properties.MaxSessionDuration")},
    ),
    "sessions of a length that nobody knows": (
        ("MaxSessionDuration: !Ref MaxSessionSeconds", "MaxSessionDuration: !Ref Nothing"),
        {("template-session-length", f"{ROLE}, Properties.MaxSessionDuration")},
    ),
    "an administrator": (
        ("policy/PowerUserAccess", "policy/AdministratorAccess"),
        {("template-managed-policy", f"{ROLE}, Properties.ManagedPolicyArns[0]")},
    ),
    "all of a service": (
        ("Action: iam:CreateRole\n", 'Action: "s3:*"\n'),
        {("template-inline-wildcard", f"{ROLE}, {POLICY}.Statement[0].Action")},
    ),
    "everything but": (
        ("Action: iam:CreateRole\n", 'NotAction: "iam:*"\n'),
        {
            ("template-inline-all-but", f"{ROLE}, {POLICY}.Statement[0].NotAction"),
            ("template-grants:other-roles-assumable", f"{ROLE}, {POLICY}.Statement[0]"),
        },
    ),
    "a policy on everything": (
        (
            'Resource: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:instance-profile',
            'Resource: "*" #',
        ),
        {
            ("template-inline-any-resource", f"{ROLE}, {POLICY}.Statement[2].Resource"),
            ("template-grants:your-roles-editable", f"{ROLE}, {POLICY}.Statement[2]"),
        },
    ),
    "a policy that is known later": (
        ("Action: iam:CreateRole\n", "Action: !GetAtt Other.Action\n"),
        {("template-policy-unknown", f"{ROLE}, {POLICY}")},
    ),
    "a role without a limit": (
        ("iam:PermissionsBoundary: !Ref WorkloadBoundaryArn", "aws:SecureTransport: true"),
        {("template-grants:role-without-limit", f"{ROLE}, {POLICY}.Statement[0]")},
    ),
    "a role that stays": (
        ("Type: AWS::IAM::Role\n", "Type: AWS::IAM::Role\n    DeletionPolicy: Retain\n"),
        {("template-retained", f"{ROLE}, DeletionPolicy")},
    ),
    "a role that hangs on a condition": (
        ("Type: AWS::IAM::Role\n", "Type: AWS::IAM::Role\n    Condition: Wanted\n"),
        {("template-conditional", f"{ROLE}, Condition")},
    ),
    "another resource": (beside("AWS::S3::Bucket"), {("template-other-resource", "Other, Type")}),
    "a user": (beside("AWS::IAM::User"), {("template-other-resource", "Other, Type")}),
    "a custom resource": (beside("Custom::Door"), {("template-custom-resource", "Other, Type")}),
    "a custom resource by its long name": (
        beside("AWS::CloudFormation::CustomResource"),
        {("template-custom-resource", "Other, Type")},
    ),
    "a nested stack": (
        beside("AWS::CloudFormation::Stack", "TemplateURL: https://example.com/t"),
        {("template-nested-stack", "Other, Type"), ("template-url", "Other, Properties.TemplateURL")},
    ),
    "a module": (beside("Vendor::Role::Door::MODULE"), {("template-nested-stack", "Other, Type")}),
    "a loop": (
        ("\nOutputs:", "\n  Fn::ForEach::Roles: [A, [b], {}]\nOutputs:"),
        {("template-unreadable-resource", "Fn::ForEach::Roles, Type")},
    ),
    "a macro": (("Parameters:\n", "Transform: [AWS::Include, Evil]\nParameters:\n"), {("template-macro", "Transform")}),
    "an include": (
        (BOUNDARY, f"{BOUNDARY}      Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: s3://b/k}}}}\n"),
        {("template-macro", f"{ROLE}, Properties.Fn::Transform")},
    ),
    "a dynamic reference": (
        ("Description: !Sub", 'Description: "{{resolve:ssm:/acme/token:1}}" #'),
        {("template-resolve", f"{ROLE}, Properties.Description")},
    ),
    "a dynamic reference in pieces": (
        ("Description: !Sub", 'Description: !Join ["", ["{{res", "olve:ssm:/a:1}}"]] #'),
        {("template-resolve", f"{ROLE}, Properties.Description")},
    ),
    "a parameter from the store": (
        (
            "Type: String\n    Description: The one principal",
            "Type: AWS::SSM::Parameter::Value<String>\n    Description: The one principal",
        ),
        {("template-parameter-fetched", "Parameters.VendorPrincipalArn.Type")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_at_its_place(fault: str) -> None:
    (old, new), wanted = FAULTS[fault]
    assert old in TEXT
    findings = review(TEXT.replace(old, new, 1))
    assert told(findings) - ASKED == wanted
    for finding in findings:
        assert finding.place.line > 0
        assert finding.wanted


def test_a_second_role_is_reviewed_like_the_first() -> None:
    old, new = beside("AWS::IAM::Role", "AssumeRolePolicyDocument: {}")
    found = {code for code, place in told(review(TEXT.replace(old, new, 1))) if place.startswith("Other")}
    assert found == {
        "template-other-role",
        "template-no-boundary",
        "template-role-elsewhere",
        "template-trust-nobody",
    }


def test_a_template_without_a_role() -> None:
    assert told(review("Resources: {}")) == {("template-no-role", "Resources")}
    assert told(review("Description: nothing")) == {("template-no-role", "Resources")}


def test_parameters_that_point_elsewhere_are_found_by_their_values() -> None:
    evil = "arn:aws:iam::222222222222:policy/wide"
    assert ("template-other-boundary", f"{ROLE}, Properties.PermissionsBoundary") in told(
        review(TEXT, OperatorBoundaryArn=evil)
    )


def test_without_an_invitation_only_the_template_itself_is_judged() -> None:
    assert told(review_template(TEXT, NAMES, PARAMETERS)) == ASKED


def as_json(text: str) -> Any:
    return read_template(text).data


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_is_reviewed_as_yaml_is(indent: int | str | None) -> None:
    text = json.dumps(as_json(TEXT), indent=indent)
    assert told(review(text)) == ASKED
    assert told(review("\ufeff" + text)) == ASKED


def test_a_finding_as_json() -> None:
    finding = review(TEXT.replace(BOUNDARY, ""))[0].to_json()
    assert finding["place"] == {"logical_id": ROLE, "path": "Properties", "line": 53}
    assert set(finding) == {"code", "severity", "title", "why", "place", "wanted"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "it is not an object"),
        ("- a", "it is not an object"),
        ("a: [", "in line 1"),
        ("a: 1\na: 2", "'a' twice in one object, in line 2"),
        ('{"a": 1, "a": 2}', "'a' twice"),
        ('{\n\t"a": 1, "a": 2}', "'a' twice"),
        ("a: &x 1\nb: *x", "it has an alias in line 2"),
        ("a: 1\n---\nb: 2", "in line 2"),
        ("[" * 5_000, "cannot be read"),
        ('{"a":' * 200 + "1" + "}" * 200, "nested too deeply"),
        ("? [a]\n: b", "cannot be read"),
        ("a: !!int x", "cannot be read"),
        ("a: \x00", "cannot be read"),
        ("#" * (MAX_CHARACTERS + 1), "longer than 51,200"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(PolicyError, match=sentence):
        review(text)


def test_a_date_is_text() -> None:
    assert read_template("Version: 2012-10-17").data == {"Version": "2012-10-17"}


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.sampled_from(["AWS::IAM::Role", "{{resolve:x}}", "${A}", "*", "Allow"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Ref", "Fn::Sub", "Fn::Join", "Type", "Properties", "Statement", "Effect", "Principal", "Path"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
PLACES = [
    ("Resources",),
    ("Parameters",),
    ("Parameters", "RolePath"),
    ("Resources", ROLE),
    ("Resources", ROLE, "Type"),
    *(("Resources", ROLE, "Properties", *more) for more in (
        (), ("PermissionsBoundary",), ("AssumeRolePolicyDocument",), ("AssumeRolePolicyDocument", "Statement"),
        ("ManagedPolicyArns",), ("Policies",), ("MaxSessionDuration",), ("Path",), ("RoleName",),
        ("AssumeRolePolicyDocument", "Statement", 0, "Principal"),
        ("AssumeRolePolicyDocument", "Statement", 0, "Condition"),
        ("Policies", 0, "PolicyDocument"), ("Policies", 0, "PolicyDocument", "Statement"),
    )),
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), VALUES)
def test_whatever_stands_anywhere_nothing_is_raised_but_our_errors(path: tuple[Any, ...], value: Any) -> None:
    data = as_json(TEXT)
    holder = data
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    for text in (json.dumps(data), yaml.safe_dump(data)):
        with suppress(HouseguestError):
            review(text)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(TEXT)), st.text(max_size=6))
def test_a_text_that_was_broken_anywhere_is_reviewed_or_refused(at: int, more: str) -> None:
    with suppress(HouseguestError):
        review(TEXT[:at] + more)
    with suppress(HouseguestError):
        review(TEXT[:at] + more + TEXT[at:])
