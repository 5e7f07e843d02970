"""Every write is on disk before it leaves, and is made once, wherever the program ends."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from installer.errors import (
    AwsError,
    AwsUnreachable,
    Cancelled,
    HouseguestError,
    PermissionMissing,
    ProfileError,
    VendorUnreachable,
)
from installer.journal import Journal, Kind, Write, bound_to, new_token

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Aws:
    """Things that exist, made with a token. `lost` are the replies that never arrive."""

    def __init__(self) -> None:
        self.made: dict[str, str] = {}
        self.tokens: list[str] = []
        self.error: Exception | None = None
        self.takes_effect = True

    def write(self, target: str, *, visible: bool = True) -> Write[str]:
        """`visible` is whether a read finds what was made."""

        def do(token: str) -> str:
            self.tokens.append(token)
            if self.takes_effect:
                self.made.setdefault(target, f"arn:{target}:{token}")
            if self.error is not None:
                raise self.error
            return self.made[target]

        return Write("iam:CreateThing", target, lambda: self.made.get(target) if visible else None, do)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "installations" / "222222222222.popsql" / "journal.jsonl"


def open_journal(path: Path) -> Journal:
    return Journal(path, now=lambda: NOW)


def kinds(path: Path) -> list[Kind]:
    return [entry.kind for entry in open_journal(path).entries]


def test_intent_comes_first_and_the_outcome_after(path: Path) -> None:
    aws = Aws()
    seen: list[list[Kind]] = []
    write = aws.write("a")

    def do(token: str) -> str:
        seen.append(kinds(path))
        assert open_journal(path).entries[-1].token == token
        return write.do(token)

    open_journal(path).perform(Write(write.action, write.target, write.find, do))
    assert seen == [[Kind.INTENT]]
    assert kinds(path) == [Kind.INTENT, Kind.DONE]
    assert open_journal(path).entries[-1].outcome == aws.made["a"]
    assert open_journal(path).entries[-1].at == NOW.isoformat()


def test_what_exists_is_not_made_again(path: Path) -> None:
    aws = Aws()
    aws.made["a"] = "arn:a"
    assert open_journal(path).perform(aws.write("a")) == "arn:a"
    assert aws.tokens == []
    assert not path.exists()


@pytest.mark.parametrize("error", [AwsUnreachable("?"), VendorUnreachable("?"), Cancelled()], ids=repr)
@pytest.mark.parametrize("takes_effect", [True, False])
def test_after_a_lost_reply_the_same_token_is_used(path: Path, error: HouseguestError, takes_effect: bool) -> None:
    aws = Aws()
    aws.error, aws.takes_effect = error, takes_effect
    write = aws.write("a", visible=False)
    with pytest.raises(type(error)):
        open_journal(path).perform(write)
    assert [entry.target for entry in open_journal(path).open_intents()] == ["a"]

    aws.error, aws.takes_effect = None, True
    open_journal(path).perform(write)
    assert aws.tokens[0] == aws.tokens[1]
    assert kinds(path) == [Kind.INTENT, Kind.INTENT, Kind.DONE]
    assert open_journal(path).open_intents() == ()


def test_after_a_lost_reply_what_is_found_closes_the_intent(path: Path) -> None:
    aws = Aws()
    aws.error = AwsUnreachable("?")
    with pytest.raises(AwsUnreachable):
        open_journal(path).perform(aws.write("a"))
    assert open_journal(path).perform(aws.write("a")) == aws.made["a"]
    assert len(aws.tokens) == 1
    assert kinds(path) == [Kind.INTENT, Kind.FOUND]
    assert open_journal(path).entries[1].token == aws.tokens[0]


@pytest.mark.parametrize("error", [PermissionMissing("?"), AwsError("?")], ids=repr)
def test_after_a_refusal_the_next_try_is_a_new_one(path: Path, error: AwsError) -> None:
    aws = Aws()
    aws.error, aws.takes_effect = error, False
    for _ in range(2):
        with pytest.raises(type(error)):
            open_journal(path).perform(aws.write("a"))
    assert aws.tokens[0] != aws.tokens[1]
    assert kinds(path) == [Kind.INTENT, Kind.FAILED] * 2
    assert open_journal(path).entries[1].outcome == error.code


def test_targets_do_not_share_tokens(path: Path) -> None:
    aws = Aws()
    aws.error = AwsUnreachable("?")
    for target in ("a", "b"):
        with pytest.raises(AwsUnreachable):
            open_journal(path).perform(aws.write(target, visible=False))
    assert aws.tokens[0] != aws.tokens[1]
    assert [entry.target for entry in open_journal(path).open_intents()] == ["a", "b"]


def filled(path: Path) -> bytes:
    aws = Aws()
    journal = open_journal(path)
    for target in ("a", "ünïcode – „b“", "c"):
        journal.perform(aws.write(target))
    return path.read_bytes()


def test_cut_anywhere_the_whole_lines_stay_and_writing_goes_on(path: Path) -> None:
    whole = filled(path)
    entries = open_journal(path).entries
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        journal = open_journal(path)
        lines = whole[:length].count(b"\n")
        assert journal.entries == entries[:lines]
        if length % 41 == 0:
            journal.perform(Aws().write("after the cut"))
            assert [entry.seq for entry in open_journal(path).entries] == list(range(1, lines + 3))


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b"{}",
        b"[]",
        b"\xff\xff",
        b'{"seq": "x", "at": "", "kind": "intent", "action": "", "target": "", "token": ""}',
        b'{"seq": 1, "at": "", "kind": "wish", "action": "", "target": "", "token": ""}',
    ],
)
def test_damage_in_the_middle_is_said_and_nothing_is_changed(path: Path, line: bytes) -> None:
    whole = filled(path)
    head, _, rest = whole.partition(b"\n")
    damaged = head + b"\n" + line + b"\n" + rest
    path.write_bytes(damaged)
    with pytest.raises(ProfileError) as refusal:
        open_journal(path)
    assert refusal.value.fix
    assert path.read_bytes() == damaged


def test_who_only_looks_cuts_nothing_off(path: Path) -> None:
    """Another command may be writing that very line."""
    half = filled(path)[:-5]
    path.write_bytes(half)
    open_journal(path)
    assert path.read_bytes() == half


def test_what_a_run_left_open_is_closed_once_its_purpose_is_reached(path: Path) -> None:
    aws = Aws()
    aws.error = AwsUnreachable("?")
    for target in ("a", "b"):
        with pytest.raises(AwsUnreachable):
            open_journal(path).perform(aws.write(target, visible=False))
    aws.error = None
    journal = open_journal(path)
    journal.perform(aws.write("a", visible=False))
    journal.settle()
    assert kinds(path) == [Kind.INTENT, Kind.INTENT, Kind.INTENT, Kind.DONE, Kind.SETTLED]
    assert open_journal(path).entries[-1].target == "b"
    assert open_journal(path).open_intents() == ()
    journal.settle()
    assert len(kinds(path)) == 5

    journal.perform(aws.write("b", visible=False))
    assert aws.tokens[-1] != aws.tokens[1]


def test_a_token_for_one_body_is_not_used_for_another() -> None:
    """A vendor refuses it: draft-ietf-httpapi-idempotency-key-header, 2.7."""
    assert bound_to("popsql", "eu-west-1", None) == bound_to("popsql", "eu-west-1", None)
    assert bound_to("popsql", "eu-west-1", None).startswith("popsql#")
    others = [("eu-west-2", None), ("eu-west-1", "x"), ("eu-west-1",), ("eu-west-1", None, None), ("eu-west-1", "")]
    targets = {bound_to("popsql", *content) for content in [("eu-west-1", None), *others]}
    assert len(targets) == len(others) + 1


def test_tokens_suit_cloudformation() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) <= 128 and token.replace("-", "").isalnum() and token[0].isalpha() for token in tokens)


CHILD = """
import sys
from pathlib import Path
from installer.journal import Journal, Write

