"""Answers of an installation that went through the whole journey, for tests of what keeps and shows them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network
from uuid import UUID

from installer.answers import Account, Answers, Connection, Network, Permissions, Product, Review, Wishes
from installer.evidence import Evidence, Source, State
from installer.installation import Installation, InstallationState
from installer.invitation import Invitation
from installer.policy.document import Document
from tests.support.invitations import NOW, claims

ACCOUNT = "222222222222"


def invitation() -> Invitation:
    return Invitation.model_validate_json(json.dumps(claims()))


def document(*actions: str) -> Document:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*", "Condition": {"Bool": {"a": "true"}}}
    return Document.from_object({"Version": "2012-10-17", "Statement": [statement]})


def settled(name: str = "popsql", account_id: str = ACCOUNT) -> Answers:
    """Every section filled in, each optional value present."""
    evidence = Evidence(
        "Release can assume the role", State.VERIFIED, Source.VENDOR, NOW, "sts:AssumeRole", "r-1", "“with external id”"
    )
    policies = f"arn:aws:iam::{account_id}:policy/houseguest/{name}"
    stacks = f"arn:aws:cloudformation:us-east-1:{account_id}:stack/{name}"
    return Answers(
        invitation=invitation(),
        wishes=Wishes(
            name,
            preset="own",
            own_boundary=document("ec2:*"),
            cidr=IPv4Network("10.64.0.0/16"),
            avoid=(IPv4Network("10.0.0.0/8"), IPv4Network("192.168.0.0/24")),
            email="jane@acme.example",
        ),
        account=Account(account_id, f"arn:aws:iam::{account_id}:user/jane", "AIDA1", "aws", "acme", False),
        permissions=Permissions("own", document("ec2:*"), document("s3:*")),
        connection=Connection(
            f"{stacks}-access/1",
            f"{stacks}-role/2",
            f"arn:aws:iam::{account_id}:role/release/{name}-operator",
            f"{policies}-operator-boundary",
            f"{policies}-workload-boundary",
            "int_1",
            (evidence, replace(evidence, state=State.NOT_CHECKED)),
            "ins_1",
        ),
        network=Network("eu-west-1", IPv4Network("10.64.0.0/16"), (evidence,)),
        review=Review(NOW + timedelta(microseconds=1)),
        product=Product("ins_1", "2.41.0", "https://p.example", "https://p.example/h", ("203.0.113.7",), (evidence,)),
    )


def installation(name: str = "popsql", account_id: str = ACCOUNT, *, number: int = 1) -> Installation:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    answers = settled(name, account_id)
    return Installation(str(UUID(int=number)), answers, InstallationState.INSTALLED, at, at, "fingerprint")
