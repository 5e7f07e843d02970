"""No secret in a file: what the program keeps on the workstation holds no key, token or invitation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from installer.sandbox.checks.check import insist
from installer.sandbox.checks.witness import Installed, Witness

_SHAPES = {
    "an access key id": re.compile(rb"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a signed token": re.compile(rb"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{16,}"),
    "a bearer token": re.compile(rb"(?i)(\bbearer\s+|access_token\W{1,5})[\w~+/.=-]{20,}"),
    "a private key": re.compile(rb'PRIVATE KEY-----|"d"\s*:\s*"[\w-]{43}"'),
}


def holds_no_secret(witness: Witness, installed: Installed, home: Path) -> str:
    """`home` is HOUSEGUEST_HOME. That the installation is saved there shows that the right place was searched."""
    files = {path: path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}
    insist(any(installed.role_arn.encode() in data for data in files.values()), f"{installed.name} is not saved there.")
    known = dict(_known(witness))
    found = [
        f"{path.relative_to(home)} holds {what}"
        for path, data in files.items()
        for what in (
            *(name for name, secret in known.items() if secret.encode() in data),
            *(name for name, shape in _SHAPES.items() if shape.search(data)),
        )
    ]
    insist(not found, f"{'; '.join(found)}.")
    return f"{len(files)} files hold none of {len(known)} known secrets and nothing of the shape of one."


def _known(witness: Witness) -> Iterator[tuple[str, str]]:
    """Secrets that the program was given."""
    yield "the invitation", witness.invitation_token
    for who, clients in (("the administrator", witness.admin), ("the vendor", witness.vendor)):
        yield f"the secret access key of {who}", clients.keys.secret_access_key
        if clients.keys.session_token:
            yield f"the session token of {who}", clients.keys.session_token
