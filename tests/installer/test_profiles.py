"""What is saved comes back whole, is never half written, and is never overwritten unseen."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from installer import files
from installer.answers import Answers, Wishes
from installer.errors import ChangedMeanwhile, ProfileError
from installer.installation import InstallationState
from installer.journal import Write
from installer.places import default_root
from installer.profiles import ProfileStore
from tests.support.answers import ACCOUNT, installation, invitation

NOW = datetime(2026, 3, 2, 8, 30, 0, 123456, tzinfo=UTC)
OTHER = "333333333333"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data" / "houseguest"


@pytest.fixture
def store(root: Path) -> ProfileStore:
    return ProfileStore(root, now=lambda: NOW)


def profile_path(root: Path, name: str = "popsql", account_id: str = ACCOUNT) -> Path:
    return root / "installations" / f"{account_id}.{name}" / "profile.json"


class TestRoundTrip:
    def test_everything_comes_back(self, store: ProfileStore, root: Path) -> None:
        whole = installation()
        saved = store.save(whole)
        assert saved == replace(whole, updated=NOW)
        assert ProfileStore(root).load("popsql") == saved

    def test_so_does_an_installation_that_has_just_begun(self, store: ProfileStore, root: Path) -> None:
        whole = installation()
        answers = Answers(invitation(), Wishes("popsql"), account=replace(whole.answers.account, alias=None))
        saved = store.save(replace(whole, answers=answers, state=InstallationState.PLANNED))
        assert ProfileStore(root).load("popsql") == saved

    def test_what_a_killed_program_had_half_written_goes(self, store: ProfileStore, root: Path) -> None:
        saved = store.save(installation())
        half = profile_path(root).with_name(".profile.json.0123456789abcdef.new")
        half.write_bytes(b'{"version": 1, "st')
        assert list(ProfileStore(root).list()) == [saved]
        store.save(saved)
        assert not half.exists()

    def test_before_sign_in_there_is_no_place_for_it(self, store: ProfileStore) -> None:
        with pytest.raises(ValueError, match="sign-in"):
            store.save(replace(installation(), answers=Answers(invitation(), Wishes("popsql"))))

    def test_the_latest_is_what_was_saved_last(self, store: ProfileStore, root: Path) -> None:
        begun = replace(installation(), state=InstallationState.PLANNED)
        assert store.latest(begun) == begun
        saved = store.save(installation())
        assert store.latest(begun) == saved
        assert store.latest(replace(begun, id="another")).id == "another"
        profile_path(root).write_text("{")
        assert store.latest(begun) == begun

    def test_the_format_is_what_it_was(self, store: ProfileStore, root: Path) -> None:
        """A renamed field in the answers would make every saved profile unreadable: raise the version, and convert."""
        store.save(installation())
        data = json.loads(profile_path(root).read_bytes())
        assert shape(data) == json.loads((Path(__file__).parents[1] / "data" / "profile-1.json").read_text("utf-8"))

    def test_it_is_private_and_holds_no_token(self, store: ProfileStore, root: Path) -> None:
        store.save(installation())
        path = profile_path(root)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(root.stat().st_mode) == 0o700
        assert b"eyJ" not in path.read_bytes()
        assert {entry.name for entry in path.parent.iterdir()} == {"profile.json"}


def shape(value: Any) -> Any:
    """Names and types, without the invitation, whose format is the vendor protocol's."""
    if isinstance(value, dict):
        return {name: "…" if name in {"invitation", "statements"} else shape(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


class TestList:
    def test_by_name_and_account(self, store: ProfileStore) -> None:
        for number, (name, account_id) in enumerate([("b", OTHER), ("popsql", ACCOUNT), ("popsql", OTHER)]):
            store.save(installation(name + "x", account_id, number=number))
        assert [(one.name, one.answers.names.account_id) for one in store.list()] == [
            ("popsqlx", ACCOUNT),
            ("bx", OTHER),
            ("popsqlx", OTHER),
        ]
        assert store.load("popsqlx", OTHER).id == installation(number=2).id
        with pytest.raises(ProfileError, match=f"{ACCOUNT}, {OTHER}"):
            store.load("popsqlx")

    def test_none(self, store: ProfileStore, root: Path) -> None:
        assert store.list() == ()
        with pytest.raises(ProfileError, match="no saved installation named popsql"):
            store.load("popsql")
        assert not root.exists()

    @pytest.mark.parametrize("name", ["", "..", "../x", "*", "[a-z]*", "a/b", "pop"])
    def test_a_name_is_only_a_name(self, store: ProfileStore, name: str) -> None:
        store.save(installation())
        with pytest.raises(ProfileError, match="no saved installation"):
            store.load(name)

    def test_strange_things_in_the_folder_are_left_alone(self, store: ProfileStore, root: Path) -> None:
        store.save(installation())
        for name in ("notes.txt", ".hidden.x", "222222222222.empty"):
            (root / "installations" / name).mkdir()
        (root / "installations" / "file").write_text("x")
        assert len(store.list()) == 1


DAMAGE: list[Callable[[bytes], bytes]] = [
    lambda data: b"",
    lambda data: data[: len(data) // 2],
    lambda data: b"\x00" * len(data),
    lambda data: b"\xff" + data,
    lambda data: b"[]",
    lambda data: b"[" * 100_000,
    lambda data: data.replace(b'"installed"', b'"wonderful"'),
    lambda data: data.replace(b'"version": 1', b'"version": "1"'),
    lambda data: data.replace(b'"10.64.0.0/16"', b'"10.64.0.1/16"'),
    lambda data: data.replace(b'"own"', b"7"),
    lambda data: data.replace(b'"is_root": false', b'"is_root": "false"'),
    lambda data: data.replace(b'"is_root": false', b'"is_root": 0'),
    lambda data: data.replace(b'"Allow"', b'"Maybe"'),
    lambda data: data.replace(b'"popsql"', b'"other"'),
    lambda data: data.replace(b'"2026-03-01T00:00:00Z"', b'"2026-03-01T00:00:00"'),
]


class TestDamage:
    @pytest.mark.parametrize("damage", DAMAGE)
    def test_it_is_set_aside_and_the_rest_opens(
        self, store: ProfileStore, root: Path, damage: Callable[[bytes], bytes]
    ) -> None:
        store.save(installation())
        store.save(installation("second", number=2))
        path = profile_path(root)
        damaged = damage(path.read_bytes())
        assert damaged != path.read_bytes()
        path.write_bytes(damaged)

        scan = ProfileStore(root, now=lambda: NOW).scan()
        assert [one.name for one in scan.installations] == ["second"]
        [problem] = scan.problems
        assert "popsql is damaged and was set aside" in problem.message
        assert problem.fix
        aside = Path(problem.details["file"])
        assert aside.name == "profile.damaged-20260302T083000123456.json"
        assert aside.read_bytes() == damaged
        assert store.list()[0].name == "second"
        assert store.save(installation()).state == "installed"

    def test_saving_over_a_damaged_one_keeps_both(self, store: ProfileStore, root: Path) -> None:
        store.save(installation())
        path = profile_path(root)
        path.write_bytes(b"{")
        assert store.save(installation()) == store.load("popsql")
        assert len(list(path.parent.glob("profile.damaged-*"))) == 1

    def test_a_newer_version_is_left_where_it_is(self, store: ProfileStore, root: Path) -> None:
        store.save(installation())
        path = profile_path(root)
        newer = path.read_bytes().replace(b'"version": 1', b'"version": 2').replace(b'"preset"', b'"prefix"')
        path.write_bytes(newer)
        later = ProfileStore(root)
        for attempt in (lambda: later.load("popsql"), lambda: later.save(installation())):
            with pytest.raises(ProfileError, match="newer Houseguest"):
                attempt()
        assert path.read_bytes() == newer
        assert len(later.scan().problems) == 1

    def test_one_that_may_not_be_read_is_not_damaged(self, store: ProfileStore, root: Path) -> None:
        store.save(installation())
        path = profile_path(root)
        path.unlink()
        path.mkdir()
        with pytest.raises(ProfileError, match="cannot be read"):
            store.load("popsql")
        assert path.is_dir()


class TestWriting:
    @pytest.mark.parametrize("step", ["fsync", "replace"])
    def test_a_failure_leaves_the_old_one_whole(
        self, store: ProfileStore, root: Path, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        saved = store.save(installation())

        def fail(*_: Any) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as broken:
            broken.setattr(*{"fsync": (os, "fsync", fail), "replace": (Path, "replace", fail)}[step])
            with pytest.raises(OSError, match="No space"):
                store.save(replace(saved, state=InstallationState.REMOVED))
        assert store.load("popsql") == saved
        assert [entry.name for entry in profile_path(root).parent.iterdir()] == ["profile.json"]

    def test_data_is_on_disk_before_the_name(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        calls: list[str] = []
        for owner, name in ((os, "fsync"), (Path, "replace")):
            real = getattr(owner, name)

            def noted(*arguments: Any, real: Any = real, name: str = name) -> Any:
                calls.append(name)
                return real(*arguments)

            monkeypatch.setattr(owner, name, noted)
        files.write_whole(tmp_path / "a", b"x")
        assert calls == ["fsync", "replace", "fsync"]

    def test_saving_what_another_program_changed_is_refused(self, store: ProfileStore, root: Path) -> None:
        saved = store.save(installation())
        other = ProfileStore(root)
        theirs = other.save(replace(other.load("popsql"), state=InstallationState.REMOVING))
        with pytest.raises(ChangedMeanwhile):
            store.save(replace(saved, state=InstallationState.CONNECTED))
        assert store.load("popsql") == theirs
        assert store.save(replace(theirs, state=InstallationState.REMOVED)).state == "removed"

    def test_saving_twice_from_one_program_is_fine(self, store: ProfileStore) -> None:
        for state in InstallationState:
            store.save(replace(installation(), state=state))
        assert store.load("popsql").state == "removed"

    def test_a_name_that_is_in_use_is_refused_until_it_is_removed(self, store: ProfileStore, root: Path) -> None:
        first = store.save(installation(number=1))
        another = ProfileStore(root)
        with pytest.raises(ProfileError, match="already an installation named popsql"):
            another.save(installation(number=2))
        store.save(replace(first, state=InstallationState.REMOVED))
        assert another.save(installation(number=2)).id == installation(number=2).id

    def test_many_programs_at_once_lose_nothing(self, root: Path) -> None:
        """Each saves some of its own, and all of them want the same name: one gets it."""
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        command = [sys.executable, "-c", SAVER, str(root)]
        children = [
            subprocess.Popen([*command, str(number)], env=environment, stdout=subprocess.PIPE, text=True)
            for number in range(1, 4)
        ]
        told = [child.communicate(timeout=60)[0].strip() for child in children]
        assert [child.returncode for child in children] == [0, 0, 0]
        saved = {one.name: one for one in ProfileStore(root).list()}
        assert set(saved) == {"shared"} | {f"name{number}x{i}" for number in (1, 2, 3) for i in range(5)}
        assert sorted(told)[:2] == ["", ""]
        assert sorted(told)[2] == saved["shared"].id


SAVER = """
import sys
from pathlib import Path
from installer.errors import ProfileError
from installer.profiles import ProfileStore
from tests.support.answers import installation

store, number = ProfileStore(Path(sys.argv[1])), int(sys.argv[2])
for i in range(5):
    store.save(installation(f"name{number}x{i}", number=i))
    store.list()
try:
    print(store.save(installation("shared", number=number)).id)
except ProfileError:
    pass
"""


class TestBeside:
    def test_the_journal_is_beside_it(self, store: ProfileStore, root: Path) -> None:
        saved = store.save(installation())
        store.journal(saved).perform(Write("iam:CreateRole", "a", lambda: None, lambda token: "arn"))
        assert len(store.journal(saved).entries) == 2
        assert (profile_path(root).parent / "journal.jsonl").exists()
        assert store.journal(saved).entries[0].at == NOW.isoformat()

    def test_deleting_takes_all_of_it_and_nothing_else(self, store: ProfileStore, root: Path) -> None:
        saved, kept = store.save(installation()), store.save(installation("second", number=2))
        store.journal(saved).perform(Write("iam:CreateRole", "a", lambda: None, lambda token: "arn"))
        store.delete(saved)
        store.delete(saved)
        assert store.list() == (kept,)
        assert [entry.name for entry in (root / "installations").iterdir()] == [f"{ACCOUNT}.second"]
        assert store.save(installation(number=9)).id == installation(number=9).id


class TestRoot:
    def test_given(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("HOUSEGUEST_HOME", str(tmp_path))
        assert default_root() == tmp_path

    def test_of_the_system(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("HOUSEGUEST_HOME", raising=False)
        assert default_root().name == "houseguest"
        assert default_root().is_absolute()


def test_time_of_change_is_the_stores(root: Path) -> None:
    times = iter(NOW + timedelta(minutes=minute) for minute in range(3))
    store = ProfileStore(root, now=lambda: next(times))
    one = store.save(installation())
    assert (one.created, one.updated) == (installation().created, NOW)
    assert store.save(one).updated == NOW + timedelta(minutes=1)
