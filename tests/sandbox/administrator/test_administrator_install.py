"""Installing without each statement of its policy in turn: it fails at a call of that statement, or goes on and says
what it could not do, as the policy's own explanation promises.

With all of them it works: test_administrator_policies.py.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from installer.aws.roles import close_trust
from installer.cli.install import rehearse
from installer.errors import HouseguestError
from installer.evidence import State
from installer.installation import InstallationState
from installer.journal import Journal
from installer.policy.administrator import Task
from tests.sandbox.support.limited import Hall
from tests.sandbox.support.tasks import (
    NAME,
    Standing,
    assert_denied,
    begun,
    install,
    policy,
    sids,
    without,
)

ONLY_TOLD = {duty.sid for duty in policy(Task.INSTALL, NAME).duties if duty.without}
ONLY_AGAIN = {"Trust"}


@pytest.mark.parametrize("sid", [sid for sid in sids(Task.INSTALL) if sid not in ONLY_TOLD | ONLY_AGAIN])
def test_without_one_of_its_statements_install_fails(hall: Hall, sid: str) -> None:
    name = f"no-{sid.lower()}"[:20]
    station = hall.with_only(name, without(policy(Task.INSTALL, name), sid))
    with pytest.raises(HouseguestError) as refused:
        install(station, hall.info, name)
    assert_denied(refused.value, policy(Task.INSTALL, name), sid)


def test_without_the_statement_for_the_trust_an_install_does_not_open_it_again(hall: Hall, folder: Path) -> None:
    """Where an earlier removal has closed it: a first install needs the statement for nothing."""
    name = "no-trust"
    names = Standing.made(hall, name, folder).names
    house = hall.administrator
    close_trust(house.aws, Journal(folder / "closing.jsonl"), house.ctx, names)
    station = hall.with_only(name, without(policy(Task.INSTALL, name), "Trust"))
    with pytest.raises(HouseguestError) as refused:
        install(station, hall.info, name)
    assert_denied(refused.value, policy(Task.INSTALL, name), "Trust")
    again = hall.with_only("with-trust", policy(Task.INSTALL, name).document)
    assert install(again, hall.info, name).state is InstallationState.INSTALLED


@pytest.mark.parametrize("sid", ["NamesInLists", "NamesOfThings"])
def test_without_a_look_at_names_a_dry_run_says_what_was_not_checked(
    hall: Hall, capsys: pytest.CaptureFixture[str], sid: str
) -> None:
    name = f"no-{sid.lower()}"
    capsys.readouterr()
    for who, given in (("all", policy(Task.INSTALL, name).document), ("", without(policy(Task.INSTALL, name), sid))):
        station = hall.with_only(f"{name}{who}", given)
        rehearse(station, begun(station, hall.info, name)[0], as_json=True)
        found = json.loads(capsys.readouterr().out)["findings"]
        unread = [one["sentence"] for one in found if one["sentence"].startswith("Not checked whether")]
        assert bool(unread) is not bool(who)


@pytest.mark.parametrize("sid", ["ListRoles", "WorkloadRoles"])
def test_without_a_look_at_the_vendors_roles_an_install_says_that_they_were_not_checked(hall: Hall, sid: str) -> None:
    name = f"no-{sid.lower()}"
    product = install(hall.with_only(name, without(policy(Task.INSTALL, name), sid)), hall.info, name).answers.product
    assert product is not None
    unread = [found for found in product.evidence if found.state is State.NOT_CHECKED]
    assert len(unread) == 2
    assert all("iam:" in found.detail for found in unread)


def test_without_the_statement_for_the_account_only_its_name_is_missing(hall: Hall) -> None:
    name = "no-account"
    hall.admin("iam").create_account_alias(AccountAlias="acme-prod")
    aliases = []
    for who, given in (
        ("all", policy(Task.INSTALL, name).document),
        ("", without(policy(Task.INSTALL, name), "Account")),
    ):
        station = hall.with_only(f"{name}{who}", given)
        account = begun(station, hall.info, name)[0].answers.account
        assert account is not None
        aliases.append(account.alias)
    assert aliases == ["acme-prod", None]
