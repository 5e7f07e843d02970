"""The deployer in this process, against the sandbox's AWS: which calls it makes, when it renews, what it takes for its
own. Through the API: test_end_to_end.py.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from installer.sandbox import SandboxInfo
from installer.sandbox.vendor import offer
from installer.sandbox.vendor.aws import BotoAws, RoleSession
from installer.sandbox.vendor.deploy.deployer import AwsDeployer, Built
from installer.sandbox.vendor.deploy.failures import StepFailed
from installer.sandbox.vendor.deploy.gate import Gate, Interrupted
from installer.sandbox.vendor.deploy.plan import Plan
from installer.sandbox.vendor.deploy.site import Progress
from installer.sandbox.vendor.deploy.steps import INSTALL_STEPS, UPGRADE_STEPS, Step
from installer.sandbox.vendor.integrations import RoleRefused
from installer.sandbox.vendor.pace import Pace
from installer.sandbox.vendor.product import Product
from installer.sandbox.vendor.records import Answer, Failure, Resource
from tests.sandbox.support.actors import CUSTOMER
from tests.sandbox.vendor.customer import WHOLE, Customer, counts

EXTERNAL_ID = "release:acme:0123456789abcdef"
REGION = "eu-central-1"

_numbers = itertools.count(1)


@dataclass
class Told:
    """Everything that a run reports."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    percents: list[int] = field(default_factory=list)
    made_arns: list[str] = field(default_factory=list)
    found: list[bool] = field(default_factory=list)
    on_started: Callable[[str], None] = lambda step: None

    def started(self, step: Step, percent: int) -> None:
        self.lines.append((step.id, "started"))
        self.percents.append(percent)
        self.on_started(step.id)

    def succeeded(self, step: Step, percent: int, arn: str | None, found: bool) -> None:
        self.lines.append((step.id, "succeeded"))
        self.percents.append(percent)
        self.found.append(found)

    def failed(self, step: Step, percent: int, failure: Failure) -> None:
        self.lines.append((step.id, "failed"))

    def made(self, resource: Resource) -> None:
        self.made_arns.append(resource.arn)


@dataclass
class Assumer:
    """Assumes the role; counts how often. `lifetime` shortens what the session claims to last."""

    aws: BotoAws
    role_arn: str
    lifetime: timedelta = timedelta(minutes=15)
    times: int = 0

    def __call__(self) -> RoleSession:
        self.times += 1
        answer, session = self.aws.assume(self.role_arn, "release-test-install", EXTERNAL_ID)
        assert session is not None, answer
        session_end = datetime.now(UTC) + self.lifetime
        return RoleSession(
            session.session_name, session_end, session.access_key_id, session.secret_access_key, session.session_token
        )


@pytest.fixture
def customer(sandbox: SandboxInfo) -> Customer:
    return Customer(sandbox, f"dep{next(_numbers)}", EXTERNAL_ID)


@pytest.fixture
def assume(customer: Customer) -> Assumer:
    return Assumer(BotoAws(lambda: datetime.now(UTC)), customer.role_arn)


