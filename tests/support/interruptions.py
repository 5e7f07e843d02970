"""A sandbox in which commands are interrupted, and the reading of what they left behind.

`Bench.run` starts the real command line by the launcher of `killing.py`, through the proxies of `proxy.py`. Every check
reads AWS itself, what the vendor answered on the wire, and the files of the installer's home.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from installer.installation import InstallationState
from installer.journal import Journal
from installer.names import TAG_INSTALLATION, TAG_INVITATION, TAG_MADE_BY, Names
from installer.profiles import ProfileStore
from installer.sandbox import Sandbox, SandboxInfo
from tests.sandbox.support.actors import CUSTOMER, Actor, profile
from tests.support.killing import KillPoint, Orders
from tests.support.proxy import Exchange, Plan, Proxy, forward

ROOT = Path(__file__).parents[2]
SPEED = 50.0
REGION = "us-east-1"
ROLE_PATH = "/release/"
COMMAND_SECONDS = 240.0
MOST_POLICY_VERSIONS = 5
_IN_REVIEW = "REVIEW_IN_PROGRESS"
_GONE = "DELETE_COMPLETE"
_WHOLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
_SIGKILL = -9


@dataclass(frozen=True)
class Ran:
    """How a command ended. `out` is its one JSON document, None where it printed none."""

    code: int
    out: Any
    err: str

    @property
    def was_killed(self) -> bool:
        return self.code == _SIGKILL

    @property
    def error(self) -> dict[str, Any]:
        found = (self.out or {}).get("error", {})
        return dict(found)


@dataclass
class Running:
    """A command under way."""

    process: subprocess.Popen[str]

    def wait(self) -> Ran:
        out, err = self.process.communicate(timeout=COMMAND_SECONDS)
        return Ran(self.process.returncode, json.loads(out) if out.strip() else None, err)


@dataclass
class Bench:
    """One sandbox, both proxies, and a home for each installation below `homes`."""

    info: SandboxInfo
    aws: Proxy
    vendor: Proxy
    homes: Path
    _history: dict[str, list[list[Exchange]]] = field(default_factory=dict)

    @staticmethod
    @contextmanager
    def open(homes: Path, scenario: str = "default", *, speed: float = SPEED) -> Iterator[Bench]:
        with ExitStack() as stack:
            info = stack.enter_context(Sandbox.start(scenario, speed=speed))
            aws = stack.enter_context(Proxy.to(_port(info.endpoint_url)))
            vendor = stack.enter_context(Proxy.to(_port(info.control_plane_url)))
            yield Bench(info, aws, vendor, homes)

    @cached_property
    def admin(self) -> Actor:
        return profile(self.info, self.info.admin_profile)

    def run(
        self,
        name: str,
        *arguments: str,
        kill: KillPoint | None = None,
        aws: Plan = forward,
        vendor: Plan = forward,
        redirect: Mapping[int, int] | None = None,
    ) -> Ran:
        """Run `houseguest <arguments>` for the installation `name` to its end, however it ends."""
        return self.start(name, *arguments, kill=kill, aws=aws, vendor=vendor, redirect=redirect).wait()

    def start(
        self,
        name: str,
        *arguments: str,
        kill: KillPoint | None = None,
        aws: Plan = forward,
        vendor: Plan = forward,
        redirect: Mapping[int, int] | None = None,
    ) -> Running:
        for proxy, plan in ((self.aws, aws), (self.vendor, vendor)):
            proxy.begin(plan)
            self._history.setdefault(name, []).append(proxy.exchanges)
        running = self.start_beside(name, *arguments, kill=kill, redirect=redirect)
        self.aws.victim = self.vendor.victim = running.process.pid
        return running

    def start_beside(
        self, name: str, *arguments: str, kill: KillPoint | None = None, redirect: Mapping[int, int] | None = None
    ) -> Running:
        """Start another command while one runs: the plans and counts of the proxies stay as they are."""
        ports = {
            _port(self.info.endpoint_url): self.aws.port,
            _port(self.info.control_plane_url): self.vendor.port,
            **(redirect or {}),
        }
        orders = Orders(kill, ports).to_json()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.killing", orders, *arguments],
            cwd=ROOT,
            env=self._environment(name),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return Running(process)

    def install(self, name: str, **more: Any) -> Ran:
        return self.run(name, *self.install_arguments(name), **more)

    def install_arguments(self, name: str) -> tuple[str, ...]:
        # Small blocks, so that many installations fit beside one another.
        return ("install", "--invitation", self.info.invitation, "--name", name, "--prefix", "24", "--yes", "--json")

    def resume(self, name: str, **more: Any) -> Ran:
        """Go on as the documentation says; an installation that was not saved yet is begun again."""
        resumed = self.run(
            name, "install", "--resume", name, "--invitation", self.info.invitation, "--yes", "--json", **more
        )
        if resumed.error.get("code") == "profile" and "no saved installation" in resumed.error["message"]:
            return self.install(name, **more)
        return resumed

    def remove(self, name: str, *options: str, **more: Any) -> Ran:
        return self.run(name, "remove", name, "--yes", "--json", *options, **more)

    def _environment(self, name: str) -> dict[str, str]:
        home = self.homes / name
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "HOUSEGUEST_HOME": str(home / "houseguest"),
            "AWS_CONFIG_FILE": self.info.aws_config_file,
            "AWS_SHARED_CREDENTIALS_FILE": self.info.aws_shared_credentials_file,
            "AWS_PROFILE": self.info.admin_profile,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    # What is left behind

    def journal(self, name: str) -> Journal:
        return Journal(self._store(name).root / "installations" / f"{CUSTOMER}.{name}" / "journal.jsonl")

    def state(self, name: str) -> InstallationState:
        return self._store(name).load(name).state

    def exchanges(self, name: str) -> tuple[Exchange, ...]:
        """All that the installer asked for this installation, in all its commands."""
        return tuple(exchange for run in self._history.get(name, []) for exchange in run)

    def faults_of_install(self, name: str) -> list[str]:
        """What is not as one undisturbed install leaves it; empty if nothing."""
        faults = Faults()
        self._stacks(name, ("access", "role"), faults)
        self._iam(name, faults)
        self._product(name, faults)
        self._vendor(name, faults)
        self._home(name, InstallationState.INSTALLED, faults)
        return faults.found

    def faults_of_removal(self, name: str) -> list[str]:
        """The same after a removal beside a product that runs on."""
        faults = Faults()
        self._stacks(name, ("access",), faults)
        faults.expect("vendor's roles", [], self._operator_roles(name))
        session = self.session(name)
        faults.expect("what a new session of the vendor can do", set(), session.allowed() if session else set())
        self._boundaries(name, faults)
        self._product(name, faults)
        self._home(name, InstallationState.REMOVED, faults)
        return faults.found

    def _store(self, name: str) -> ProfileStore:
        return ProfileStore(self.homes / name / "houseguest")

    def _stacks(self, name: str, wanted: tuple[str, ...], faults: Faults) -> None:
        cloudformation = self.admin("cloudformation")
        pages = cloudformation.get_paginator("list_stacks").paginate()
        standing = [
            (stack["StackName"], stack["StackStatus"])
            for page in pages
            for stack in page["StackSummaries"]
            if stack["StackName"].startswith(f"{name}-") and stack["StackStatus"] != _GONE
        ]
        faults.expect("stacks", [f"{name}-{part}" for part in wanted], sorted(stack for stack, _ in standing))
        faults.expect("unfinished stacks", [], [stack for stack in standing if stack[1] not in _WHOLE])
        for stack, status in standing:
            if status == _IN_REVIEW:
                continue
            sets = cloudformation.list_change_sets(StackName=stack)["Summaries"]
            left = [change["ChangeSetName"] for change in sets if change["ExecutionStatus"] == "AVAILABLE"]
            faults.expect(f"change sets of {stack} that wait", [], left)

    def _iam(self, name: str, faults: Faults) -> None:
        names = Names(name, CUSTOMER, ROLE_PATH)
        roles = self._operator_roles(name)
        faults.expect("vendor's roles", [names.operator_role_arn], [role["Arn"] for role in roles])
        carried = [role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn") for role in roles]
        faults.expect("the role's boundary", [names.operator_boundary_arn], carried)
        self._boundaries(name, faults)

    def _operator_roles(self, name: str) -> list[dict[str, Any]]:
        iam = self.admin("iam")
        pages = iam.get_paginator("list_roles").paginate(PathPrefix=ROLE_PATH)
        own = [role["RoleName"] for page in pages for role in page["Roles"] if role["Path"] == ROLE_PATH]
        return [iam.get_role(RoleName=role)["Role"] for role in own if role == f"{name}-operator"]

    def _boundaries(self, name: str, faults: Faults) -> None:
        iam, names = self.admin("iam"), Names(name, CUSTOMER, ROLE_PATH)
        pages = iam.get_paginator("list_policies").paginate(Scope="Local", PathPrefix="/houseguest/")
        arns = [policy["Arn"] for page in pages for policy in page["Policies"]]
        own = sorted(arn for arn in arns if arn.rpartition("/")[2].startswith(f"{name}-"))
        faults.expect("boundaries", [names.operator_boundary_arn, names.workload_boundary_arn], own)
        for arn in own:
            versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
            faults.expect(f"too many versions of {arn}", True, len(versions) <= MOST_POLICY_VERSIONS)
            tags = [tag["Key"] for tag in iam.list_policy_tags(PolicyArn=arn)["Tags"]]
            faults.expect(f"tags of {arn}", {TAG_INSTALLATION, TAG_MADE_BY, TAG_INVITATION}, set(tags))

    def _product(self, name: str, faults: Faults) -> None:
        for what, count in self.product(name).items():
            faults.expect(what, 1, count)

    def product(self, name: str) -> dict[str, int]:
        """How many there are of each kind of which an installation has one."""
        ec2 = self.admin("ec2")
        filters = [{"Name": f"tag:{TAG_INSTALLATION}", "Values": [name]}]
        balancers = self.admin("elbv2").describe_load_balancers()["LoadBalancers"]
        databases = self.admin("rds").describe_db_instances()["DBInstances"]
        buckets = self.admin("s3").list_buckets()["Buckets"]
        gateways = ec2.describe_nat_gateways(Filters=filters)["NatGateways"]
        own = {"Key": TAG_INSTALLATION, "Value": name}
        # Of addresses the local AWS answers with all, whatever filter is given.
        addresses = [address for address in ec2.describe_addresses()["Addresses"] if own in address.get("Tags", ())]
        return {
            "networks": len(ec2.describe_vpcs(Filters=filters)["Vpcs"]),
            "NAT gateways": sum(gateway["State"] != "deleted" for gateway in gateways),
            "addresses": len(addresses),
            "clusters": self.admin("eks").list_clusters()["clusters"].count(name),
            "databases": sum(database["DBInstanceIdentifier"] == name for database in databases),
            "buckets": sum(bucket["Name"].startswith(f"{name}--") for bucket in buckets),
            "load balancers": sum(balancer["LoadBalancerName"].startswith(f"{name}-") for balancer in balancers),
        }

    def _vendor(self, name: str, faults: Faults) -> None:
        """The only way to a second integration or install is a POST; every reply to one was seen here."""
        for what in ("integrations", "installs"):
            faults.expect(f"{what} at the vendor", 1, len(self._vendor_ids(name, what)))

    def _vendor_ids(self, name: str, what: str) -> set[str]:
        call = f"vendor:POST /v1/{what}"
        return {
            exchange.json()["id"]
            for exchange in self.exchanges(name)
            if exchange.asked.call == call and exchange.status in (200, 202)
        }

    def _home(self, name: str, state: InstallationState, faults: Faults) -> None:
        faults.expect("saved state", state, self.state(name))
        faults.expect("open intents", (), self.journal(name).open_intents())
        left = [path.name for path in (self.homes / name).rglob(".*.new")]
        faults.expect("half written files", [], left)

    # The vendor's side

    def session(self, name: str) -> VendorSession | None:
        """A session of the vendor's role, as its own deployments use; None if it cannot have one."""
        claims = _claims(Path(self.info.invitation).read_text())
        try:
            actor = profile(self.info, self.info.vendor_profile).assume(
                Names(name, CUSTOMER, ROLE_PATH).operator_role_arn, ExternalId=claims["trust"]["external_id"]
            )
        except ClientError:
            return None
        return VendorSession(actor, name)


