"""The demo's checks can fail: whatever each of them guards is broken on purpose, and exactly it turns red and says why.

One sandbox serves the module. The journey goes on from test to test: installed, removed, installed again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from installer.sandbox import Sandbox, SandboxInfo
from installer.sandbox.checks.check import Check, Wrong, check, insist
from installer.sandbox.checks.customer import holdings
from installer.sandbox.checks.health import HealthWatch
from installer.sandbox.checks.journey import Before, Scene, after_install, after_reconnect, after_removal, beside
from installer.sandbox.checks.witness import INSTALLATION_TAG, Told, Witness
from tests.sandbox.support import breaking
from tests.sandbox.support.breaking import COMPUTERS, ELSEWHERE, OURS, THE_VENDOR, THE_VENDORS_ACCOUNT, Break, together

HOUSEGUEST = str(Path(sys.executable).with_name("houseguest"))
SPEED = 20.0
NAME = "popsql"
REGION = "eu-west-1"
BLOCK = "10.77.0.0/16"

Red = dict[str, str]
"""The checks that must fail, each with words from what it must say."""


@dataclass(frozen=True)
class Workstation:
    """Where the commands are run."""

    info: SandboxInfo
    home: Path

    def houseguest(self, *arguments: str) -> dict[str, Any]:
        settings = {
            "AWS_CONFIG_FILE": self.info.aws_config_file,
            "AWS_SHARED_CREDENTIALS_FILE": self.info.aws_shared_credentials_file,
            "AWS_PROFILE": self.info.admin_profile,
            "HOUSEGUEST_HOME": str(self.home),
        }
        command = [HOUSEGUEST, *arguments, "--invitation", self.info.invitation, "--yes", "--json"]
        ran = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        printed: dict[str, Any] = json.loads(ran.stdout)
        return printed

    def install(self) -> dict[str, Any]:
        return self.houseguest("install", "--name", NAME, "--region", REGION, "--cidr", BLOCK)


@pytest.fixture(scope="module")
def workstation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workstation]:
    with Sandbox.start(speed=SPEED) as info:
        yield Workstation(info, tmp_path_factory.mktemp("houseguest"))


@pytest.fixture(scope="module")
def scene(workstation: Workstation) -> Scene:
    witness = Witness(workstation.info)
    before = holdings(witness)
    installed = witness.installed(workstation.install())
    return Scene(witness, installed, witness.hold_session(installed), workstation.home, before)


def red(found: tuple[Check, ...]) -> Red:
    """What failed, without the name of the phase."""
    return {one.name.partition(".")[2]: one.detail for one in found if not one.passed}


def says(found: tuple[Check, ...], expected: Red) -> None:
    failed = red(found)
    assert failed.keys() == expected.keys(), failed
    for name, words in expected.items():
        assert words in failed[name], failed[name]


# Installed

NOT_BY_THE_BOUNDARY = "denied, but not by the boundary"
FREE: Red = {
    "session_cannot_read_customers_data": "It was allowed",
    "session_cannot_leave_the_region": "It was allowed",
    "session_cannot_detach_the_boundary": NOT_BY_THE_BOUNDARY,
    "session_cannot_make_free_roles": NOT_BY_THE_BOUNDARY,
}

INSTALLED: dict[str, tuple[Break, Red]] = {
    "another role was told": (
        breaking.told(role_arn="arn:aws:iam::222222222222:role/release/other"),
        {"told_the_truth": "role_arn is arn:aws:iam::222222222222:role/release/popsql-operator"},
    ),
    "stacks of another name were told": (
        breaking.told(stack_ids=[]),
        {"told_the_truth": "stack_ids"},
    ),
    "the vendor's whole account is trusted": (
        breaking.principal({"AWS": [THE_VENDOR["AWS"], THE_VENDORS_ACCOUNT["AWS"]]}),
        {"trust_names_only_the_vendor": "111111111111:root"},
    ),
    "a service is trusted as well": (
        breaking.principal({**THE_VENDOR, **COMPUTERS}),
        {"trust_names_only_the_vendor": "ec2.amazonaws.com"},
    ),
    "the condition of the external id is dropped": (
        breaking.condition({}),
        {
            "trust_requires_the_external_id": "external id None",
            "no_session_without_it": "got a session",
            "no_session_with_a_wrong_one": "got a session",
        },
    ),
    "any external id will do": (
        breaking.condition({"StringLike": {"sts:ExternalId": "*"}}),
        {"trust_requires_the_external_id": "external id None", "no_session_with_a_wrong_one": "got a session"},
    ),
    "another customer's external id": (
        breaking.condition({"StringEquals": {"sts:ExternalId": "release:other"}}),
        {"trust_requires_the_external_id": "release:other", "session_with_the_external_id": "AccessDenied"},
    ),
    "the trust is closed": (
        breaking.closed_trust,
        {"session_with_the_external_id": "AccessDenied"},
    ),
    "the vendor has lost the role": (
        breaking.vendor_shut_out,
        {"session_with_the_external_id": "AccessDenied", "vendor_says_connected": "integration: lost"},
    ),
    "the boundary is detached": (
        breaking.detached,
        {"boundary_is_attached": "carries no boundary", **FREE},
    ),
    "another boundary is attached": (
        breaking.another_boundary,
        {"boundary_is_attached": "policy/houseguest/look-alike"},
    ),
    "the boundary allows everything": (
        breaking.allow_everything,
        {"boundary_holds_itself": "does not deny iam:DeleteRolePermissionsBoundary", **FREE},
    ),
    "nothing but the boundary would deny IAM, and it does not": (
        together(breaking.allow_everything, breaking.power_over_iam),
        {"boundary_holds_itself": "does not deny", **dict.fromkeys(FREE, "It was allowed")},
    ),
    "access is cut": (
        breaking.cut,
        {"boundary_holds_itself": "it denies everything", "session_can_work": "UnauthorizedOperation"},
    ),
    "the boundary does not guard itself": (
        breaking.boundary_without('"Sid": "Protect'),
        {
            "boundary_holds_itself": "iam:CreatePolicyVersion",
            "session_cannot_detach_the_boundary": NOT_BY_THE_BOUNDARY,
            "session_cannot_make_free_roles": NOT_BY_THE_BOUNDARY,
        },
    ),
    "the boundary does not guard data": (
        breaking.boundary_without('"Sid": "Tighten'),
        {"session_cannot_read_customers_data": "It was allowed"},
    ),
    "the boundary has no region": (
        breaking.boundary_without("aws:RequestedRegion"),
        {"session_cannot_leave_the_region": "It was allowed"},
    ),
    "the boundary lets roles be made without one": (
        breaking.boundary_without('"iam:PermissionsBoundary"'),
        {"session_cannot_make_free_roles": NOT_BY_THE_BOUNDARY},
    ),
    "a workload role has no boundary": (
        breaking.workload_role_unbounded,
        {"workload_roles_are_bounded": "popsql-app"},
    ),
    "the vendor made one more role, without a boundary": (
        breaking.role("popsql-extra", "/release/popsql/", COMPUTERS),
        {"workload_roles_are_bounded": "popsql-extra"},
    ),
    "another block was chosen": (
        breaking.told(cidr="10.79.0.0/16"),
        {
            "network_has_the_block": "10.79.0.0/16 was chosen, but vpc-",
            "product_opens": "10.79.0.0/16",
            "vendor_says_connected": "block: 10.77.0.0/16, not 10.79.0.0/16",
        },
    ),
    "a second network on another block": (
        breaking.network("10.78.0.0/16", REGION, of=NAME),
        {"network_has_the_block": "10.78.0.0/16", "nothing_is_there_twice": "VPC: vpc-"},
    ),
    "a second network in another region": (
        breaking.network("10.78.0.0/16", ELSEWHERE, of=NAME),
        {"nothing_is_there_twice": "VPC: vpc-"},
    ),
    "somebody's network overlaps": (
        breaking.network("10.77.128.0/20", ELSEWHERE),
        {"network_overlaps_nothing": "10.77.128.0/20", "customer_is_untouched": "is new"},
    ),
    "a route overlaps": (
        breaking.route_into_the_block,
        {"network_overlaps_nothing": "a route of rtb-", "customer_is_untouched": "route table"},
    ),
    "the nodes are gone": (breaking.nodes_gone, {"product_is_complete": "popsql-nodes"}),
    "the database is stopped": (breaking.database_stopped, {"product_is_complete": "database: stop"}),
    "the product's bucket is gone": (breaking.bucket_gone, {"product_is_healthy": "NoSuchBucket"}),
    "the address shows something else": (
        breaking.told_address_of_something_else,
        {"product_opens": "does not say PopSQL"},
    ),
    "a stack has lost a tag": (breaking.stack_untagged, {"stacks_are_whole": "houseguest:invitation"}),
    "a stack is there twice": (
        breaking.stack("popsql-role", "us-east-2", **{INSTALLATION_TAG: NAME}),
        {"nothing_is_there_twice": "stack: popsql-access, popsql-role, popsql-role"},
    ),
    "the role is there twice": (
        breaking.role("again", "/release/", COMPUTERS, Tags=breaking.tag_list({**OURS, INSTALLATION_TAG: NAME})),
        {"nothing_is_there_twice": "again"},
    ),
    "the database is nobody's": (
        breaking.database_disowned,
        {"nothing_is_there_twice": "database: none", "customer_is_untouched": "database popsql in eu-west-1 is new"},
    ),
    "the invitation on disk": (
        breaking.written("{invitation}"),
        {"no_secret_on_disk": "debug.log holds the invitation"},
    ),
    "a secret key on disk": (
        breaking.written("key={admin_secret}"),
        {"no_secret_on_disk": "the secret access key of the administrator"},
    ),
    "a key id on disk": (breaking.written('"{admin_key_id}"'), {"no_secret_on_disk": "an access key id"}),
    "a session token on disk": (
        breaking.written("{vendor_token}"),
        {"no_secret_on_disk": "the session token of the vendor"},
    ),
    "a bearer token on disk": (
        breaking.written("Authorization: Bearer qPuA7bNp0xR2mX9vJ4kTq8sWzYhLcEdF"),
        {"no_secret_on_disk": "a bearer token"},
    ),
    "some signed token on disk": (
        breaking.written("eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJlLW9mLXNvbWVib2R5"),
        {"no_secret_on_disk": "a signed token"},
    ),
    "a private key on disk": (
        breaking.written("-----BEGIN PRIVATE KEY-----"),
        {"no_secret_on_disk": "a private key"},
    ),
    "the wrong folder is searched": (breaking.wrong_home, {"no_secret_on_disk": "popsql is not saved there"}),
    "a file of the customer is changed": (
        breaking.file_changed,
        {"customer_is_untouched": "bucket acme-invoices has changed"},
    ),
    "a user of the customer is changed": (breaking.user_empowered, {"customer_is_untouched": "user bob has changed"}),
    "a database of the customer is changed": (
        breaking.database_resized,
        {"customer_is_untouched": "database acme-orders in us-east-1 has changed"},
    ),
    "a network of the customer is deleted": (breaking.network_deleted, {"customer_is_untouched": "is gone"}),
}


def test_what_is_installed_passes_every_check(scene: Scene) -> None:
    found = after_install(scene)

    assert red(found) == {}
    assert len(found) >= 16


@pytest.mark.parametrize(("broken", "expected"), INSTALLED.values(), ids=INSTALLED)
def test_a_broken_installation_turns_its_checks_red(scene: Scene, broken: Break, expected: Red) -> None:
    with broken(scene) as meanwhile:
        found = after_install(meanwhile)

    says(found, expected)


def test_a_broken_installation_was_put_right_by_the_check_that_found_it(scene: Scene) -> None:
    """An escape that a check tried and that succeeded leaves nothing behind."""
    with together(breaking.allow_everything, breaking.power_over_iam)(scene):
        after_install(scene)

    assert red(after_install(scene)) == {}


def test_every_check_of_an_installation_is_broken_by_some_test(scene: Scene) -> None:
    broken = {name for _, expected in INSTALLED.values() for name in expected}

    assert {one.name.partition(".")[2] for one in after_install(scene)} == broken


def test_a_second_installation_is_checked_against_the_first(scene: Scene) -> None:
    """Another's session that can read the first one's files, and the first one's product down."""
    assert red(beside(scene.installed, scene)) == {"kept_from_the_first": "It was allowed."}

    with breaking.bucket_gone(scene):
        says(
            beside(scene.installed, scene),
            {
                "product_is_healthy": "NoSuchBucket",
                "first_is_healthy": "NoSuchBucket",
                "kept_from_the_first": "NoSuchBucket",
            },
        )


