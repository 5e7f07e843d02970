"""An `Aws` that answers from a script, for what neither moto nor a wire can play: orders, refusals, stale readings.

`FakeAws` takes a reply for each call by name. `Calm` is a context that never really waits. For real botocore clients on
moto see `aws.py`; for a CloudFormation with a memory see `fake_cloudformation.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import botocore.session

from installer.aws.clients import HOME_REGION, Aws, Reply
from installer.aws.clock import AwsClock
from installer.context import CancelToken, Context
from installer.errors import SignInNeeded
from installer.events import Event

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

# A reply, an error to raise, or a function of the call's parameters that gives either.
Answer = Mapping[str, Any] | Exception | Callable[..., "Mapping[str, Any] | Exception"]


@dataclass(frozen=True)
class Call:
    name: str
    region: str
    parameters: Mapping[str, Any]


class FakeAws(Aws):
    """Answers by call name; of a list of answers the last one repeats. A call without an answer fails the test."""

    def __init__(self, answers: Mapping[str, Answer | Sequence[Answer]]) -> None:
        super().__init__(_NobodysCredentials(), clock=AwsClock(workstation=lambda: NOW, monotonic=lambda: 0.0))
        self._answers: dict[str, list[Answer]] = {}
        self.calls: list[Call] = []
        for name, given in answers.items():
            self.answer(name, *(given if isinstance(given, Sequence) else [given]))

    def answer(self, name: str, *answers: Answer) -> None:
        """From now on calls of that name are answered so."""
        self._answers[name] = list(answers)

    def named(self, name: str) -> list[Call]:
        """The calls of that name, in order."""
        return [call for call in self.calls if call.name == name]

    def call(self, ctx: Context, call: str, *, region: str = HOME_REGION, **parameters: Any) -> Reply:
        ctx.check()
        self.calls.append(Call(call, region, parameters))
        if call not in self._answers:
            raise AssertionError(f"nobody expects {call}")
        answers = self._answers[call]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if callable(answer):
            answer = answer(**parameters)
        if isinstance(answer, Exception):
            raise answer
        return Reply(call, dict(answer), f"request-{len(self.calls)}", NOW)

    def pages(self, ctx: Context, call: str, key: str, *, region: str = HOME_REGION, **parameters: Any) -> list[Any]:
        return list(self.call(ctx, call, region=region, **parameters).get(key, []))


@dataclass
class Calm:
    """What a piece of work waited for and reported, in `waits` (seconds) and `events`. No wait takes any time."""

    waits: list[float] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    cancel_after: int | None = None

    def context(self) -> Context:
        return Context(report=self.events.append, cancel=_Patience(self))


class _Patience(CancelToken):
    def __init__(self, calm: Calm) -> None:
        super().__init__()
        self._calm = calm

    def wait(self, seconds: float) -> bool:
        self._calm.waits.append(seconds)
        if self._calm.cancel_after is not None and len(self._calm.waits) > self._calm.cancel_after:
            self.cancel()
        return self.cancelled


class _NobodysCredentials:
    def session(self) -> botocore.session.Session:
        raise AssertionError("a scripted AWS has no session")

    def renew(self, ctx: Context, ended: SignInNeeded) -> None:
        raise ended
