"""The vendor as a process of its own in the sandbox: it really assumes the role and really deploys."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from installer.sandbox import SandboxInfo
from installer.sandbox.vendor import invitations, signing
from tests.sandbox.support.actors import allow, deny, profile
from tests.sandbox.vendor.customer import EVERYTHING, WHOLE, Customer, counts, inventory, trust_of

REGION = "eu-west-1"
LIMIT_SECONDS = 60.0

_numbers = itertools.count(1)


@dataclass
class Api:
    """The vendor's API over the wire, as one installer."""

    http: httpx.Client
    claims: dict[str, Any]

    def get(self, path: str) -> dict[str, Any]:
        return dict(self.http.get(path).raise_for_status().json())

    def post(self, path: str, body: Any = None) -> dict[str, Any]:
        reply = self.http.post(path, json=body, headers={"Idempotency-Key": uuid4().hex})
        return dict(reply.raise_for_status().json())

    def connect(self, customer: Customer) -> dict[str, Any]:
        path = f"/v1/integrations/{self.post('/v1/integrations', customer.integration(self.claims['jti']))['id']}"
        return self._until_not(path, "pending")

    def install(self, integration: dict[str, Any], cidr: str = "10.64.0.0/16") -> dict[str, Any]:
        body = {"integration_id": integration["id"], "region": REGION, "cidr": cidr, "options": {}}
        return self.settled(self.post("/v1/installs", body)["id"])

    def settled(self, install_id: str) -> dict[str, Any]:
        return self._until_not(f"/v1/installs/{install_id}", "installing", "upgrading")

    def attempts(self, integration: dict[str, Any]) -> tuple[str, dict[str, list[bool]]]:
        reply = self.post(f"/v1/integrations/{integration['id']}/verify")
        told: dict[str, list[bool]] = {}
        for attempt in reply["attempts"]:
            told.setdefault(attempt["kind"], []).append(attempt["allowed"])
        return str(reply["state"]), told

    def health(self, install: dict[str, Any]) -> int:
        return self.http.get(install["endpoints"]["health_url"]).status_code

    def _until_not(self, path: str, *states: str) -> dict[str, Any]:
        deadline = time.monotonic() + LIMIT_SECONDS
        while (found := self.get(path))["state"] in states and time.monotonic() < deadline:
            time.sleep(0.02)
        return found


@pytest.fixture(scope="module")
def api(sandbox: SandboxInfo) -> Iterator[Api]:
    invitation = Path(sandbox.invitation).read_text("ascii")
    with httpx.Client(base_url=sandbox.control_plane_url, timeout=40, trust_env=False) as http:
        key = signing.public_jwk(Ed25519PrivateKey.generate().public_key())
        token = http.post("/v1/sessions", json={"invitation": invitation, "public_key": key}).json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield Api(http, invitations.read_claims(invitation))


@pytest.fixture
def customer(sandbox: SandboxInfo, api: Api) -> Customer:
    return Customer(sandbox, f"pop{next(_numbers)}", api.claims["trust"]["external_id"])