# Removed


@dataclass(frozen=True)
class Removed:
    """`before` was read while access stood."""

    before: Before
    told: Told
    health: HealthWatch


@pytest.fixture(scope="module")
def removed(scene: Scene, workstation: Workstation) -> Removed:
    before = Before.read(scene.witness, scene.installed)
    with HealthWatch(scene.installed.told["health_url"], every_seconds=0.1) as health:
        told = workstation.houseguest("remove", NAME)
    return Removed(before, told, health)


REMOVED: dict[str, tuple[Break, Red]] = {
    "a role is left behind": (
        breaking.role("popsql-operator", "/elsewhere/", COMPUTERS),
        {"role_is_gone": "role/elsewhere/popsql-operator", "customer_is_untouched": "role popsql-operator is new"},
    ),
    "the role is left behind, and open": (
        breaking.role("popsql-operator", "/release/", THE_VENDOR),
        {
            "no_new_session": "got a session",
            "role_is_gone": "role/release/popsql-operator",
            "no_role_trusts_the_vendor": "role/release/popsql-operator",
            "vendor_says_shut_out": "with_external_id: allowed",
        },
    ),
    "the vendor has another role": (
        breaking.role("innocent", "/release/popsql/", THE_VENDOR),
        {"no_role_trusts_the_vendor": "innocent", "kept_for_its_reason": "there are innocent"},
    ),
    "the role's stack is left": (
        breaking.stack("popsql-role"),
        {"role_stack_is_gone": "popsql-role is still there, in the state CREATE_COMPLETE"},
    ),
    "the product is down": (
        breaking.bucket_gone,
        {"product_is_healthy": "NoSuchBucket"},
    ),
    "a workload role is free of its boundary": (
        breaking.workload_role_unbounded,
        {"kept_for_its_reason": "popsql-cluster, popsql-node; there are popsql-app"},
    ),
    "a secret is on disk": (breaking.written("{invitation}"), {"no_secret_on_disk": "the invitation"}),
    "a file of the customer is changed": (breaking.file_changed, {"customer_is_untouched": "acme-invoices"}),
}


