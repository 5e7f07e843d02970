"""Proving a role: with the external id, without, with a wrong one; now and again."""

from typing import Any

import pytest

from installer.sandbox.vendor.aws import AwsUnreachable
from installer.sandbox.vendor.records import Answer
from tests.sandbox.vendor.support import ACCOUNT, OTHER_ACCOUNT, Installer, Vendor, assert_problem

PATH = "/v1/integrations"


def settled(vendor: Vendor, installer: Installer, **changes: Any) -> dict[str, Any]:
    """An integration whose verification is over."""
    integration_id = installer.connect(**changes).json()["id"]
    vendor.later.run()
    found: dict[str, Any] = installer.get(f"{PATH}/{integration_id}").json()
    return found


def test_a_good_role_is_connected_with_proof(vendor: Vendor, installer: Installer) -> None:
    vendor.trust_exactly(installer)
    accepted = installer.connect()
    assert (accepted.status_code, accepted.json()["state"]) == (202, "pending")
    assert accepted.json()["proof"] is None
    vendor.later.run()
    integration = installer.get(f"{PATH}/{accepted.json()['id']}").json()
    assert integration["state"] == "connected"
    assert integration["verified_at"].endswith("Z")
    assert integration["proof"]["with_external_id"] | {"at": ""} == {
        "allowed": True, "at": "", "request_id": "r-ok", "error_code": None,
    }  # fmt: skip
    assert integration["proof"]["without_external_id"]["allowed"] is False
    assert integration["proof"]["without_external_id"]["error_code"] == "AccessDenied"


def test_it_tries_with_without_and_with_a_wrong_external_id(vendor: Vendor, installer: Installer) -> None:
    vendor.trust_exactly(installer)
    settled(vendor, installer)
    right = installer.claims["trust"]["external_id"]
    (first, second, third) = vendor.aws.asked
    assert (first, second) == (("release-popsql-verify", right), ("release-popsql-verify", None))
    assert third[1] not in (None, right)


def test_the_external_id_is_never_sent_back(vendor: Vendor, installer: Installer) -> None:
    vendor.trust_exactly(installer)
    assert installer.claims["trust"]["external_id"] not in str(settled(vendor, installer))


@pytest.mark.parametrize(
    ("opens", "reason"),
    [
        (lambda given: False, "cannot be assumed with the external id"),
        (lambda given: True, "can be assumed without an external id"),
        (lambda given: given is not None, "can be assumed with any external id"),
    ],
)
def test_a_wrong_trust_policy_is_rejected_and_told(
    vendor: Vendor, installer: Installer, opens: Any, reason: str
) -> None:
    vendor.aws.opens = opens
    integration = settled(vendor, installer)
    assert integration["state"] == "rejected"
    assert reason in integration["reason"]
    assert integration["verified_at"] is None


@pytest.mark.parametrize(("rounds", "state"), [(4, "connected"), (5, "rejected")])
def test_it_waits_for_iam_but_not_for_ever(vendor: Vendor, installer: Installer, rounds: int, state: str) -> None:
    vendor.trust_exactly(installer)
    vendor.aws.refused_first = 0
    refusals = iter([True] * rounds)
    opens = vendor.aws.opens
    vendor.aws.opens = lambda given: opens(given) and not next(refusals, False)
    assert settled(vendor, installer)["state"] == state


def test_the_same_name_is_the_same_integration_and_verified_again(vendor: Vendor, installer: Installer) -> None:
    vendor.aws.opens = lambda given: False
    rejected = settled(vendor, installer)
    vendor.trust_exactly(installer)
    again = installer.connect()
    assert (again.json()["id"], again.json()["state"], again.json()["reason"]) == (rejected["id"], "pending", None)
    vendor.later.run()
    assert installer.get(f"{PATH}/{rejected['id']}").json()["state"] == "connected"


def test_another_name_is_another_integration(vendor: Vendor, installer: Installer) -> None:
    assert installer.connected("popsql") != installer.connected("popsql-2")