def test_from_a_role_to_a_product_that_outlives_it(sandbox: SandboxInfo, api: Api, customer: Customer) -> None:
    """The whole life of an installation: proven, installed, upgraded, cut, deleted, and running all along."""
    integration = api.connect(customer)
    assert (integration["state"], integration["reason"]) == ("connected", None)
    assert integration["proof"]["without_external_id"]["error_code"] == "AccessDenied"

    install = api.install(integration)
    assert (install["state"], install["error"]) == ("installed", None)
    assert counts(customer.admin, customer.name, REGION) == WHOLE
    assert api.health(install) == 200
    assert api.attempts(integration) == (
        "connected",
        {"with_external_id": [True], "without_external_id": [False], "live_session": [True, True]},
    )

    api.post(f"/v1/installs/{install['id']}/upgrade", {})
    assert api.settled(install["id"])["product_version"] == "2.42.0"

    customer.restrict(deny("*"))
    state, told = api.attempts(integration)
    assert (state, told["with_external_id"], set(told["live_session"])) == ("connected", [True], {False})
    api.post(f"/v1/installs/{install['id']}/upgrade", {"version": "9.0.0"})
    denied = api.settled(install["id"])
    assert (denied["state"], denied["product_version"]) == ("installed", "2.42.0")
    assert denied["error"]["action"] == "eks:DescribeCluster"
    assert api.health(install) == 200

    customer.delete_role()
    state, told = api.attempts(integration)
    assert (state, told["with_external_id"], set(told["live_session"])) == ("lost", [False], {False})
    assert api.health(install) == 200

    customer.restrict(EVERYTHING)
    customer.make_role(api.claims["trust"]["external_id"])
    again = api.connect(customer)
    assert (again["id"], again["state"], again["install_id"]) == (integration["id"], "connected", install["id"])
    assert api.install(again)["id"] == install["id"]
    assert counts(customer.admin, customer.name, REGION) == WHOLE


def test_what_is_made_is_named_tagged_and_under_the_workload_boundary(api: Api, customer: Customer) -> None:
    install = api.install(api.connect(customer), "10.80.0.0/20")
    assert install["state"] == "installed"
    admin, name = customer.admin, customer.name
    found = inventory(admin, name, REGION)
    for role in found["roles"]:
        described = admin("iam").get_role(RoleName=role["RoleName"])["Role"]
        assert described["PermissionsBoundary"]["PermissionsBoundaryArn"] == customer.workload_boundary
        assert role["RoleName"].startswith(f"{name}-")
        (statement,) = trust_of(admin, role["RoleName"])["Statement"]
        assert list(statement["Principal"]) == ["Service"]
    (vpc,) = found["vpcs"]
    assert vpc["CidrBlock"] == "10.80.0.0/20"
    for kind in ("vpcs", "subnets", "gateways", "addresses", "nats", "tables", "security_groups"):
        for resource in found[kind]:
            tags = {tag["Key"]: tag["Value"] for tag in resource["Tags"]}
            assert tags["houseguest:made-by"] == "release.example"
            assert tags["Name"].startswith(f"{name}-")
    (nat,) = found["nats"]
    (address,) = found["addresses"]
    assert [item["PublicIp"] for item in nat["NatGatewayAddresses"]] == [address["PublicIp"]]
    assert install["endpoints"]["egress_ips"] == [address["PublicIp"]]
    assert install["endpoints"]["load_balancer"] == found["balancers"][0]["DNSName"]
    cluster = admin("eks", REGION).describe_cluster(name=name)["cluster"]
    assert cluster["tags"]["houseguest:installation"] == name
    assert len(install["resources"]) == len({resource["arn"] for resource in install["resources"]}) == 32


def test_the_product_is_down_without_its_own_role(api: Api, customer: Customer) -> None:
    install = api.install(api.connect(customer))
    assert api.health(install) == 200
    iam = customer.admin("iam")
    iam.delete_role_policy(RoleName=f"{customer.name}-app", PolicyName="product")
    reply = api.http.get(install["endpoints"]["health_url"])
    assert reply.status_code == 503
    assert [check["name"] for check in reply.json()["checks"] if check["passed"]] == ["credentials"]