def test_what_is_removed_passes_every_check(scene: Scene, removed: Removed) -> None:
    assert red(after_removal(scene, removed.told, removed.health)) == {}


@pytest.mark.parametrize(("broken", "expected"), REMOVED.values(), ids=REMOVED)
def test_a_bad_removal_turns_its_checks_red(scene: Scene, removed: Removed, broken: Break, expected: Red) -> None:
    with broken(scene) as meanwhile:
        found = after_removal(meanwhile, removed.told, removed.health)

    says(found, expected)


def test_a_live_session_that_still_works_turns_red(scene: Scene, removed: Removed) -> None:
    """The administrator's own, which nothing has cut."""
    found = after_removal(replace(scene, live=scene.witness.admin), removed.told, removed.health)

    says(found, {"live_session_is_cut_off": "is still allowed"})


STACK_KEPT = {"what": "stack popsql-access", "why": ""}


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ([], "Told as kept: nothing"),
        ([{"what": "stack popsql-access", "why": ""}], "Told as kept: stack popsql-access."),
        (
            [{"what": "stack popsql-access", "why": ""}, {"what": "policy popsql-workload-boundary", "why": ""}],
            "popsql-app",
        ),
    ],
)
def test_what_is_kept_must_be_told_with_its_reason(
    scene: Scene, removed: Removed, kept: list[dict[str, str]], words: str
) -> None:
    found = after_removal(scene, {**removed.told, "kept": kept}, removed.health)

    says(found, {"kept_for_its_reason": words})