def test_a_renewed_invitation_finds_the_integration_of_the_same_customer(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()
    renewed = vendor.installer({"trust": {"external_id": installer.claims["trust"]["external_id"]}})
    assert renewed.claims["jti"] != installer.claims["jti"]
    assert renewed.connect().json()["id"] == integration_id


@pytest.mark.parametrize(
    "role_arn",
    [
        f"arn:aws:iam::{ACCOUNT}:role/release/other-operator",
        f"arn:aws:iam::{ACCOUNT}:role/popsql-operator",
        f"arn:aws:iam::{ACCOUNT}:role/elsewhere/popsql-operator",
        f"arn:aws:iam::{ACCOUNT}:role/release/popsql/popsql-operator",
        f"arn:aws:iam::{OTHER_ACCOUNT}:role/release/popsql-operator",
    ],
)
def test_a_role_that_is_not_the_installations_is_refused(installer: Installer, role_arn: str) -> None:
    assert_problem(installer.connect(role_arn=role_arn), 422, "role-does-not-match")


def test_a_boundary_of_another_account_is_refused(installer: Installer) -> None:
    arn = f"arn:aws:iam::{OTHER_ACCOUNT}:policy/p"
    for member in ("boundary_arn", "workload_boundary_arn"):
        reply = installer.connect(**{member: arn})
        assert_problem(reply, 422, "boundary-does-not-match")
        assert reply.json()["errors"][0]["pointer"] == f"#/{member}"


def test_an_invitation_for_one_account_opens_no_other(vendor: Vendor) -> None:
    other = vendor.installer({"customer": {"aws_account_id": OTHER_ACCOUNT}})
    assert_problem(other.connect(), 403, "wrong-account")


def test_an_invitation_for_any_account_opens_this_one(vendor: Vendor) -> None:
    anybody = vendor.installer({"customer": {"aws_account_id": None}})
    assert anybody.connect().status_code == 202


def test_only_the_own_invitation_can_be_named(installer: Installer) -> None:
    assert_problem(installer.connect(invitation_id="inv_0123456789"), 404, "not-found")


@pytest.mark.parametrize(
    "name", ["", "p", "P", "popsql-", "-popsql", "pop--sql", "pop_sql", "1pop", "p" * 32, "popsql\n", "pöp"]
)
def test_names_that_cannot_be_are_refused(installer: Installer, name: str) -> None:
    reply = installer.connect(installation_name=name)
    assert_problem(reply, 422, "invalid-request")
    assert reply.json()["errors"][0]["pointer"] == "#/installation_name"


def test_verify_tells_every_attempt(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()
    reply = installer.post(f"{PATH}/{integration_id}/verify").json()
    assert reply["state"] == "connected"
    assert [(attempt["kind"], attempt["call"], attempt["allowed"]) for attempt in reply["attempts"]] == [
        ("with_external_id", "sts:AssumeRole", True),
        ("without_external_id", "sts:AssumeRole", False),
        ("live_session", "ec2:DescribeVpcs", True),
    ]


def test_a_cut_shows_in_the_live_session_while_the_role_still_opens(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()
    vendor.aws.probe_allowed = False
    reply = installer.post(f"{PATH}/{integration_id}/verify").json()
    assert reply["state"] == "connected"
    assert [(attempt["allowed"], attempt["error_code"]) for attempt in reply["attempts"]][2:] == [
        (False, "UnauthorizedOperation")
    ]


def test_a_closed_role_is_lost_and_its_live_session_still_tried(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()
    vendor.aws.opens = lambda given: False
    vendor.aws.probe_allowed = False
    reply = installer.post(f"{PATH}/{integration_id}/verify").json()
    assert reply["state"] == "lost"
    assert [attempt["allowed"] for attempt in reply["attempts"]] == [False, False, False]
    assert installer.get(f"{PATH}/{integration_id}").json()["state"] == "lost"
    assert installer.post(f"{PATH}/{integration_id}/verify").json()["state"] == "lost"


def test_a_lost_integration_that_opens_again_is_connected(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()
    vendor.aws.opens = lambda given: False
    installer.post(f"{PATH}/{integration_id}/verify")
    vendor.trust_exactly(installer)
    assert installer.post(f"{PATH}/{integration_id}/verify").json()["state"] == "connected"


def test_verify_of_a_rejected_role_does_not_call_it_lost(vendor: Vendor, installer: Installer) -> None:
    vendor.aws.opens = lambda given: False
    rejected = settled(vendor, installer)
    assert installer.post(f"{PATH}/{rejected['id']}/verify").json()["state"] == "rejected"


def test_a_role_that_lost_its_condition_is_rejected(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()
    vendor.aws.opens = lambda given: True
    assert installer.post(f"{PATH}/{integration_id}/verify").json()["state"] == "rejected"


def test_an_expired_session_is_tried_no_more(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()
    vendor.clock.advance(minutes=14)
    installer.token = vendor.services.tokens._issue(_client_id(vendor)).access_token
    vendor.aws.opens = lambda given: False
    assert len(installer.post(f"{PATH}/{integration_id}/verify").json()["attempts"]) == 3
    vendor.clock.advance(minutes=1)
    assert len(installer.post(f"{PATH}/{integration_id}/verify").json()["attempts"]) == 2


def test_leaving_is_lost_and_coming_back_is_the_same(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()
    assert installer.delete(f"{PATH}/{integration_id}").status_code == 204
    assert installer.get(f"{PATH}/{integration_id}").json()["state"] == "lost"
    reply = installer.post(f"{PATH}/{integration_id}/verify").json()
    assert (reply["state"], reply["attempts"][0]["allowed"]) == ("lost", True)
    assert installer.delete(f"{PATH}/{integration_id}").status_code == 204
    assert installer.connected() == integration_id


def test_aws_not_answering_is_no_verdict_on_verify(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()

    def unreachable(*_: object) -> tuple[Answer, None]:
        raise AwsUnreachable("AWS did not answer.")

    vendor.aws.assume = unreachable  # type: ignore[method-assign,assignment]
    assert_problem(installer.post(f"{PATH}/{integration_id}/verify"), 502, "aws-unreachable")
    assert installer.get(f"{PATH}/{integration_id}").json()["state"] == "connected"


def test_somebody_elses_integration_does_not_exist(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()
    stranger = vendor.installer()
    same_customer_other_account = vendor.installer(
        {
            "trust": {"external_id": installer.claims["trust"]["external_id"]},
            "customer": {"aws_account_id": OTHER_ACCOUNT},
        }
    )
    for other in (stranger, same_customer_other_account):
        for path in ("", "/regions", "/networks?region=us-east-1", "/access-requests"):
            assert_problem(other.get(f"{PATH}/{integration_id}{path}"), 404, "not-found")
        assert_problem(other.post(f"{PATH}/{integration_id}/verify"), 404, "not-found")
        assert_problem(other.delete(f"{PATH}/{integration_id}"), 404, "not-found")
        assert_problem(other.install(integration_id), 404, "not-found")
    assert stranger.connect().json()["id"] != integration_id


def _client_id(vendor: Vendor) -> str:
    (client_id,) = vendor.services.store.clients
    return client_id