@dataclass
class Faults:
    """What differs from what is expected, in words."""

    found: list[str] = field(default_factory=list)

    def expect(self, what: str, wanted: object, seen: object) -> None:
        if wanted != seen:
            self.found.append(f"{what}: {seen!r} instead of {wanted!r}")


@dataclass(frozen=True)
class VendorSession:
    """A live session of the vendor's role, kept over what happens to the role."""

    actor: Actor
    name: str

    def allowed(self) -> set[str]:
        """Which of many calls AWS lets it make. None of them changes anything where the boundary holds."""
        return {call for call, attempt in self._attempts().items() if _lets(attempt)}

    def escapes(self) -> set[str]:
        """What no boundary that the installer composes ever lets it do, and it can."""
        return self.allowed() & _NEVER

    def _attempts(self) -> dict[str, Callable[[], object]]:
        names = Names(self.name, CUSTOMER, ROLE_PATH)
        actor, role, policy = self.actor, names.operator_role, names.operator_boundary_arn
        here, elsewhere = actor("ec2", REGION), actor("ec2", "eu-west-1")
        iam, cloudformation = actor("iam"), actor("cloudformation")
        return {
            "look at networks": here.describe_vpcs,
            "look at networks elsewhere": elsewhere.describe_vpcs,
            "make a network": lambda: here.create_vpc(CidrBlock="10.99.0.0/24", DryRun=True),
            "look at the cluster": lambda: actor("eks").describe_cluster(name=self.name),
            "look at databases": actor("rds").describe_db_instances,
            "look at log groups": actor("logs").describe_log_groups,
            "read the secret": lambda: actor("secretsmanager").get_secret_value(SecretId=f"{self.name}/app"),
            "list roles": iam.list_roles,
            "make a user": lambda: iam.create_user(UserName=f"{self.name}-intruder"),
            "drop the boundary": lambda: iam.delete_role_permissions_boundary(RoleName=role),
            "widen the boundary": lambda: iam.create_policy_version(
                PolicyArn=policy, PolicyDocument=_EVERYTHING, SetAsDefault=True
            ),
            "use an older boundary": lambda: iam.set_default_policy_version(PolicyArn=policy, VersionId="v1"),
            "open the trust": lambda: iam.update_assume_role_policy(RoleName=role, PolicyDocument=_EVERYBODY),
            "delete the boundaries' stack": lambda: cloudformation.delete_stack(StackName=names.access_stack),
        }


_EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
_EVERYBODY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
)
_NEVER = {
    "make a user",
    "drop the boundary",
    "widen the boundary",
    "use an older boundary",
    "open the trust",
    "delete the boundaries' stack",
}
# What AWS answers where the caller may, but there is nothing, or nothing was to be done.
_ALLOWED_CODES = {"DryRunOperation", "ResourceNotFoundException", "NoSuchEntity"}


def _lets(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except ClientError as error:
        return error.response["Error"]["Code"] in _ALLOWED_CODES
    return True


def _claims(invitation: str) -> dict[str, Any]:
    payload = invitation.strip().split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port
