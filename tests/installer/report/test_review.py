import json
from dataclasses import FrozenInstanceError, asdict, replace
from datetime import UTC, datetime

import pytest

from installer.answers import Answers, Wishes
from installer.evidence import State
from installer.invitation import Invitation
from installer.policy.presets import Preset
from installer.report.html import to_html
from installer.report.json import to_json
from installer.report.model import Report
from installer.report.review import of_review
from installer.sandbox.vendor.invitations import issue, read_claims
from installer.steps.connect import what_is_created
from tests.installer.report.example import FINDINGS, MADE, report, reviewed, said
from tests.support.answers import settled
from tests.support.invitations import NOW, claims


def facts(made: Report, title: str) -> dict[str, str]:
    section = next(section for section in made.sections if section.title == title)
    return {fact.name: fact.value for fact in section.facts}


def of(answers: Answers) -> Report:
    return of_review(answers, (), at=MADE)


def test_it_says_who_it_is_for_and_when_it_was_made() -> None:
    made = report()

    assert made.title == "What Release gets in your account"
    assert (made.product, made.vendor, made.operator, made.customer) == (
        "PopSQL",
        "PopSQL",
        "Release",
        "Acme Corporation",
    )
    assert (made.account, made.at) == ("222222222222", datetime(2026, 3, 1, 14, 30, tzinfo=UTC))
    assert made.made_by.startswith("Houseguest ")


def test_who_gets_access_is_said_in_the_vendors_words_and_marked_as_such() -> None:
    answers = reviewed()
    who = next(section for section in of(answers).sections if section.title == "Who gets access")

    assert who.quotation is not None
    assert (who.quotation.by, who.quotation.words) == ("PopSQL", answers.invitation.vendor.access_statement)
    assert facts(of(answers), "Who gets access")["Gets access"] == "Release"
    assert [fact.value for fact in who.facts if fact.name == "Agreement"] == [
        f"{agreement.title}: {agreement.url}" for agreement in answers.invitation.vendor.agreements
    ]


def test_the_trust_is_told_exactly() -> None:
    answers = reviewed()
    told = facts(of(answers), "How Release gets in")

    assert told["Trusted principal"] == answers.invitation.trust.principal_arn
    assert told["External ID"] == answers.invitation.trust.external_id
    assert told["Role in your account"] == answers.names.operator_role_arn
    assert told["Which is"] == "this role and no other"
    assert told["Its SHA-256"] == answers.invitation.template.sha256


def test_a_whole_account_that_is_trusted_is_named_as_one() -> None:
    other = claims({"trust": {**claims()["trust"], "principal_arn": "arn:aws:iam::111111111111:root"}})
    answers = replace(reviewed(), invitation=Invitation.model_validate_json(json.dumps(other)))

    assert facts(of(answers), "How Release gets in")["Which is"] == "every identity of the vendor's account"


def test_account_limits_and_network() -> None:
    made = report()

    assert facts(made, "Your account")["Signed in as"] == "arn:aws:iam::222222222222:user/jane"
    assert facts(made, "What caps it")["Regions"] == "eu-central-1, eu-west-1, us-east-1, us-east-2, us-west-2"
    assert facts(made, "The network")["Block"] == "10.64.0.0/16"
    assert facts(made, "The network")["Addresses"] == "65,536"
    assert facts(made, "What Release will make")["AWS::RDS"] == "1 × DBSubnetGroup, 1 × DBInstance"


def test_no_resource_of_the_invitation_is_lost() -> None:
    told = " ".join(facts(report(), "What Release will make").values())

    for made in reviewed().invitation.resources:
        assert f"{made.count:,} × {made.type.rpartition('::')[2]}" in told


def test_the_boundaries_are_there_in_full() -> None:
    answers = reviewed()
    operator, workload = of(answers).boundaries
    assert answers.permissions is not None

    assert json.loads(operator.text) == answers.permissions.operator_boundary.to_object()
    assert json.loads(workload.text) == answers.permissions.workload_boundary.to_object()
    assert operator.characters == answers.permissions.operator_boundary.size
    assert (operator.arn, workload.arn) == (answers.names.operator_boundary_arn, answers.names.workload_boundary_arn)


