"""Idempotency-Key: the same key with the same body is answered by the same record, with another body refused."""

import hashlib
import json
from collections.abc import Callable
from typing import Protocol, TypeVar

from pydantic import BaseModel

from installer.sandbox.vendor.problems import Problem
from installer.sandbox.vendor.store import RememberedCall, Store
from installer.sandbox.vendor.tokens import Caller

KEY_PATTERN = r"^[\x21-\x7e]{1,128}$"


class _Record(Protocol):
    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=_Record)


class Idempotency:
    def __init__(self, store: Store) -> None:
        self._store = store

    def once(
        self,
        caller: Caller,
        call: str,
        key: str,
        body: BaseModel,
        do: Callable[[], tuple[R, int]],
        read: Callable[[str], R],
    ) -> tuple[R, int]:
        """The record and status of `do()`, or of the call that had this key before, as the record is now.

        A call that was refused is not remembered: it changed nothing, so it may be tried again.
        """
        slot = (caller.tenant, call, key)
        digest = hashlib.sha256(json.dumps(body.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()
        with self._store.changing():
            before = self._store.remembered_calls.get(slot)
            if before is None:
                record, status = do()
                self._store.remembered_calls[slot] = RememberedCall(digest, status, record.id)
                return record, status
            if before.digest != digest:
                raise Problem(422, "idempotency-key-reused", "This Idempotency-Key was used with another body.")
            return read(before.record_id), before.status