def test_an_outage_meanwhile_turns_red(scene: Scene, removed: Removed) -> None:
    with breaking.bucket_gone(scene), HealthWatch(scene.installed.told["health_url"]) as health:
        pass

    says(after_removal(scene, removed.told, health), {"product_stayed_healthy": "1 of 1 answers were not healthy"})


def test_a_watch_that_hardly_looked_turns_red(scene: Scene, removed: Removed) -> None:
    with HealthWatch(scene.installed.told["health_url"]) as health:
        pass

    says(after_removal(scene, removed.told, health), {"product_stayed_healthy": "asked only 1 times"})


def test_every_check_of_a_removal_is_broken_by_some_test(scene: Scene, removed: Removed) -> None:
    broken = {name for _, expected in REMOVED.values() for name in expected}
    broken |= {"live_session_is_cut_off", "product_stayed_healthy"}

    found = after_removal(scene, removed.told, removed.health)

    assert {one.name.partition(".")[2] for one in found} == broken


# Installed again


@pytest.fixture(scope="module")
def again(scene: Scene, removed: Removed, workstation: Workstation) -> Scene:
    """The same, as the second install told it."""
    return replace(scene, installed=scene.witness.installed(workstation.install()))


@contextmanager
def _unchanged(scene: Scene) -> Iterator[Scene]:
    yield scene