def test_a_denied_call_stops_the_install_and_retry_makes_nothing_twice(api: Api, customer: Customer) -> None:
    customer.restrict(EVERYTHING, deny("iam:CreateRole"))
    install = api.install(api.connect(customer))
    for action, step in (
        ("iam:CreateInstanceProfile", "instance-profile"),
        ("ec2:CreateNatGateway", "nat-gateway"),
        ("eks:CreateNodegroup", "node-group"),
        ("rds:CreateDBInstance", "database"),
        ("elasticloadbalancing:CreateTargetGroup", "listener"),
    ):
        customer.restrict(EVERYTHING, deny(action))
        api.post(f"/v1/installs/{install['id']}/retry")
        install = api.settled(install["id"])
        assert (install["state"], install["error"]["action"]) == ("failed", action)
        events = api.get(f"/v1/installs/{install['id']}/events?after=0")["events"]
        assert [(event["step"], event["state"]) for event in events[-2:]] == [(step, "failed"), ("install", "failed")]
    customer.restrict(EVERYTHING)
    api.post(f"/v1/installs/{install['id']}/retry")
    assert api.settled(install["id"])["state"] == "installed"
    assert counts(customer.admin, customer.name, REGION) == WHOLE


def test_pausing_and_going_on_makes_nothing_twice(api: Api, customer: Customer) -> None:
    integration = api.connect(customer)
    body = {"integration_id": integration["id"], "region": REGION, "cidr": "10.64.0.0/16", "options": {}}
    install_id = api.post("/v1/installs", body)["id"]
    for _ in range(5):
        reply = api.http.post(f"/v1/installs/{install_id}/pause")
        if reply.status_code == 409:
            break
        assert api.post(f"/v1/installs/{install_id}/retry")["state"] == "installing"
    assert api.settled(install_id)["state"] == "installed"
    assert counts(customer.admin, customer.name, REGION) == WHOLE


def test_the_vendors_minimal_boundary_is_enough(api: Api, customer: Customer) -> None:
    boundary = api.claims["permissions"]["minimal_boundary"]
    customer.restrict(boundary["Statement"][1])
    install = api.install(api.connect(customer))
    assert (install["state"], install["error"]) == ("installed", None)


def test_a_role_under_no_workload_boundary_cannot_be_made(api: Api, customer: Customer) -> None:
    """The template's own policy holds the vendor to it: CreateRole without the boundary is not allowed."""
    integration = api.connect(customer)
    wrong = customer.integration(api.claims["jti"]) | {"workload_boundary_arn": customer.operator_boundary}
    api.post("/v1/integrations", wrong)
    api._until_not(f"/v1/integrations/{integration['id']}", "pending")
    install = api.install(integration)
    assert (install["state"], install["error"]["action"]) == ("failed", "iam:CreateRole")
    assert counts(customer.admin, customer.name, REGION)["roles"] == 0


def test_a_role_of_that_name_elsewhere_is_not_taken(api: Api, customer: Customer) -> None:
    customer.admin("iam").create_role(
        RoleName=f"{customer.name}-cluster",
        AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
        '"Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
    )
    install = api.install(api.connect(customer))
    assert (install["state"], install["error"]["action"]) == ("failed", "iam:GetRole")


def test_a_database_of_that_name_is_not_taken(api: Api, customer: Customer) -> None:
    customer.admin("rds", REGION).create_db_instance(
        DBInstanceIdentifier=customer.name, DBInstanceClass="db.t4g.micro", Engine="postgres",
        MasterUsername="owner", MasterUserPassword="customers-own", AllocatedStorage=20,
    )  # fmt: skip
    install = api.install(api.connect(customer))
    assert (install["state"], install["error"]["code"]) == ("failed", "AlreadyExists")
    assert "does not belong to this installation" in install["error"]["message"]


def test_the_customers_session_names_tell_what_they_are_for(api: Api, customer: Customer) -> None:
    customer.restrict(allow("ec2:DescribeVpcs"))
    install = api.install(api.connect(customer))
    assert f"release-{customer.name}-install" in install["error"]["message"]


def test_the_vendor_speaks_with_the_exact_principal_of_the_invitation(sandbox: SandboxInfo, api: Api) -> None:
    identity = profile(sandbox, sandbox.vendor_profile)("sts").get_caller_identity()
    assert identity["Account"] == api.claims["trust"]["principal_arn"].split(":")[4]
    assert "assumed-role/release-deploy/" in identity["Arn"]
