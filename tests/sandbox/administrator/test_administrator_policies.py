"""Who must run it: each task is run by somebody who has exactly the policy that is generated for it, and nothing else.
The calls that were made on the way are held against those that the policy is for, in both directions. Closing and
removal are also run without each of their statements: they fail, or say what they could not do.

The same for install is in test_administrator_install.py, for what CloudFormation does in test_administrator_stacks.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from installer.aws.clusters import close_cluster
from installer.aws.roles import close_trust, put_boundary, read_role
from installer.cli.install import rehearse
from installer.errors import HouseguestError
from installer.events import Notice
from installer.evidence import Evidence, State
from installer.installation import Installation, InstallationState
from installer.journal import Journal
from installer.lock import AccountLease, InstallationLock
from installer.manage import removal
from installer.policy.administrator import Task
from installer.policy.writer import write_cut
from tests.sandbox.support.limited import Hall, Signed
from tests.sandbox.support.tasks import (
    NAME,
    REGION,
    Standing,
    assert_denied,
    begun,
    called,
    cluster,
    install,
    policy,
    sids,
    spoiled,
    take_back,
    without,
)


@dataclass(frozen=True)
class Installed:
    """Who installed `NAME` first, and who took the access away after that."""

    installer: Signed
    installation: Installation
    remover: Signed
    removed: removal.Removal


@pytest.fixture(scope="module")
def installed(hall: Hall) -> Installed:
    installer = hall.with_only("installer", policy(Task.INSTALL, NAME).document)
    installation = install(installer, hall.info, NAME)
    remover = hall.with_only("remover", policy(Task.REMOVE, NAME).document)
    return Installed(installer, installation, remover, take_back(remover, hall.info, NAME))


def test_install_and_remove_with_exactly_their_policies(installed: Installed) -> None:
    assert installed.installation.state is InstallationState.INSTALLED
    assert installed.removed.removed
    assert installed.removed.still_possible == ()


@pytest.fixture(scope="module")
def again(hall: Hall, installed: Installed, folder: Path) -> Signed:
    """Who installs over boundaries that stand, and a role whose trust was closed: both have to be opened again."""
    house = hall.administrator
    names = installed.installation.answers.names
    install(house, hall.info, NAME)
    close_trust(house.aws, Journal(folder / "closing.jsonl"), house.ctx, names)
    spoiled(hall.admin, names)
    installer = hall.with_only("again", policy(Task.INSTALL, NAME).document)
    assert install(installer, hall.info, NAME).state is InstallationState.INSTALLED
    return installer


@pytest.fixture(scope="module")
def rehearsed(hall: Hall, folder: Path) -> Signed:
    """Who tries it dry where things of an earlier installation are left."""
    name = "left"
    own = [{"Key": "houseguest:installation", "Value": name}]
    cluster(hall.admin, name)
    hall.admin("rds", REGION).create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="own",
        ManageMasterUserPassword=True,
        Tags=own,
    )
    s3 = hall.admin("s3", REGION, s3={"addressing_style": "path"})
    s3.create_bucket(Bucket=f"{name}--data", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_tagging(Bucket=f"{name}--data", Tagging={"TagSet": own})
    station = hall.with_only("rehearser", policy(Task.INSTALL, name).document)
    installation, _ = begun(station, hall.info, name)
    rehearse(station, installation, as_json=True)
    return station


NOT_SEEN_IN_INSTALL = {
    "ec2:DescribeManagedPrefixLists": "no route of the sandbox leads to a prefix list",
    "ec2:GetManagedPrefixListEntries": "the same",
}


def test_the_policy_for_install_is_for_the_calls_that_are_made(
    installed: Installed, again: Signed, rehearsed: Signed
) -> None:
    made = called(installed.installer, again, rehearsed)
    assert made == policy(Task.INSTALL, NAME).calls - NOT_SEEN_IN_INSTALL.keys()


def close(standing: Standing, station: Signed, folder: Path) -> list[Evidence]:
    """Cut the boundary, close the trust, and take the role out of the cluster, under the installation's lock."""
    tools, ctx, names = standing.by(station, folder), station.ctx, standing.names
    aws, journal = tools.aws, tools.journal
    lease = AccountLease(aws, names.operator_boundary_arn, settle_seconds=0.0)
    with InstallationLock(folder / names.installation, lease, insist=False).hold(ctx):
        cut = write_cut(aws, journal, ctx, names.operator_boundary_arn)
        put_boundary(aws, journal, ctx, names.operator_role, names.operator_boundary_arn)
        return [cut, close_trust(aws, journal, ctx, names), close_cluster(aws, journal, ctx, names, REGION)]


