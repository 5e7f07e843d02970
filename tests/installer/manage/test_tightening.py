"""Tightening as every front end runs it: what is proposed, written and read back, and the way back from wherever it
broke off."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from installer.aws.clients import HOME_REGION
from installer.errors import (
    AwsError,
    Blocked,
    BoundaryError,
    ChangedMeanwhile,
    NotFinished,
    NotFound,
    PermissionMissing,
    Throttled,
    VendorUnreachable,
)
from installer.evidence import Source, State
from installer.installation import Installation
from installer.manage import tightening
from installer.manage.created import created
from installer.manage.tightening import Tightening
from installer.policy.boundary import Layer, OperatorBoundary
from installer.policy.document import Document
from installer.policy.presets import Preset, operator_boundary
from installer.policy.tightened import Phase, phase_of
from installer.tools import Tools
from installer.vendor_replies import Install
from tests.support import fake_account
from tests.support.answers import installation, settled
from tests.support.fake_account import NAMES, FakeAccount
from tests.support.fake_aws import Answer, Calm
from tests.support.station import FakeStation

ARN = NAMES.operator_boundary_arn
BUCKET = f"arn:aws:s3:::popsql--{NAMES.account_id}-eu-west-1"
OWN_BUCKET = BUCKET.rpartition(":")[2]
CLUSTER = f"arn:aws:eks:eu-west-1:{NAMES.account_id}:cluster/popsql"
LOGS = f"arn:aws:logs:eu-west-1:{NAMES.account_id}:log-group:popsql--app"


def _bucket_tags(Bucket: str) -> Mapping[str, Any] | Exception:
    if Bucket == OWN_BUCKET:
        return {"TagSet": [{"Key": "houseguest:installation", "Value": "popsql"}]}
    return AwsError("It has no tags.", aws_code="NoSuchTagSet")


class ListingVendor:
    """A vendor that tells what it made; all else as the fake of all tests."""

    def __init__(self, account: FakeAccount, *arns: str) -> None:
        self._fake, self.arns = account.vendor, list(arns)
        self.error: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fake, name)

    def install(self, _ctx: object, install_id: str) -> Install:
        if self.error is not None:
            raise self.error
        told = {
            "id": install_id,
            "integration_id": "int_1",
            "state": "installed",
            "region": "eu-west-1",
            "cidr": "10.64.0.0/16",
            "product_version": "2.41.0",
            "resources": [{"arn": arn, "type": "Bucket", "name": "x"} for arn in self.arns],
        }
        return Install.model_validate_json(json.dumps(told))


@pytest.fixture
def account(tmp_path_factory: pytest.TempPathFactory) -> FakeAccount:
    account = FakeAccount()
    account.install(tmp_path_factory.mktemp("journal"))
    return account


@pytest.fixture
def vendor(account: FakeAccount) -> ListingVendor:
    return ListingVendor(account, BUCKET, LOGS)


@pytest.fixture
def station(account: FakeAccount, vendor: ListingVendor) -> FakeStation:
    station = FakeStation.of(account)
    station._vendor = vendor  # type: ignore[assignment]
    answers: dict[str, Answer] = {
        "ec2:DescribeVpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.64.0.0/16"}]},
        "rds:DescribeDBInstances": NotFound("there is none."),
        "secretsmanager:ListSecrets": {"SecretList": []},
        "s3:ListBuckets": {"Buckets": [{"Name": name} for name in (OWN_BUCKET, "popsql--acme", "acme-data")]},
        "s3:GetBucketTagging": _bucket_tags,
        "eks:DescribeCluster": {"cluster": {"arn": CLUSTER, "tags": {"houseguest:installation": "popsql"}}},
    }
    for call, answer in answers.items():
        station.aws.answer(call, answer)
    return station


@pytest.fixture
def standing(station: FakeStation) -> Installation:
    """Installed: the product runs in another region than the stacks."""
    whole = settled()
    done = fake_account.connected(network=whole.network, product=whole.product)
    return station.store.save(replace(installation(), answers=done))


def tools(station: FakeStation, one: Installation) -> Tools:
    return station.tools(Calm().context(), one, None)


def proposed(station: FakeStation, one: Installation, phase: Phase = Phase.STEADY) -> Tightening:
    return tightening.propose(one.answers, tools(station, one), Calm().context(), phase)


def tighten(station: FakeStation, one: Installation, phase: Phase = Phase.STEADY) -> tightening.Applied:
    return tightening.apply(Calm().context(), station, one, proposed(station, one, phase).proposal)


def undo(station: FakeStation, one: Installation) -> tightening.Applied:
    ctx = Calm().context()
    return tightening.undo(ctx, station, one, tightening.loosening(one.answers, tools(station, one), ctx))


def boundary(account: FakeAccount) -> OperatorBoundary:
    return OperatorBoundary.from_document(Document.from_object(account.boundary))


def test_it_is_written_once_and_read_back(account: FakeAccount, station: FakeStation, standing: Installation) -> None:
    before = account.boundary
    done = tighten(station, standing)
    assert done.changed
    assert done.holds
    assert phase_of(boundary(account)) is Phase.STEADY
    assert [(one.state, one.source) for one in done.evidence] == [
        (State.VERIFIED, Source.AWS),
        (State.VERIFIED, Source.AWS),
        (State.VERIFIED, Source.VENDOR),
    ]
    assert account.access() == frozenset({"ec2:DescribeVpcs", "sts:AssumeRole"})

    again = tighten(station, standing)
    assert not again.changed
    assert again.holds
    assert len(station.aws.named("iam:CreatePolicyVersion")) == 1

    assert undo(station, standing).changed
    assert account.boundary == before
    assert not undo(station, standing).changed
    assert len(station.aws.named("iam:CreatePolicyVersion")) == 2


def test_nothing_is_written_by_looking(station: FakeStation, standing: Installation) -> None:
    found = proposed(station, standing)
    assert found.standing_phase is None
    assert found.proposal.lost_to_updates
    assert not station.aws.named("iam:CreatePolicyVersion")


def test_an_update_is_let_in_and_shut_out(account: FakeAccount, station: FakeStation, standing: Installation) -> None:
    wide = account.boundary
    tighten(station, standing)
    tight = account.boundary
    tools_, ctx = tools(station, standing), Calm().context()
    widened = tightening.widen(standing.answers, tools_, ctx)
    assert widened.standing_phase is Phase.STEADY
    assert tightening.apply(ctx, station, standing, widened.proposal).changed
    assert phase_of(boundary(account)) is Phase.UPDATE
    assert BUCKET in json.dumps(account.boundary)
    assert tighten(station, standing).changed
    assert account.boundary == tight
    undo(station, standing)
    assert account.boundary == wide


def test_undo_leaves_a_cut_and_a_region(account: FakeAccount, station: FakeStation, standing: Installation) -> None:
    wide = boundary(account)
    tighten(station, standing)
    account.iam.add_version(ARN, boundary(account).in_regions([HOME_REGION]).cut().document().to_object())
    assert undo(station, standing).holds
    assert account.is_cut()
    assert boundary(account).regions == (HOME_REGION,)
    assert boundary(account).layers[Layer.BASE] == wide.layers[Layer.BASE]


def test_what_it_was_is_found_when_aws_has_forgotten(
    account: FakeAccount, station: FakeStation, standing: Installation
) -> None:
    before = account.boundary
    tighten(station, standing)
    policy = account.iam.policies[ARN]
    policy.versions = {policy.default: policy.document}
    ctx = Calm().context()
    found = tightening.loosening(standing.answers, tools(station, standing), ctx).found
    assert found is not None
    assert (found.source, "saved profile" in found.claim) == (Source.OURSELVES, True)
    undo(station, standing)
    assert account.boundary == before


def test_of_several_earlier_versions_the_newest_goes_back(
    account: FakeAccount, station: FakeStation, standing: Installation
) -> None:
    chosen_later = operator_boundary(Preset.VENDOR, standing.answers.invitation, NAMES).document().to_object()
    account.iam.add_version(ARN, chosen_later)
    tighten(station, standing)
    undo(station, standing)
    assert account.boundary == chosen_later


def test_versions_that_are_no_way_back_are_passed_over(
    account: FakeAccount, station: FakeStation, standing: Installation
) -> None:
    before = account.boundary
    tighten(station, standing)
    tight = account.boundary
    by_hand = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    cut_alone = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Cut", "Effect": "Deny", "Action": "*", "Resource": "*"}],
    }
    for document in (by_hand, cut_alone, tight):
        account.iam.add_version(ARN, document)
    undo(station, standing)
    assert account.boundary == before


def test_without_any_memory_it_says_so(account: FakeAccount, station: FakeStation, standing: Installation) -> None:
    tighten(station, standing)
    policy = account.iam.policies[ARN]
    policy.versions = {policy.default: policy.document}
    forgetful = replace(standing, answers=replace(standing.answers, permissions=None))
    with pytest.raises(BoundaryError, match="Nothing tells what the boundary was"):
        tightening.loosening(forgetful.answers, tools(station, standing), Calm().context())


def test_another_document_than_was_shown_is_not_overwritten(
    account: FakeAccount, station: FakeStation, standing: Installation
) -> None:
    shown = proposed(station, standing).proposal
    account.cut()
    with pytest.raises(ChangedMeanwhile, match="Nothing was changed"):
        tightening.apply(Calm().context(), station, standing, shown)
    assert account.is_cut()
    assert not station.aws.named("iam:CreatePolicyVersion")


def test_it_keeps_the_lock(account: FakeAccount, station: FakeStation, standing: Installation) -> None:
    shown = proposed(station, standing).proposal
    account.iam.policies[ARN].tags["houseguest:lock"] = f"{'0' * 32} 2099-01-01T00:00:00Z jane@elsewhere"
    with pytest.raises(ChangedMeanwhile, match="jane@elsewhere"):
        tightening.apply(Calm().context(), station, standing, shown)
    assert not station.aws.named("iam:CreatePolicyVersion")


@pytest.mark.parametrize("refused", [Throttled("AWS asks to wait."), PermissionMissing("You may not do that.")])
def test_a_refused_write_leaves_all_as_it_was(
    account: FakeAccount, station: FakeStation, standing: Installation, refused: Exception
) -> None:
    before = account.boundary
    shown = proposed(station, standing).proposal
    station.aws.answer("iam:CreatePolicyVersion", refused)
    with pytest.raises(type(refused)):
        tightening.apply(Calm().context(), station, standing, shown)
    assert account.boundary == before
    assert "houseguest:lock" not in account.iam.policies[ARN].tags


def test_what_should_stay_is_not_taken_away(station: FakeStation, standing: Installation) -> None:
    shown = proposed(station, standing).proposal
    lost = replace(shown, phase=Phase.UPDATE)
    assert lost.blocked
    with pytest.raises(Blocked, match="Nothing was changed"):
        tightening.apply(Calm().context(), station, standing, lost)


def test_before_the_install_there_is_nothing_to_tighten_to(station: FakeStation, standing: Installation) -> None:
    early = replace(standing, answers=replace(standing.answers, product=None))
    with pytest.raises(NotFinished, match="not installed yet"):
        proposed(station, early)


def test_without_a_boundary_it_says_so(account: FakeAccount, station: FakeStation, standing: Installation) -> None:
    del account.iam.policies[ARN]
    with pytest.raises(NotFound, match="nothing to tighten"):
        proposed(station, standing)


def test_a_role_that_is_under_another_boundary_is_told(
    account: FakeAccount, station: FakeStation, standing: Installation
) -> None:
    account.role.boundary = None
    done = tighten(station, standing)
    assert not done.holds
    assert [one.claim for one in done.evidence if one.state is State.REFUTED] == [
        "The role carries your operator boundary"
    ]


# What was created


def test_what_was_made_is_told_with_whose_word_it_is(station: FakeStation, standing: Installation) -> None:
    found = created(standing.answers, tools(station, standing), Calm().context())
    whose = {made.arn: made.source for made in found.resources}
    assert whose[BUCKET] is Source.AWS
    assert whose[LOGS] is Source.VENDOR
    assert whose[f"arn:aws:ec2:eu-west-1:{NAMES.account_id}:vpc/vpc-1"] is Source.AWS
    assert whose[CLUSTER] is Source.AWS
    assert not any("acme" in arn for arn in whose)
    told = {one.claim: one for one in found.evidence}
    assert told["AWS shows 1 of the 2 resources that the vendor lists"].source is Source.OURSELVES
    assert told["Release tells what it made"].source is Source.VENDOR
    assert found.complete


def test_what_only_has_the_name_is_not_taken_for_made(station: FakeStation, standing: Installation) -> None:
    """The customer's own, without the installation's tag."""
    arn = f"arn:aws:rds:eu-west-1:{NAMES.account_id}:db:popsql"
    station.aws.answer("eks:DescribeCluster", {"cluster": {"arn": CLUSTER, "tags": {"team": "data"}}})
    station.aws.answer("rds:DescribeDBInstances", {"DBInstances": [{"DBInstanceArn": arn, "TagList": []}]})
    secret = {"Name": "popsql/own", "ARN": f"arn:aws:secretsmanager:eu-west-1:{NAMES.account_id}:secret:popsql/own-1"}
    station.aws.answer("secretsmanager:ListSecrets", {"SecretList": [secret]})
    found = created(standing.answers, tools(station, standing), Calm().context())
    assert not {CLUSTER, arn, secret["ARN"]} & {made.arn for made in found.resources}


def test_a_vendor_names_nothing_but_arns_of_this_account(
    station: FakeStation, standing: Installation, vendor: ListingVendor
) -> None:
    vendor.arns += ["arn:aws:s3:::*", "arn:aws:iam::111111111111:role/x", "arn:aws:s3:::${aws:username}"]
    found = created(standing.answers, tools(station, standing), Calm().context())
    assert {made.arn for made in found.resources if made.source is Source.VENDOR} == {LOGS}
    assert any("3 are no ARNs of this account" in one.detail for one in found.evidence)


def test_what_cannot_be_read_is_not_checked(
    station: FakeStation, standing: Installation, vendor: ListingVendor
) -> None:
    vendor.error = VendorUnreachable("Release did not answer.")
    station.aws.answer("s3:ListBuckets", PermissionMissing("You may not list buckets."))
    found = created(standing.answers, tools(station, standing), Calm().context())
    unread = {one.claim: one.detail for one in found.evidence if one.state is State.NOT_CHECKED}
    assert unread == {
        "AWS shows the buckets": "You may not list buckets.",
        "Release tells what it made": "Release did not answer.",
    }
    assert not found.complete
    assert proposed(station, standing, Phase.UPDATE).proposal.widened


def test_what_aws_does_not_answer_ends_it(station: FakeStation, standing: Installation) -> None:
    station.aws.answer("s3:ListBuckets", Throttled("AWS asks to wait."))
    with pytest.raises(Throttled):
        proposed(station, standing)


def test_a_vendor_that_is_away_widens_nothing_that_is_tight(
    account: FakeAccount, station: FakeStation, standing: Installation, vendor: ListingVendor
) -> None:
    tighten(station, standing, Phase.UPDATE)
    vendor.error = VendorUnreachable("Release did not answer.")
    station.aws.answer("s3:ListBuckets", {"Buckets": []})
    assert not tighten(station, standing, Phase.UPDATE).changed
    assert BUCKET in json.dumps(account.boundary)