AGAIN: dict[str, tuple[Break, dict[str, str], Red]] = {
    "the role has one more policy": (
        breaking.power_over_iam,
        {},
        {"role_has_the_same_rules": "Not as before: inline policies"},
    ),
    "the boundary is wider": (
        breaking.boundary_without('"Sid": "Tighten'),
        {},
        {"role_has_the_same_rules": "Not as before: boundary document"},
    ),
    "it is another network": (_unchanged, {"vpc_id": "vpc-1"}, {"same_network": "it was vpc-1"}),
    "it is another install": (_unchanged, {"install_id": "ins_1"}, {"same_install": "it was ins_1"}),
    "there is a second network": (
        breaking.network("10.78.0.0/16", REGION, of=NAME),
        {},
        {"same_network": "popsql has 2 networks", "nothing_is_there_twice": "VPC: vpc-"},
    ),
}


def test_what_is_reconnected_passes_every_check(again: Scene, removed: Removed) -> None:
    assert red(after_reconnect(again.witness, again.installed, removed.before, removed.health)) == {}


@pytest.mark.parametrize(("broken", "before", "expected"), AGAIN.values(), ids=AGAIN)
def test_a_bad_reconnect_turns_its_checks_red(
    again: Scene, removed: Removed, broken: Break, before: dict[str, Any], expected: Red
) -> None:
    with broken(again) as meanwhile:
        was = replace(removed.before, **before)
        found = after_reconnect(meanwhile.witness, meanwhile.installed, was, removed.health)

    says(found, expected)


# One check


def test_what_cannot_be_read_has_not_passed(scene: Scene) -> None:
    found = check("role", lambda: str(scene.witness.admin("iam").get_role(RoleName="nobody")))

    assert not found.passed
    assert "could not be read" in found.detail
    assert "NoSuchEntity" in found.detail


def test_insisting_on_what_does_not_hold() -> None:
    with pytest.raises(Wrong, match="because"):
        insist(False, "because")
