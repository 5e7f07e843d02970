"""Who is signed in to AWS: one sign-in for each profile and account, shared by everything that the desk does.

What a sign-in can do is in `installer/workstation.py`. One that is kept here is of its account, and stays so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from installer.context import Context

if TYPE_CHECKING:
    from installer.errors import SignInNeeded
    from installer.profiles import ProfileStore
    from installer.secrets import SharedSecrets
    from installer.workstation import Workstation

    Ended = Callable[[], None]
    NewSignIn = Callable[[str | None, ProfileStore, SharedSecrets, Ended], Workstation]


class SignIns:
    """Safe to use from many threads. `new` makes a sign-in by a profile that reaches nothing yet, and tells when its
    credentials have ended.
    """

    def __init__(self, root: Path | None = None, new: NewSignIn | None = None) -> None:
        self._root = root
        self._new = new or _by_profile
        self._kept: dict[tuple[str | None, str], Workstation] = {}
        self._making = Lock()
        self._store: ProfileStore | None = None
        self._secrets: SharedSecrets | None = None

    @property
    def store(self) -> ProfileStore:
        """The saved installations. There is one: it knows what it has seen of them."""
        return self._shared()[0]

    def new(self, profile: str | None) -> Workstation:
        """A sign-in that is not kept, and held to no account: to see who that is, or for work that needs nobody."""
        return self._new(profile, *self._shared(), partial(self._forget, profile))

    def keep(self, profile: str | None, account_id: str, station: Workstation) -> None:
        """From now on this is how `profile` works in that account: `station` is held to it."""
        self._kept[profile, account_id] = station

    def again(self, ctx: Context, profile: str | None, account_id: str) -> Workstation:
        """Read the profile's credentials anew. Raises `WrongAccount` where they are of another account."""
        station = self.new(profile)
        station.keep_to(ctx, account_id)
        self.keep(profile, account_id, station)
        return station

    def of(self, ctx: Context, profile: str | None, account_id: str) -> Workstation:
        """As it was signed in before; signs in where it was not, or where that has ended."""
        return self._kept.get((profile, account_id)) or self.again(ctx, profile, account_id)

    def _forget(self, profile: str | None) -> None:
        """The credentials have ended. Whoever signs in elsewhere and tries again shall not meet the old ones."""
        for kept in tuple(self._kept):
            if kept[0] == profile:
                self._kept.pop(kept, None)

    def _shared(self) -> tuple[ProfileStore, SharedSecrets]:
        """One of each for all sign-ins: where there is no keyring, the vendor's key is in these secrets only."""
        from installer.places import default_root
        from installer.profiles import ProfileStore
        from installer.secrets import SharedSecrets

        with self._making:
            if self._store is None or self._secrets is None:
                self._store, self._secrets = ProfileStore(self._root or default_root()), SharedSecrets()
            return self._store, self._secrets


def _by_profile(profile: str | None, store: ProfileStore, secrets: SharedSecrets, ended: Ended) -> Workstation:
    from installer.aws.sign_in.profile import ProfileCredentials
    from installer.workstation import Workstation

    def nobody_to_ask(_ctx: Context, _ended: SignInNeeded) -> bool:
        ended()
        return False

    return Workstation(ProfileCredentials(profile, nobody_to_ask), store=store, secrets=secrets)
