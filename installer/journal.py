"""Write-ahead record of every write to AWS and to the vendor.

The intent and its token are on disk before the request leaves; what came back follows. A program that is killed at any
point goes on by doing the same steps again: `perform` first looks whether the write already took effect, and where it
must repeat a request whose reply was lost, it repeats it with the token that is already on disk.

One file for each installation, one JSON object a line, appended and synced. It holds names, ARNs and tokens of
idempotency: never parameters, never credentials.
"""

import hashlib
import json
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar

from installer.errors import AwsUnreachable, Cancelled, HouseguestError, ProfileError, VendorUnreachable

Result = TypeVar("Result")

# After these the request may have taken effect: the intent stays open, and the next try uses the same token.
OUTCOME_UNKNOWN = (AwsUnreachable, VendorUnreachable, Cancelled)


class Kind(StrEnum):
    INTENT = "intent"
    FOUND = "found"
    DONE = "done"
    FAILED = "failed"
    SETTLED = "settled"


@dataclass(frozen=True)
class Entry:
    """A line of the journal. `action` is the API call, `target` the name or ARN it works on."""

    seq: int
    at: str
    kind: Kind
    action: str
    target: str
    token: str
    outcome: str = ""

    def to_line(self) -> str:
        fields = {"seq": self.seq, "at": self.at, "kind": self.kind.value, "action": self.action, "target": self.target}
        return json.dumps({**fields, "token": self.token, "outcome": self.outcome}, ensure_ascii=False) + "\n"

    @classmethod
    def from_object(cls, data: dict[str, Any]) -> "Entry":
        return cls(
            seq=int(data["seq"]),
            at=str(data["at"]),
            kind=Kind(data["kind"]),
            action=str(data["action"]),
            target=str(data["target"]),
            token=str(data["token"]),
            outcome=str(data.get("outcome", "")),
        )


@dataclass(frozen=True)
class Write(Generic[Result]):
    """One write that may be tried again.

    find      reads whether it already took effect; None if not
    do        makes the request with the token given; returns what was made
    describe  what the journal keeps of the result: an ARN or a name
    """

    action: str
    target: str
    find: Callable[[], Result | None]
    do: Callable[[str], Result]
    describe: Callable[[Result], str] = str


def new_token() -> str:
    """A token that CloudFormation accepts too: at most 128 of `[a-zA-Z0-9][-a-zA-Z0-9]*`."""
    return f"hg-{uuid.uuid4()}"


def bound_to(target: str, *content: str | None) -> str:
    """The target of a request whose token is good for one body only: with other content it is another write."""
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    return f"{target}#{digest[:12]}"


class Journal:
    """The record of one installation. Use it under the installation's lock."""

    def __init__(self, path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = path
        self._now = now
        self._entries, self._whole = _read(path)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries)

    def open_intents(self) -> tuple[Entry, ...]:
        """Intents whose outcome is unknown: the program ended between the request and its reply."""
        last = {(entry.action, entry.target): entry for entry in self._entries}
        return tuple(entry for entry in last.values() if entry.kind is Kind.INTENT)

    def perform(self, write: Write[Result]) -> Result:
        """Make sure that the write has taken effect, once; return what it made."""
        found = write.find()
        unfinished = self._unfinished(write)
        if found is not None:
            if unfinished is not None:
                self._append(Kind.FOUND, write.action, write.target, unfinished.token, write.describe(found))
            return found
        token = unfinished.token if unfinished else new_token()
        self._append(Kind.INTENT, write.action, write.target, token)
        try:
            result = write.do(token)
        except OUTCOME_UNKNOWN:
            raise
        except HouseguestError as error:
            self._append(Kind.FAILED, write.action, write.target, token, error.code)
            raise
        self._append(Kind.DONE, write.action, write.target, token, write.describe(result))
        return result

    def settle(self) -> None:
        """Close what is open. For whoever has read back the state that all of it was for: what an earlier run wanted
        besides, such as room for one more version or a removal that was thought better of, is not wanted any more.
        """
        for intent in self.open_intents():
            self._append(Kind.SETTLED, intent.action, intent.target, intent.token)

    def _unfinished(self, write: Write[Result]) -> Entry | None:
        for entry in reversed(self._entries):
            if (entry.action, entry.target) == (write.action, write.target):
                return entry if entry.kind is Kind.INTENT else None
        return None

    def _append(self, kind: Kind, action: str, target: str, token: str, outcome: str = "") -> None:
        entry = Entry(len(self._entries) + 1, self._now().isoformat(), kind, action, target, token, outcome)
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._whole is not None:
            os.truncate(self._path, self._whole)
            self._whole = None
        with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            file.write(entry.to_line().encode())
            file.flush()
            os.fsync(file.fileno())
        self._entries.append(entry)


def _read(path: Path) -> tuple[list[Entry], int | None]:
    """All whole lines, and their length where a last line has no end: it was being written when the program ended, or
    another one is writing it at this moment. So the next that writes cuts it off, who is alone, and none that looks.
    """
    if not path.exists():
        return [], None
    text = path.read_bytes()
    whole = text[: text.rfind(b"\n") + 1]
    try:
        entries = [Entry.from_object(json.loads(line)) for line in whole.splitlines() if line.strip()]
    except (ValueError, KeyError, TypeError) as error:
        raise ProfileError(
            f"The journal {path.name} is damaged.",
            fix="Keep the file for support, move it away, and resume: what exists in AWS is found by names and tags.",
            details={"file": str(path), "problem": str(error)},
        ) from error
    return entries, None if whole == text else len(whole)
