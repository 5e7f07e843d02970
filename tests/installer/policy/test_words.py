"""Boundaries in plain words: a sentence of ours only for what was composed here, and for all of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from installer.policy.boundary import OperatorBoundary
from installer.policy.described import SHOWN, described
from installer.policy.document import Document
from installer.policy.presets import Preset, operator_boundary, workloads
from installer.policy.words import Said, explained, summary
from tests.support.signed_in import LONGEST_NAME, NAME, invitation, names

INVITATION = invitation()
NAMES = names()
OPERATOR = "Release"
OWN = Document(({"Sid": "Mine", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},))
OF_THE_VENDOR = ("BaseVisualEditor0", "BaseVisualEditor1")


def boundary(preset: Preset, name: str = NAME) -> OperatorBoundary:
    return operator_boundary(preset, INVITATION, names(name), OWN if preset is Preset.OWN else None)


def composed() -> Iterator[tuple[str, Document]]:
    """Every document that a preset can make, whole, cut, and narrowed as it is before Install."""
    for name in (NAME, LONGEST_NAME):
        for preset in Preset:
            operator = boundary(preset, name)
            yield name, operator.document()
            yield name, operator.cut().document()
            yield name, operator.in_regions(["eu-west-1"]).document()
            yield name, workloads(preset, names(name))


def of(document: Document, name: str = NAME) -> dict[str, Said]:
    return {said.sid: said for said in explained(document, names(name), OPERATOR)}


@pytest.mark.parametrize(("name", "document"), list(composed()))
def test_everything_that_a_preset_makes_has_a_sentence_of_its_own(name: str, document: Document) -> None:
    """Also as AWS gives it back."""
    for one in (document, Document.from_json(document.to_json())):
        said = explained(one, names(name), OPERATOR)
        assert [found.sid for found in said] == [statement["Sid"] for statement in one.statements]
        for found, statement in zip(said, one.statements, strict=True):
            theirs = found.sid in OF_THE_VENDOR or found.sid == "BaseMine"
            assert (found.sentence == described(statement)) is theirs, found.sid
            assert "{" not in found.sentence
            assert found.sentence[0].isupper()
            assert not found.sentence.endswith(".")
            assert found.effect == statement["Effect"].lower()
            assert found.layer
            assert 0 < len(found.actions) <= SHOWN + 1
            assert 0 < len(found.resources) <= SHOWN + 1


@pytest.mark.parametrize(("name", "document"), [(NAME, one) for name, one in composed() if name == NAME])
def test_no_two_statements_of_a_document_say_the_same(name: str, document: Document) -> None:
    sentences = [said.sentence for said in explained(document, names(name), OPERATOR)]
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("preset", [Preset.NONE, Preset.VENDOR, Preset.GUARDED])
@pytest.mark.parametrize("which", ["operator", "workload"])
def test_what_was_changed_is_told_as_it_stands(preset: Preset, which: str) -> None:
    """Whatever it is called: its Sid proves nothing."""
    document = boundary(preset).document() if which == "operator" else workloads(preset, NAMES)
    for place, statement in enumerate(document.statements):
        changed = {**statement, "Resource": f"arn:aws:s3:::{place}"}
        changed.pop("NotResource", None)
        statements = (*document.statements[:place], changed, *document.statements[place + 1 :])
        said = explained(Document(statements), NAMES, OPERATOR)[place]
        assert said.sentence == described(changed)
        assert said.resources == (f"arn:aws:s3:::{place}",)


def test_a_statement_of_the_vendors_cannot_borrow_a_sentence() -> None:
    harmless = next(one for one in boundary(Preset.GUARDED).document().statements if one["Sid"] == "ProtectTags")
    forged: dict[str, Any] = {"Sid": "ProtectTags", "Effect": "Allow", "Action": "iam:*", "Resource": "*"}
    assert of(Document((harmless,)))["ProtectTags"].sentence == "Tag as its own what exists in EC2 already"
    assert of(Document((forged,)))["ProtectTags"].sentence == "Use all of IAM"


def test_the_sentences_name_what_they_are_about() -> None:
    guarded = of(boundary(Preset.GUARDED).document())
    assert guarded["ProtectIdentity"].sentence.startswith("Widen or remove this limit")
    assert NAMES.workload_path in guarded["ProtectIdentity"].sentence
    assert NAMES.workload_boundary in guarded["ProtectNewRoles"].sentence
    assert f"{NAME}--…" in guarded["ProtectStacks"].sentence
    assert all(region in guarded["Region0"].sentence for region in INVITATION.network.allowed_regions)
    anything = of(boundary(Preset.NONE).document())["Base0"]
    assert (anything.actions, anything.effect, anything.layer) == (("*",), "allow", "Base")
    assert OPERATOR in anything.sentence


def test_one_region_is_one() -> None:
    narrowed = boundary(Preset.GUARDED).in_regions(["eu-west-1"]).document()
    assert of(narrowed)["Region0"].sentence == (
        "Act outside the region eu-west-1, except in IAM and other services that belong to no region"
    )


def test_layers_of_the_second_limit() -> None:
    layers = {sid: said.layer for sid, said in of(workloads(Preset.GUARDED, NAMES)).items()}
    assert (layers["Work"], layers["NoStacks"], layers["Data"]) == ("Base", "Protect", "Tighten")


def test_a_document_that_was_not_composed_here() -> None:
    foreign = Document.from_object(
        {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "iam:Get*", "Resource": "*"}}
    )
    assert explained(foreign, NAMES, OPERATOR) == (
        Said("", "", "deny", "Do everything except part of IAM", ("everything except iam:Get*",), ("*",)),
    )


def test_each_preset_is_summed_up() -> None:
    titles = [summary(preset)[0] for preset in Preset]
    assert titles == ["As requested", "Vendor minimal", "Guarded", "Ours"]
    for preset in Preset:
        sentence = summary(preset)[1]
        assert sentence.endswith(".")
        assert sentence.count(".") == 1


STATEMENTS = [
    ({"Action": "*"}, "Do anything"),
    ({"NotAction": "*"}, "Do nothing"),
    ({"Action": "iam:UpdateRole"}, "Call iam:UpdateRole"),
    ({"Action": ["kms:CreateGrant", "kms:DescribeKey"]}, "Call kms:CreateGrant and kms:DescribeKey"),
    ({"Action": "s3:Get*"}, "Use part of S3"),
    ({"Action": ["EC2:*", "s3:*", "eks:*"]}, "Use all of EC2, S3 and EKS"),
    (
        {"Action": ["ec2:*", "iam:GetRole", "iam:PassRole", "quux:Do"]},
        "Use all of EC2, and part of IAM and quux",
    ),
    ({"NotAction": ["iam:*", "sts:*"]}, "Do everything except all of IAM and STS"),
    ({"Action": "s3:*", "Resource": ["arn:aws:s3:::a"]}, "Use all of S3 on arn:aws:s3:::a"),
    ({"Action": "s3:*", "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::b"]}, "Use all of S3 on what 2 ARNs name"),
    ({"Action": "s3:*", "NotResource": "arn:aws:s3:::a"}, "Use all of S3 on everything except arn:aws:s3:::a"),
    ({"Action": "s3:*", "NotResource": "*"}, "Use all of S3 on no resource"),
    ({"Action": "s3:*", "Condition": {"Bool": {"a": "true"}}}, "Use all of S3, under conditions"),
]


@pytest.mark.parametrize(("statement", "sentence"), STATEMENTS)
def test_any_other_statement_is_described(statement: dict[str, Any], sentence: str) -> None:
    whole = {"Sid": "Any", "Effect": "Allow", **statement}
    if "NotResource" not in whole:
        whole.setdefault("Resource", "*")
    document = Document.from_json(json.dumps({"Version": "2012-10-17", "Statement": [whole]}))
    assert explained(document, NAMES, OPERATOR)[0].sentence == sentence


def test_a_long_list_is_shown_in_part() -> None:
    actions = [f"s3:Get{letter}" for letter in "ABCDEFGH"]
    document = Document(({"Sid": "Any", "Effect": "Allow", "Action": actions, "Resource": "*"},))
    assert explained(document, NAMES, OPERATOR)[0].actions == (*actions[:6], "and 2 more")
