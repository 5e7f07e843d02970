"""A killed program opens where it was; a draft that cannot be read is as good as none and never in the way."""

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from installer.answers import Wishes
from installer.drafts import Draft, DraftStore
from installer.errors import ProfileError
from installer.flow import Step
from tests.support.answers import ACCOUNT, document

JUST_OPENED = Draft(step=Step.INVITATION)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data" / "houseguest"


@pytest.fixture
def store(root: Path) -> DraftStore:
    return DraftStore(root)


@pytest.fixture
def whole(tmp_path: Path) -> Draft:
    """Every value present."""
    file = tmp_path / "acme ä.invitation"
    file.write_text("eyJ")
    return Draft(
        wishes=Wishes(
            "popsql",
            preset="own",
            own_boundary=document("ec2:*"),
            region="eu-west-1",
            cidr=IPv4Network("10.64.0.0/16"),
            prefix_length=18,
            avoid=(IPv4Network("10.0.0.0/8"),),
            email="jane@acme.example",
        ),
        invitation_path=str(file),
        aws_profile="acme admin",
        installation=("popsql", ACCOUNT),
        step=Step.NETWORK,
    )


def draft_file(root: Path) -> Path:
    return root / "draft.json"


def written(root: Path, **changes: Any) -> None:
    """A file as the program writes it, but for `changes`; a value of `...` takes the member away."""
    fresh = {"version": 1, "wishes": None, "invitation_path": None, "aws_profile": None, "installation": None}
    members = {**fresh, "step": "sign_in", **changes}
    draft_file(root).parent.mkdir(parents=True, exist_ok=True)
    draft_file(root).write_text(json.dumps({key: value for key, value in members.items() if value is not ...}))


class TestRoundTrip:
    def test_everything_comes_back(self, store: DraftStore, root: Path, whole: Draft) -> None:
        store.save(whole)
        assert DraftStore(root).load() == whole
        assert store.problem is None

    @pytest.mark.parametrize("step", [*Step, None])
    def test_so_does_each_step(self, store: DraftStore, step: Step | None) -> None:
        store.save(Draft(step=step))
        assert store.load() == Draft(step=step)

    def test_the_last_one_counts(self, store: DraftStore, whole: Draft) -> None:
        store.save(whole)
        store.save(JUST_OPENED)
        assert store.load() == JUST_OPENED

    def test_none_leaves_no_trace(self, store: DraftStore, root: Path) -> None:
        assert store.load() is None
        store.clear()
        assert store.problem is None
        assert not root.exists()

    def test_it_can_be_forgotten(self, store: DraftStore, whole: Draft, root: Path) -> None:
        store.save(whole)
        store.clear()
        store.clear()
        assert store.load() is None
        assert not draft_file(root).exists()

    def test_the_format_is_what_it_was(self, store: DraftStore, root: Path, whole: Draft) -> None:
        """A renamed field would make the draft of a running program unreadable: raise the version, and convert."""
        store.save(whole)
        data = json.loads(draft_file(root).read_bytes())
        statement = data["wishes"]["own_boundary"].pop("statements")
        assert [one["Effect"] for one in statement] == ["Allow"]
        assert data == {
            "version": 1,
            "wishes": {
                "name": "popsql",
                "preset": "own",
                "own_boundary": {},
                "stack_region": "us-east-1",
                "region": "eu-west-1",
                "cidr": "10.64.0.0/16",
                "prefix_length": 18,
                "avoid": ["10.0.0.0/8"],
                "email": "jane@acme.example",
            },
            "invitation_path": whole.invitation_path,
            "aws_profile": "acme admin",
            "installation": ["popsql", ACCOUNT],
            "step": "network",
        }


class TestPrivate:
    def test_only_this_user_reads_it(self, store: DraftStore, root: Path, whole: Draft) -> None:
        store.save(whole)
        assert stat.S_IMODE(draft_file(root).stat().st_mode) == 0o600
        assert stat.S_IMODE(root.stat().st_mode) == 0o700

    @pytest.mark.parametrize(
        "source",
        [
            "https://vendor.example/invitations/s3cret",
            "houseguest://open?invitation=https://vendor.example/s3cret",
            "eyJhbGciOi.s3cret.c2ln",
            "eyJ" + "s3cret" * 1000,
            "/no/such/s3cret",
            "s3cret\0",
            "-",
            "",
        ],
    )
    def test_a_link_or_a_token_is_not_kept(self, store: DraftStore, root: Path, source: str) -> None:
        store.save(replace(JUST_OPENED, invitation_path=source))
        assert b"s3cret" not in draft_file(root).read_bytes()
        assert store.load() == JUST_OPENED

    def test_a_file_is_kept_by_its_whole_path(
        self, store: DraftStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("a.invitation").write_text("eyJ")
        store.save(replace(JUST_OPENED, invitation_path="a.invitation"))
        assert store.load() == replace(JUST_OPENED, invitation_path=str(tmp_path / "a.invitation"))

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere file names are Unicode")
    def test_a_name_that_is_no_text_is_not_kept(self, store: DraftStore, tmp_path: Path) -> None:
        strange = os.fsdecode(os.fsencode(tmp_path) + b"/\xff")
        Path(strange).write_text("eyJ")
        store.save(replace(JUST_OPENED, invitation_path=strange))
        assert store.load() == JUST_OPENED


class TestKilled:
    def test_it_is_the_old_or_the_new_whole(self, store: DraftStore, root: Path, whole: Draft) -> None:
        store.save(whole)
        script = (
            "import os, sys; from pathlib import Path\n"
            "from installer.drafts import Draft, DraftStore\n"
            "sys.addaudithook(lambda event, _: event == 'os.rename' and os._exit(9))\n"
            f"DraftStore(Path({str(root)!r})).save(Draft())"
        )
        ended = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], check=False)
        assert ended.returncode == 9
        assert len(list(root.glob(".draft.json.*.new"))) == 1
        assert store.load() == whole

        store.save(JUST_OPENED)
        assert store.load() == JUST_OPENED
        assert list(root.glob(".draft.json.*.new")) == []


