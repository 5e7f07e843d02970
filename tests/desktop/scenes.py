"""Every page of the window in the states that matter, each reached as a person reaches it. Shown by `stage.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton

from installer.errors import AwsUnreachable, InvitationError, PermissionMissing, StackFailed
from installer.events import ResourceChanged, Scanned, VendorProgress
from installer.evidence import State
from installer.installation import Installation, InstallationState
from installer.invitation import UnknownVendorKey
from installer.manage.removal import Removal
from installer.manage.status import Access, Status
from installer.steps import Finding, Severity
from tests.desktop.stage import Stage
from tests.support import surveys
from tests.support.answers import installation
from ui import theme
from ui.pages.invitation import InvitationPage
from ui.pages.network import NetworkPage
from ui.pages.permissions import PermissionsPage
from ui.theme import Scheme
from ui.widgets.step_row import StepRow

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FINDINGS = (
    Finding(
        "connect", Severity.BLOCKER, "The stack popsql-role exists already.", "Give the installation another name."
    ),
    Finding("sign_in", Severity.CAUTION, "You are signed in as the root user.", "Use a role instead."),
    Finding("network", Severity.INFO, "The account has 3 VPCs."),
)

Scene = Callable[[Stage], None]


# Invitation


def nothing_opened(stage: Stage) -> None:
    assert stage.page is stage.window.pages[InvitationPage.step]


def _open(stage: Stage) -> None:
    page = stage.page
    assert isinstance(page, InvitationPage)
    page.open("https://portal.vendor.example/i/1")
    stage.settled()


def opened(stage: Stage) -> None:
    _open(stage)


def unknown_key(stage: Stage) -> None:
    stage.desk.fails("open_invitation", UnknownVendorKey(stage.desk.whole.invitation, "f" * 43))
    _open(stage)


def refused(stage: Stage) -> None:
    error = InvitationError("The invitation has expired.", fix="Ask the vendor for a new one.", details={"exp": "1"})
    stage.desk.fails("open_invitation", error)
    _open(stage)


# Sign in


def no_profile_chosen(stage: Stage) -> None:
    stage.at(stage.desk.invited())


def signed_in(stage: Stage) -> None:
    stage.desk.found = FINDINGS[1:]
    stage.at(stage.desk.invited())
    stage.choose("acme-admin")


def list_of_profiles_open(stage: Stage) -> None:
    stage.at(stage.desk.invited())
    stage.only(QComboBox).showPopup()


def not_signed_in(stage: Stage) -> None:
    stage.desk.fails("who_is", AwsUnreachable("AWS does not answer.", fix="Check the connection."))
    stage.at(stage.desk.invited())
    stage.choose("acme-admin")


# Permissions


def limits(stage: Stage) -> None:
    stage.at(stage.desk.signed_in())


def own_limit(stage: Stage) -> None:
    stage.at(stage.desk.signed_in())
    page = stage.page
    assert isinstance(page, PermissionsPage)
    page.cards.set_value("own")
    page.own.set_text(stage.desk.whole.permissions.operator_boundary.pretty() if stage.desk.whole.permissions else "")
    stage.until(lambda: page.own.choice is not None)


def own_limit_unreadable(stage: Stage) -> None:
    stage.at(stage.desk.signed_in())
    page = stage.page
    assert isinstance(page, PermissionsPage)
    page.cards.set_value("own")
    page.own.set_text('{"Version": "2012-10-17",\n "Statement": [}')
    stage.settled()


# Connect


def plan(stage: Stage) -> None:
    stage.desk.found = FINDINGS
    stage.at(stage.desk.permitted())


def creating(stage: Stage) -> None:
    stage.at(stage.desk.permitted())
    _connect_slowly(stage)


def _connect_slowly(stage: Stage) -> None:
    resource = ("popsql-access", "OperatorBoundary", "AWS::IAM::ManagedPolicy")
    stage.desk.reports("connect", ResourceChanged(*resource, "CREATE_IN_PROGRESS", "", "", NOW))
    held = stage.desk.holds("connect")
    stage.window.footer.primary_button.click()
    stage.until(lambda: held.entered.is_set() and stage.shown(StepRow))


def not_created(stage: Stage) -> None:
    error = StackFailed("The stack popsql-role failed.", fix="Ask for iam:CreateRole.", aws_code="CREATE_FAILED")
    stage.desk.fails("connect", error)
    stage.at(stage.desk.permitted())
    stage.proceed()


def connected(stage: Stage) -> None:
    stage.at(stage.desk.permitted())
    stage.proceed()


# Network


def suggestion(stage: Stage) -> None:
    stage.desk.current_survey = surveys.survey(unread=surveys.unread_in("eu-west-1"))
    stage.at(stage.desk.connected())


def block_in_use(stage: Stage) -> None:
    stage.at(stage.desk.connected())
    page = stage.page
    assert isinstance(page, NetworkPage)
    block = page.result.place.block
    block.own_link.click()
    cast(QLineEdit, block.own.editor).setText("10.64.0.0/16")
    stage.until(lambda: page.judged is not None and page.judged.choice.own == "10.64.0.0/16")


def reading_regions(stage: Stage) -> None:
    stage.desk.reports("survey", Scanned("eu-west-1", 31), Scanned("us-east-1", 1, "No permission."))
    held = stage.desk.holds("survey")
    stage.window.take_up(stage.desk.connected())
    stage.until(held.entered.is_set)


# Review, Install, Done


def everything(stage: Stage) -> None:
    stage.desk.found = FINDINGS
    stage.at(stage.desk.networked())


def installing(stage: Stage) -> None:
    steps = (
        VendorProgress(1, "network", "succeeded", "The network is made.", NOW, 20.0),
        VendorProgress(2, "cluster", "started", "The cluster is being made.", NOW, 40.0),
    )
    stage.desk.reports("install", *steps)
    held = stage.desk.holds("install")
    stage.window.take_up(stage.desk.reviewed())
    stage.until(lambda: held.entered.is_set() and len(stage.shown(StepRow)) == len(steps))


def not_installed(stage: Stage) -> None:
    stage.desk.fails("install", PermissionMissing("The vendor may not do that.", fix="Widen the limit."))
    stage.at(stage.desk.reviewed())


def done(stage: Stage) -> None:
    stage.at(stage.desk.installed())


# The Manage area


def nothing_installed(stage: Stage) -> None:
    stage.window.open_manage()
    stage.settled()


def _manage(stage: Stage, one: Installation) -> None:
    stage.desk.saved = (one, replace(installation("popsql-2", number=2), state=InstallationState.INSTALLING))
    stage.window.open_manage(one)
    stage.settled()
    stage.choose("acme-admin")


def status(stage: Stage) -> None:
    known = stage.desk.current_status.evidence
    every = tuple(replace(known[0], state=state, claim=f"The claim is {state.name}") for state in State)
    stage.desk.current_status = Status(Access.OPEN, every)
    _manage(stage, installation())


def preview(stage: Stage) -> None:
    _manage(stage, installation())
    stage.window.footer.extra_button.click()
    stage.settled()


def name_to_type(stage: Stage) -> None:
    preview(stage)
    stage.proceed()
    stage.until(lambda: stage.dialog.isActiveWindow())


def _remove(stage: Stage) -> None:
    name_to_type(stage)
    for field in stage.dialog.findChildren(QLineEdit):
        field.setText("popsql")
    stage.dialog.accept()
    stage.settled()


def removed(stage: Stage) -> None:
    _remove(stage)


def not_proven(stage: Stage) -> None:
    evidence = replace(stage.desk.removal.evidence[0], state=State.REFUTED)
    stage.desk.removal = Removal((evidence,), (), ("a session that began before may still live",), (), False)
    stage.desk.not_proven = AwsUnreachable("AWS does not answer.", fix="Try again.")
    _remove(stage)


# Leaving


def asked_to_stay(stage: Stage) -> None:
    creating(stage)
    stage.window.close()
    stage.until(lambda: stage.dialog.isActiveWindow())


def dark(stage: Stage) -> None:
    theme.set_scheme(Scheme.DARK)
    stage.begin()


def planted(stage: Stage) -> None:
    """Faults: a field that nobody has named, a state that is a glyph, mark-up that would be read out."""
    stage.page.body.addWidget(QLineEdit("10.42.0.0/16"))
    stage.page.body.addWidget(QPushButton("✓"))
    label = QLabel("eu-west-1")
    label.setToolTip("<qt>eu-west-1</qt>")
    stage.page.body.addWidget(label)


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        *(nothing_opened, opened, unknown_key, refused),
        *(no_profile_chosen, list_of_profiles_open, signed_in, not_signed_in),
        *(limits, own_limit, own_limit_unreadable),
        *(plan, creating, not_created, connected),
        *(reading_regions, suggestion, block_in_use),
        *(everything, installing, not_installed, done),
        *(nothing_installed, status, preview, name_to_type, removed, not_proven),
        *(asked_to_stay, dark, planted),
    )
}
