"""The vendor's role is read out of its template; what a template leaves open is refused, not guessed."""

import json
from typing import Any

import pytest

import resources
from installer.errors import PolicyError
from installer.policy.template_role import role_policies
from tests.support import role_template
from tests.support.signed_in import names

NAMES = names()
GIVEN = {
    "InstallationName": NAMES.installation,
    "RolePath": NAMES.role_path,
    "VendorPrincipalArn": "arn:aws:iam::111111111111:role/release-deploy",
    "ExternalId": "x",
    "OperatorBoundaryArn": NAMES.operator_boundary_arn,
    "WorkloadBoundaryArn": NAMES.workload_boundary_arn,
}
S3 = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def role(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::IAM::Role", "Properties": {"PermissionsBoundary": NAMES.operator_boundary_arn, **properties}}


def template(**made: Any) -> str:
    return json.dumps({"Resources": made})


def test_the_reference_template_is_read_as_a_second_reader_reads_it() -> None:
    found = role_policies(resources.read_text("templates/vendor-role.yaml"), GIVEN, NAMES)
    wanted = role_template.role_properties(GIVEN, NAMES.account_id)
    assert list(found.managed) == wanted["ManagedPolicyArns"]
    assert [{"PolicyName": name, "PolicyDocument": document} for name, document in found.inline] == wanted["Policies"]


def test_policies_that_are_resources_of_their_own_count_where_they_name_the_role() -> None:
    text = template(
        Ours=role(),
        More={
            "Type": "AWS::IAM::Policy",
            "Properties": {"PolicyName": "more", "PolicyDocument": S3, "Roles": [{"Ref": "Ours"}]},
        },
        Managed={"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": S3, "Roles": [{"Ref": "Ours"}]}},
        Other={
            "Type": "AWS::IAM::RolePolicy",
            "Properties": {"PolicyName": "o", "PolicyDocument": S3, "RoleName": {"Ref": "Else"}},
        },
    )
    assert [name for name, _ in role_policies(text, {}, NAMES).inline] == ["more", "Managed"]


def test_functions_that_name_things_are_filled_in() -> None:
    join = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/", {"Ref": "Name"}]]}
    sub = {"Fn::Sub": ["arn:${AWS::Partition}:s3:::${B}-${!aws:username}", {"B": {"Ref": "Name"}}]}
    body = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": sub}]}
    text = json.dumps(
        {
            "Parameters": {"Name": {"Type": "String", "Default": "ReadOnlyAccess"}},
            "Resources": {"R": role(ManagedPolicyArns=[join], Policies=[{"PolicyName": "p", "PolicyDocument": body}])},
        }
    )
    found = role_policies(text, {}, NAMES)
    assert found.managed == ("arn:aws:iam::aws:policy/ReadOnlyAccess",)
    assert found.inline[0][1]["Statement"][0]["Resource"] == "arn:aws:s3:::ReadOnlyAccess-${aws:username}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [", "in line 1"),
        ("a: &x 1\nb: *x", "it has an alias in line 2"),
        ("a: 1\nb:\n  c: 1\n  c: 2", "names 'c' twice in one object, in line 4"),
        ("[]", "is no template"),
        ("\x00", "cannot be read"),
        ("Resources: []", "has no Resources"),
        ("!!python/object/apply:os.system [id]", "is no template"),
        ("[" * 5_000, "cannot be read"),
        (template(A=role(PermissionsBoundary="arn:aws:iam::222222222222:policy/x")), "no role with your boundary"),
        (template(A=role(), B=role()), "2 roles with your boundary"),
        (template(A=role(ManagedPolicyArns=[{"Fn::ImportValue": "x"}])), "leaves open .* Fn::ImportValue"),
        (template(A=role(ManagedPolicyArns=[{"Ref": "Elsewhere"}])), "leaves open .* Elsewhere"),
        (template(A=role(Policies=[{"Fn::If": ["c", {}, {}]}])), "leaves open .* Fn::If"),
        (template(A=role(Policies=[{"PolicyName": "p"}])), "a policy without a document"),
        (template(A=role(ManagedPolicyArns=[1])), "no name before the stack exists"),
    ],
)
def test_what_is_not_known_is_refused(text: str, told: str) -> None:
    with pytest.raises(PolicyError, match=told):
        role_policies(text, GIVEN, NAMES)