@pytest.mark.parametrize(("preset", "narrowed"), [(Preset.GUARDED, True), (Preset.NONE, False)])
def test_a_boundary_that_the_install_will_narrow_says_so(preset: Preset, narrowed: bool) -> None:
    assert ("narrowed to eu-west-1" in of(reviewed(preset)).boundaries[0].note) is narrowed


def test_a_boundary_that_was_not_composed_here_is_shown_all_the_same() -> None:
    made = of(settled())

    assert facts(made, "What caps it")["Regions"] == "not limited by the boundary"
    assert '"ec2:*"' in made.boundaries[0].text


def test_rows_of_others_are_kept_whole() -> None:
    answers = reviewed()
    of_operator, of_workloads = said(answers)
    made = of_review(
        answers,
        FINDINGS,
        at=MADE,
        created=what_is_created(answers),
        said=of_operator,
        said_of_workloads=of_workloads,
    )

    assert [asdict(row) for row in made.resources] == [asdict(row) for row in what_is_created(answers)]
    assert [asdict(row) for row in made.permissions] == [asdict(row) for row in of_operator]
    assert [asdict(row) for row in made.workload_permissions] == [asdict(row) for row in of_workloads]
    assert made.findings == FINDINGS


def test_every_need_of_the_vendor_is_there() -> None:
    needs = reviewed().invitation.permissions.needs

    assert [need.phase for need in report().needs] == (
        ["To install"] * len(needs["install"])
        + ["To run"] * len(needs["steady"])
        + ["To update"] * len(needs["update"])
    )
    assert {need.why for need in report().needs} == {need.why for phase in needs.values() for need in phase}


def test_what_was_not_checked_is_what_nobody_read_and_what_is_not_there_yet() -> None:
    made = report()

    assert [item.claim for item in made.unchecked] == [
        *(item.claim for item in made.evidence if item.state is State.NOT_CHECKED),
        "The product runs and can be reached",
    ]
    assert all(item.why for item in made.unchecked)


def test_evidence_is_that_of_connecting_then_of_the_network_then_of_the_product() -> None:
    answers = settled()
    assert answers.connection is not None
    assert answers.network is not None
    assert answers.product is not None

    assert of(answers).evidence == (*answers.connection.proof, *answers.network.evidence, *answers.product.evidence)
    assert facts(of(answers), "The product")["Its traffic comes from"] == "203.0.113.7"


def test_before_anything_is_settled_it_says_so() -> None:
    made = of(Answers(invitation=reviewed().invitation, wishes=Wishes("popsql")))

    assert made.account == "not signed in yet"
    assert [item.why for item in made.unchecked] == [
        "You are not signed in yet.",
        "It is not chosen yet.",
        "The role does not exist yet.",
        "Region and block are not chosen yet.",
        "It is not installed yet.",
    ]
    assert (made.boundaries, made.evidence) == ((), ())
    assert "Who gets access" in to_html(made)


def test_before_the_stacks_exist_the_boundaries_are_announced() -> None:
    lead = next(s.lead for s in of(replace(reviewed(), connection=None)).sections if s.title == "What caps it")

    assert lead.startswith("Both documents will be in your account")


def test_no_secret_is_in_it() -> None:
    token = issue(None, now=NOW)
    invited = read_claims(token)
    invited["template"]["url"] += "?X-Amz-Signature=0123abcd&token=hush"
    answers = replace(reviewed(), invitation=Invitation.model_validate_json(json.dumps(invited)))
    pages = to_html(of(answers)) + to_json(of(answers))

    assert invited["trust"]["external_id"] in pages
    for secret in (token, *token.split("."), "0123abcd", "hush", "jane@acme.example"):
        assert secret not in pages


def test_facts_are_told_once_and_none_is_empty() -> None:
    for section in of(settled()).sections:
        assert [fact for fact in section.facts if not fact.value or not fact.name] == []
        assert len(set(section.facts)) == len(section.facts)


def test_a_report_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        report().title = "Nothing"  # type: ignore[misc]
