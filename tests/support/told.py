"""Events and evidence as AWS and the vendor tell them, for tests of what shows them."""

from datetime import UTC, datetime, timedelta

from installer.events import ResourceChanged, VendorProgress
from installer.evidence import Evidence, Source, State

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVIL = "<b>bold</b>\x1b[31m\u202e\n" + "w" * 10_000
"""What a name or a message may hold: mark-up, an escape sequence, a reordering mark, a line break, no end."""


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def evidence(
    claim: str = "The role is there",
    state: State = State.VERIFIED,
    *,
    source: Source = Source.AWS,
    at: datetime = NOON,
    detail: str = "",
) -> Evidence:
    return Evidence(claim, state, source, at, "iam:GetRole", "request-1", detail)


def resource(status: str, seconds: float = 0, *, logical_id: str = "OperatorRole", reason: str = "") -> ResourceChanged:
    return ResourceChanged(
        "popsql-role", logical_id, "AWS::IAM::Role", status, reason, "popsql-operator", later(seconds)
    )


def progress(
    seq: int, step: str, state: str, message: str = "", *, seconds: float = 0, percent: float | None = None
) -> VendorProgress:
    return VendorProgress(seq, step, state, message, later(seconds), percent)