class Deployer(AwsDeployer):
    """Works in the vendor's AWS environment, and leaves it, because the customer acts in this process too."""

    def __init__(self, sandbox: SandboxInfo) -> None:
        super().__init__(Product(None, lambda: datetime.now(UTC)), Pace(1e9))
        self._environment = {
            "AWS_CONFIG_FILE": sandbox.aws_config_file,
            "AWS_SHARED_CREDENTIALS_FILE": sandbox.aws_shared_credentials_file,
            "AWS_PROFILE": sandbox.vendor_profile,
        }

    def install(self, plan: Plan, assume: Callable[[], RoleSession], gate: Gate, progress: Progress) -> Built:
        with self._at_home():
            return super().install(plan, assume, gate, progress)

    def upgrade(
        self, plan: Plan, version: str, assume: Callable[[], RoleSession], gate: Gate, progress: Progress
    ) -> None:
        with self._at_home():
            super().upgrade(plan, version, assume, gate, progress)

    @contextmanager
    def _at_home(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self._environment.items():
                patch.setenv(name, value)
            yield


@pytest.fixture
def deployer(sandbox: SandboxInfo) -> Deployer:
    return Deployer(sandbox)


def plan_for(customer: Customer, cidr: str = "10.90.0.0/20", region: str = REGION) -> Plan:
    return Plan(
        install_id=f"ins_{customer.name}",
        installation_name=customer.name,
        account_id=CUSTOMER,
        region=region,
        cidr=cidr,
        role_path="/release/",
        workload_boundary_arn=customer.workload_boundary,
        product_version=offer.PRODUCT_VERSION,
    )


def own_actions(phase: str) -> set[str]:
    return {action for need in offer.NEEDS[phase] for action in need.actions}


def test_the_calls_are_those_that_the_invitation_lists(customer: Customer, assume: Assumer, deployer: Deployer) -> None:
    """A first run and a second one, because each makes calls that the other does not."""
    plan = plan_for(customer)
    first, second = Told(), Told()
    built = deployer.install(plan, assume, Gate(), first)
    deployer.install(plan, assume, Gate(), second)
    assert deployer.actions == own_actions("install")
    assert first.lines == [(step.id, state) for step in INSTALL_STEPS for state in ("started", "succeeded")]
    assert first.percents == sorted(first.percents)
    assert first.percents[-1] == 100
    assert sorted(first.made_arns) == sorted(second.made_arns)
    assert (set(first.found), set(second.found[:-1])) == ({False}, {True})
    assert built.load_balancer
    assert counts(customer.admin, customer.name, REGION) == WHOLE


def test_the_calls_of_an_upgrade_are_those_that_the_invitation_lists(
    customer: Customer, assume: Assumer, deployer: Deployer
) -> None:
    plan = plan_for(customer)
    deployer.install(plan, assume, Gate(), Told())
    deployer.actions.clear()
    told = Told()
    deployer.upgrade(plan, "2.50.0", assume, Gate(), told)
    assert deployer.actions == own_actions("update")
    assert told.lines == [(step.id, state) for step in UPGRADE_STEPS for state in ("started", "succeeded")]
    arn = f"arn:aws:eks:{REGION}:{CUSTOMER}:cluster/{plan.cluster}"
    tags = customer.admin("eks", REGION).list_tags_for_resource(resourceArn=arn)["tags"]
    assert tags["houseguest:product-version"] == "2.50.0"


def test_a_session_of_fifteen_minutes_is_not_renewed_at_each_call(
    customer: Customer, assume: Assumer, deployer: Deployer
) -> None:
    deployer.install(plan_for(customer), assume, Gate(), Told())
    assert assume.times == 1


def test_a_session_that_is_about_to_end_is_renewed(customer: Customer, assume: Assumer, deployer: Deployer) -> None:
    assume.lifetime = timedelta(minutes=2)
    deployer.install(plan_for(customer), assume, Gate(), Told())
    assert assume.times > 20


def test_it_stops_before_the_next_call(customer: Customer, assume: Assumer, deployer: Deployer) -> None:
    gate, told = Gate(), Told()
    told.on_started = lambda step: gate.stop() if step == "subnets" else None
    with pytest.raises(Interrupted):
        deployer.install(plan_for(customer), assume, gate, told)
    assert told.lines[-1] == ("subnets", "started")
    found = counts(customer.admin, customer.name, REGION)
    assert (found["vpcs"], found["subnets"]) == (1, 0)


@pytest.mark.parametrize("region", ["us-east-1", "us-west-2"])
def test_every_region_has_its_bucket(customer: Customer, assume: Assumer, deployer: Deployer, region: str) -> None:
    """us-east-1 must not be named when a bucket is made there, any other region must."""
    plan = plan_for(customer, region=region)
    deployer.install(plan, assume, Gate(), Told())
    place = customer.admin("s3", region).get_bucket_location(Bucket=plan.bucket)["LocationConstraint"]
    assert (place or "us-east-1") == region


def test_a_network_on_another_block_is_not_taken(customer: Customer, assume: Assumer, deployer: Deployer) -> None:
    deployer.install(plan_for(customer), assume, Gate(), Told())
    with pytest.raises(StepFailed) as raised:
        deployer.install(plan_for(customer, "10.91.0.0/20"), assume, Gate(), Told())
    assert raised.value.failure.code == "OtherBlock"


def test_a_role_that_lost_its_boundary_is_not_used(customer: Customer, assume: Assumer, deployer: Deployer) -> None:
    plan = plan_for(customer)
    deployer.install(plan, assume, Gate(), Told())
    customer.admin("iam").delete_role_permissions_boundary(RoleName=f"{customer.name}-app")
    told = Told()
    with pytest.raises(StepFailed) as raised:
        deployer.install(plan, assume, Gate(), told)
    assert raised.value.failure.code == "WrongBoundary"
    assert told.lines[-1] == ("app-role", "failed")


def test_a_role_that_does_not_open_fails_the_first_step(customer: Customer, deployer: Deployer) -> None:
    def refused() -> RoleSession:
        answer = Answer(False, datetime.now(UTC), "r", "AccessDenied", "not authorized to perform: sts:AssumeRole")
        raise RoleRefused(customer.role_arn, answer)

    told = Told()
    with pytest.raises(StepFailed) as raised:
        deployer.install(plan_for(customer), refused, Gate(), told)
    assert raised.value.failure.action == "sts:AssumeRole"
    assert told.lines == [("cluster-role", "started"), ("cluster-role", "failed")]
