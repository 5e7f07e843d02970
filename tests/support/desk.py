"""A desk without an AWS: canned results, failures on demand, work that is held until it is let go.

What the engine computes without AWS (boundaries in plain words, addresses) is the engine's own.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

from PySide6.QtCore import QCoreApplication

import resources
from installer.answers import Answers, Wishes
from installer.context import Context
from installer.errors import HouseguestError
from installer.events import Event
from installer.installation import Installation, InstallationState, state_of
from installer.invitation import VerifiedInvitation
from installer.manage.removal import Removal
from installer.manage.status import Access, Status
from installer.policy.grant import grant_of
from installer.policy.what_if import Workbench, workbench
from installer.profiles import Scan
from installer.steps import Finding
from installer.steps.connect import what_is_created
from installer.steps.network import Survey
from installer.template import VendorTemplate
from installer.vendor_keys import KeyTrust
from tests.support.answers import ACCOUNT, settled
from tests.support.invitations import NOW
from ui.desk import Desk, suggested_name
from ui.desk_results import Choice, Plan, Recalled, SignedIn, TakenBack
from ui.visit import Visit


class Entered(threading.Event):
    """That work has begun. A page begins it in its next turn: whoever waits for it in the UI thread lets that come."""

    def wait(self, timeout: float | None = None) -> bool:
        ends = time.monotonic() + (timeout or 5.0)
        while not self.is_set() and time.monotonic() < ends:
            QCoreApplication.processEvents()
            super().wait(0.005)
        return self.is_set()


class Hold:
    """Keeps a piece of work from ending until it is released or cancelled."""

    def __init__(self) -> None:
        self.entered = Entered()
        self._released = threading.Event()

    def release(self) -> None:
        self._released.set()

    def wait(self, ctx: Context) -> None:
        self.entered.set()
        while not self._released.wait(0.01):
            ctx.check()


class FakeDesk(Desk):
    """`fails("connect", error)` makes the next call fail; `holds("connect")` keeps it busy; `reports` tells events."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.whole = settled()
        self.profiles: tuple[str, ...] = ("acme-admin", "acme-audit", "default")
        self.found: tuple[Finding, ...] = ()
        self.saved: tuple[Installation, ...] = ()
        self.problems: tuple[HouseguestError, ...] = ()
        self.current_survey: Survey | None = None
        self.current_status = Status(Access.OPEN, self.whole.connection.proof if self.whole.connection else ())
        self.removal = Removal(self.current_status.evidence, (), (), (), role_is_gone=True)
        self.not_proven: HouseguestError | None = None
        self.recalled = Recalled()
        self.calls: list[str] = []
        self.sources: list[tuple[str, str | None]] = []
        """What was opened, and the fingerprint that was accepted with it."""
        self.remembered: list[Visit] = []
        self._failures: defaultdict[str, list[HouseguestError]] = defaultdict(list)
        self._holds: dict[str, Hold] = {}
        self._events: defaultdict[str, list[Event]] = defaultdict(list)

    def fails(self, what: str, error: HouseguestError) -> None:
        self._failures[what].append(error)

    def holds(self, what: str) -> Hold:
        self._holds[what] = Hold()
        return self._holds[what]

    @contextmanager
    def nothing_held(self) -> Iterator[None]:
        """What is to be held is let through here: on the way to where the test begins."""
        held, self._holds = self._holds, {}
        yield
        self._holds = held

    def reports(self, what: str, *events: Event) -> None:
        self._events[what] += events

    def _do(self, what: str, ctx: Context) -> None:
        self.calls.append(what)
        for event in self._events[what]:
            ctx.report(event)
        hold = self._holds.pop(what, None)
        if hold is not None:
            hold.wait(ctx)
        ctx.check()
        if self._failures[what]:
            raise self._failures[what].pop(0)

    # Visits at each stage, for tests that begin there

    def invited(self) -> Visit:
        invitation = self.whole.invitation
        wishes = Wishes(name=suggested_name(invitation.product.name), preset="guarded")
        verified = VerifiedInvitation(invitation, "token", "f" * 43, KeyTrust.KNOWN)
        return Visit(answers=Answers(invitation, wishes), verified=verified)

    def signed_in(self) -> Visit:
        visit = self.invited()
        answers = replace(visit.settled, account=self.whole.account)
        return replace(visit, answers=answers, installation=_installation(answers), aws_profile="acme-admin")

    def permitted(self) -> Visit:
        visit = self.signed_in()
        guarded = next(choice for choice in super().choices(Context(), visit) if choice.preset == "guarded")
        return replace(visit, answers=replace(visit.settled, permissions=guarded.permissions))

    def connected(self) -> Visit:
        return self._with("connection", self.permitted(), self.whole)

    def networked(self) -> Visit:
        return self._with("network", self.connected(), self.whole)

    def reviewed(self) -> Visit:
        return self._with("review", self.networked(), self.whole)

    def installed(self) -> Visit:
        return self._with("product", self.reviewed(), self.whole)

    @staticmethod
    def _with(section: str, visit: Visit, whole: Answers) -> Visit:
        changed = {section: getattr(whole, section)}
        answers = replace(visit.settled, **changed)
        return replace(visit, answers=answers, installation=_installation(answers))

    # What pages ask for

    def open_invitation(
        self, ctx: Context, source: str, accept_key: str | None = None, *, wishes: Wishes | None = None
    ) -> Visit:
        self.sources.append((source, accept_key))
        self._do("open_invitation", ctx)
        visit = self.invited()
        return visit if wishes is None else replace(visit, answers=replace(visit.settled, wishes=wishes))

    def aws_profiles(self, ctx: Context) -> tuple[str, ...]:
        self._do("aws_profiles", ctx)
        return self.profiles

    def who_is(self, ctx: Context, visit: Visit, profile: str | None) -> SignedIn:
        self._do("who_is", ctx)
        account = self.whole.account
        assert account is not None
        return SignedIn(profile, account, self.found)

    def sign_in(self, ctx: Context, visit: Visit, profile: str | None, name: str) -> Visit:
        self._do("sign_in", ctx)
        if visit.bound_to is not None:
            return replace(visit, aws_profile=profile, sign_in_due=False)
        answers = replace(visit.settled, account=self.whole.account, wishes=replace(visit.settled.wishes, name=name))
        return replace(visit, answers=answers, installation=_installation(answers), aws_profile=profile)

    def choices(self, ctx: Context, visit: Visit):  # type: ignore[no-untyped-def]
        self._do("choices", ctx)
        return super().choices(ctx, visit)

    def workbench(self, ctx: Context, visit: Visit) -> Workbench:
        self._do("workbench", ctx)
        invitation, names = visit.settled.invitation, visit.settled.names
        given = {"RolePath": names.role_path, "WorkloadBoundaryArn": names.workload_boundary_arn}
        given |= {"InstallationName": names.installation, "OperatorBoundaryArn": names.operator_boundary_arn}
        template = VendorTemplate(resources.read_text("templates/vendor-role.yaml"), given)
        return workbench(invitation, names, grant_of(invitation, names, template))

    def own_choice(self, ctx: Context, visit: Visit, text: str) -> Choice:
        self._do("own_choice", ctx)
        return super().own_choice(ctx, visit, text)

    def plan(self, ctx: Context, visit: Visit) -> Plan:
        self._do("plan", ctx)
        return Plan(what_is_created(visit.settled), self.found)

    def connect(self, ctx: Context, visit: Visit) -> Visit:
        self._do("connect", ctx)
        return self._with("connection", visit, self.whole)

    def survey(self, ctx: Context, visit: Visit) -> Survey:
        self._do("survey", ctx)
        assert self.current_survey is not None, "the test gives a survey"
        return self.current_survey

    def settle_network(
        self,
        ctx: Context,
        visit: Visit,
        survey: Survey,
        region: str,
        block: IPv4Network,
        avoid: tuple[IPv4Network, ...] = (),
    ) -> Visit:
        self._do("settle_network", ctx)
        wishes = replace(visit.settled.wishes, region=region, cidr=block, avoid=avoid)
        answers = replace(visit.settled, wishes=wishes)
        return replace(visit, answers=replace(answers, network=survey.settle(answers)))

    def findings(self, ctx: Context, visit: Visit) -> tuple[Finding, ...]:
        self._do("findings", ctx)
        return self.found

    def settle_review(self, ctx: Context, visit: Visit, email: str | None) -> Visit:
        self._do("settle_review", ctx)
        visit = replace(visit, answers=replace(visit.settled, wishes=replace(visit.settled.wishes, email=email)))
        return self._with("review", visit, self.whole)

    def install(self, ctx: Context, visit: Visit) -> Visit:
        self._do("install", ctx)
        return self._with("product", visit, self.whole)

    def installations(self, ctx: Context) -> Scan:
        self._do("installations", ctx)
        return Scan(self.saved, self.problems)  # type: ignore[arg-type]

    def reach(self, ctx: Context, installation: Installation, profile: str | None) -> None:
        self._do("reach", ctx)

    def status(self, ctx: Context, installation: Installation, profile: str | None, token: str | None = None) -> Status:
        self._do("status", ctx)
        return self.current_status

    def take_back(
        self, ctx: Context, installation: Installation, profile: str | None, token: str | None = None
    ) -> TakenBack:
        self._do("take_back", ctx)
        removed = self.removal.removed and self.not_proven is None
        state = InstallationState.REMOVED if removed else InstallationState.REMOVING
        return TakenBack(replace(installation, state=state), self.removal, self.not_proven)

    def go_on_with(self, ctx: Context, installation: Installation, profile: str | None) -> Visit:
        self._do("go_on_with", ctx)
        return replace(self.signed_in(), verified=None)

    def remember(self, ctx: Context, visit: Visit) -> None:
        self.remembered.append(visit)
        self._do("remember", ctx)

    def forget(self, ctx: Context) -> None:
        self._do("forget", ctx)

    def recall(self, ctx: Context) -> Recalled:
        self._do("recall", ctx)
        return self.recalled


def _installation(answers: Answers) -> Installation:
    """As it is saved, and it is from the first commit on."""
    state = state_of(answers) if answers.connection is not None else InstallationState.PLANNED
    return Installation(f"id-{ACCOUNT}", answers, state, NOW, NOW, "f" * 43)