def lock_not_had(station: Signed) -> bool:
    return any(isinstance(event, Notice) and "taken away all the same" in event.sentence for event in station.told)


def test_close_with_exactly_its_policy(hall: Hall, folder: Path) -> None:
    standing = Standing.made(hall, "closed", folder).disturbed(hall.admin)
    given = policy(Task.CLOSE, "closed")
    station = hall.with_only("closer", given.document)
    assert [found.state for found in close(standing, station, folder)] == [State.VERIFIED] * 3
    assert not lock_not_had(station)
    assert called(station) == given.calls
    role = read_role(hall.administrator.aws, station.ctx, standing.names.operator_role)
    assert role is not None
    assert role.boundary_arn == standing.names.operator_boundary_arn


@pytest.mark.parametrize("sid", sids(Task.CLOSE))
def test_without_one_of_its_statements_close_fails(hall: Hall, folder: Path, sid: str) -> None:
    name = f"close-{sid.lower()}"
    standing = Standing.made(hall, name, folder).disturbed(hall.admin)
    given = policy(Task.CLOSE, name)
    station = hall.with_only(name, without(given, sid))
    if sid == "Lock":
        assert [found.state for found in close(standing, station, folder)] == [State.VERIFIED] * 3
        assert lock_not_had(station)
        return
    with pytest.raises(HouseguestError) as refused:
        close(standing, station, folder)
    assert_denied(refused.value, given, sid)


def remove(standing: Standing, station: Signed, folder: Path) -> removal.Removal:
    lease = AccountLease(station.aws, standing.names.operator_boundary_arn, settle_seconds=0.0)
    with InstallationLock(folder / standing.names.installation, lease, insist=False).hold(station.ctx):
        return removal.remove(standing.answers, standing.by(station, folder), station.ctx)


def test_remove_with_exactly_its_policy_whatever_is_in_the_way(hall: Hall, folder: Path, installed: Installed) -> None:
    standing = Standing.made(hall, "gone", folder).disturbed(hall.admin)
    given = policy(Task.REMOVE, "gone")
    station = hall.with_only("remover-of-all", given.document)
    done = remove(standing, station, folder)
    assert done.removed, done
    assert (done.kept, done.still_possible) == ((), ())
    # Here the boundary goes with its tag, there it is kept and given back.
    assert called(station, installed.remover) == given.calls


def test_remove_where_nobody_knows_the_region(hall: Hall, folder: Path) -> None:
    """The policy is then for the cluster in every region, and for finding out which there are."""
    standing = Standing.made(hall, "anywhere", folder).disturbed(hall.admin)
    standing = replace(standing, answers=replace(standing.answers, network=None))
    given = policy(Task.REMOVE, "anywhere", region="*")
    done = remove(standing, hall.with_only("remover-anywhere", given.document), folder)
    assert done.removed, done
    assert done.still_possible == ()
    again = Standing.made(hall, "nowhere", folder)
    again = replace(again, answers=replace(again.answers, network=None))
    done = remove(
        again, hall.with_only("remover-nowhere", without(policy(Task.REMOVE, "nowhere", region="*"), "Regions")), folder
    )
    assert any("ec2:DescribeRegions" in way for way in done.still_possible)


@pytest.mark.parametrize("sid", sids(Task.REMOVE))
def test_without_one_of_its_statements_remove_fails_or_says_so(hall: Hall, folder: Path, sid: str) -> None:
    name = f"rm-{sid.lower()}"
    standing = Standing.made(hall, name, folder).disturbed(hall.admin)
    given = policy(Task.REMOVE, name)
    station = hall.with_only(name, without(given, sid))
    done = remove(standing, station, folder)
    if sid == "Lock":
        assert done.removed
        assert lock_not_had(station)
    elif sid == "Cluster":
        assert done.removed
        assert any("cluster API in eu-west-1 not closed" in way for way in done.still_possible)
    else:
        assert not done.removed
        assert_denied(done.problems[0], given, sid)