DEEP: Any = "x"
for _ in range(300):
    DEEP = [DEEP]


class TestDamaged:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\0" * 4096,
            b"\xff\xfe",
            b"{",
            b"[]",
            b"null",
            b'{"version": 1}',
            b'{"version": "1"}',
            b'{"version": true}',
            b'{"version": 0}',
            b'{"version": -1}',
            b'{"version": 1.5}',
            b'{"version": NaN}',
            b'{"version": ' + b"9" * 5000 + b"}",
            b"[" * 100_000,
            b"[" * 100_000 + b"]" * 100_000,
            b"x" * 2_000_000,
        ],
        ids=lambda data: repr(data[:20]),
    )
    def test_what_is_no_draft_is_set_aside(self, store: DraftStore, root: Path, data: bytes) -> None:
        root.mkdir(parents=True)
        draft_file(root).write_bytes(data)
        assert store.load() is None
        self.set_aside(store, root)
        assert (root / "draft.damaged.json").read_bytes() == data

    @pytest.mark.parametrize(
        "changes",
        [
            {"step": "nowhere"},
            {"step": ...},
            {"step": 3},
            {"invitation_path": "https://vendor.example/i"},
            {"invitation_path": "relative"},
            {"invitation_path": "/a\nb"},
            {"invitation_path": "/" + "a" * 5000},
            {"invitation_path": ""},
            {"aws_profile": "a\u202eb"},
            {"aws_profile": "a" * 300},
            {"aws_profile": ["a"]},
            {"installation": ["popsql"]},
            {"installation": ["popsql", "1234"]},
            {"installation": ["../x", ACCOUNT]},
            {"installation": ["popsql", ACCOUNT, "more"]},
            {"wishes": {}},
            {"wishes": {"name": 1}},
            {"wishes": {"name": "a\x1bb"}},
            {"wishes": {"name": "a" * 2000}},
            {"wishes": {"name": "popsql", "cidr": "10.0.0.1/8"}},
            {"wishes": {"name": "popsql", "cidr": "everything"}},
            {"wishes": {"name": "popsql", "prefix_length": "16"}},
            {"wishes": {"name": "popsql", "own_boundary": {"statements": [{"Effect": "Perhaps"}]}}},
            {"wishes": {"name": "popsql", "own_boundary": {"statements": [{"Effect": "Allow", "Condition": DEEP}]}}},
            {"wishes": DEEP},
        ],
        ids=lambda changes: str(changes)[:60],
    )
    def test_nor_is_a_value_taken_that_was_never_written(
        self, store: DraftStore, root: Path, changes: dict[str, Any]
    ) -> None:
        written(root, **changes)
        assert store.load() is None
        self.set_aside(store, root)

    def set_aside(self, store: DraftStore, root: Path) -> None:
        assert store.problem is not None
        assert store.problem.message == "Where you were cannot be read any more."
        assert store.problem.details["problem"]
        assert not draft_file(root).exists()
        assert store.load() is None
        assert store.problem is None
        store.save(JUST_OPENED)
        assert store.load() == JUST_OPENED

    def test_as_written_here_it_is_taken(self, store: DraftStore, root: Path) -> None:
        written(root, later="a member of another version")
        assert store.load() == Draft(step=Step.SIGN_IN)

    def test_damage_does_not_pile_up(self, store: DraftStore, root: Path) -> None:
        root.mkdir(parents=True)
        for number in range(3):
            draft_file(root).write_text(str(number))
            assert store.load() is None
        assert (root / "draft.damaged.json").read_text() == "2"
        assert len(list(root.glob("draft*"))) == 1


class TestNotOurs:
    def test_a_newer_one_is_left_and_said(self, store: DraftStore, root: Path) -> None:
        written(root, version=2, step="a step of the future")
        before = draft_file(root).read_bytes()
        assert store.load() is None
        assert store.problem is not None
        assert store.problem.message == "Where you were was saved by a newer Houseguest."
        assert store.problem.details["version"] == "2"
        assert draft_file(root).read_bytes() == before
        store.save(JUST_OPENED)
        assert store.load() == JUST_OPENED

    def test_what_cannot_be_opened_is_said(self, store: DraftStore, root: Path) -> None:
        draft_file(root).mkdir(parents=True)
        assert store.load() is None
        assert store.problem is not None
        assert str(draft_file(root)) in store.problem.message
        with pytest.raises(ProfileError, match="cannot be saved"):
            store.save(JUST_OPENED)
        with pytest.raises(ProfileError, match="cannot be deleted"):
            store.clear()

    def test_nor_is_a_place_that_cannot_be_written_a_fault(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        store = DraftStore(tmp_path / "file" / "state")
        assert store.load() is None
        assert store.problem is not None
        with pytest.raises(ProfileError, match="cannot be saved"):
            store.save(JUST_OPENED)

    def test_a_name_that_cannot_be_shown_is_not_saved(self, store: DraftStore, root: Path) -> None:
        with pytest.raises(ProfileError, match="aws_profile"):
            store.save(replace(JUST_OPENED, aws_profile="a\x1b[31m"))
        assert not draft_file(root).exists()