made = Path(sys.argv[2])
journal = Journal(Path(sys.argv[1]))

def write(number):
    thing = made / str(number)
    def do(token):
        thing.write_text(token)
        print(number, flush=True)
        sys.stdin.readline()
        return token
    return Write("iam:CreateThing", str(number), lambda: thing.read_text() if thing.exists() else None, do)

for number in range(int(sys.argv[3])):
    journal.perform(write(number))
print("end", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.parametrize("after", [0, 1, 7, 20])
def test_killed_before_the_reply_it_goes_on_with_one_of_everything(path: Path, tmp_path: Path, after: int) -> None:
    made = tmp_path / "made"
    made.mkdir()
    command = [sys.executable, "-c", CHILD, str(path), str(made), "40"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment, bufsize=1) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for _ in range(after):
            child.stdout.readline()
            child.stdin.write("\n")
        child.stdout.readline()
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    [intent] = open_journal(path).open_intents()
    assert intent.target == str(after)

    nothing = subprocess.DEVNULL
    done = subprocess.run(command, stdin=nothing, stdout=pipe, text=True, env=environment, check=True)
    assert done.stdout.endswith("end\n")
    journal = open_journal(path)
    assert journal.open_intents() == ()
    by_token: dict[str, set[str]] = {}
    for entry in journal.entries:
        by_token.setdefault(entry.target, set()).add(entry.token)
    assert len(by_token) == 40
    assert {target: {(made / target).read_text()} for target in by_token} == by_token
