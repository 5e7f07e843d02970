"""The vendor's own word, asked through its control plane with a key of our own. Our own reading stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from installer.sandbox.checks.check import insist
from installer.sandbox.checks.clients import DENIALS, local_http
from installer.sandbox.checks.witness import Installed, Witness
from installer.sandbox.vendor import signing


def says_it_is_connected(witness: Witness, installed: Installed) -> str:
    """And installed, with the same role, region and block as the command told."""
    with _speaking(witness) as vendor:
        integration = _answer(vendor.get(f"/v1/integrations/{installed.told['integration_id']}"))
        install = _answer(vendor.get(f"/v1/installs/{installed.told['install_id']}"))
    facts = {
        "integration": (integration["state"], "connected"),
        "role": (integration["role_arn"], installed.role_arn),
        "its install": (integration["install_id"], installed.told["install_id"]),
        "install": (install["state"], "installed"),
        "region": (install["region"], installed.region),
        "block": (install["cidr"], installed.cidr),
    }
    wrong = [f"{what}: {said}, not {wanted}" for what, (said, wanted) in facts.items() if said != wanted]
    insist(not wrong, f"The vendor says {'; '.join(wrong)}.")
    return f"The vendor says {'; '.join(f'{what}: {said}' for what, (said, _) in facts.items())}."


def says_it_is_shut_out(witness: Witness, installed: Installed) -> str:
    """It tries everything it has, now: new sessions, and each that it still holds."""
    with _speaking(witness) as vendor:
        tried = _answer(vendor.post(f"/v1/integrations/{installed.told['integration_id']}/verify"))
    attempts = [f"{one['kind']}: {one['error_code'] or 'allowed'}" for one in tried["attempts"]]
    open_ways = [one["kind"] for one in tried["attempts"] if one["allowed"] or one["error_code"] not in DENIALS]
    insist(not open_ways, f"The vendor was not denied: {', '.join(attempts)}.")
    kinds = {one["kind"] for one in tried["attempts"]}
    insist("live_session" in kinds, "The vendor held no live session that it could try.")
    insist(tried["state"] == "lost", f"The vendor calls the integration {tried['state']}.")
    return f"The vendor says {', '.join(attempts)}."


@contextmanager
def _speaking(witness: Witness) -> Iterator[httpx.Client]:
    key = Ed25519PrivateKey.generate().public_key()
    body = {"invitation": witness.invitation_token, "public_key": signing.public_jwk(key)}
    with local_http(witness.info.control_plane_url) as client:
        token = _answer(client.post("/v1/sessions", json=body))["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def _answer(reply: httpx.Response) -> dict[str, Any]:
    reply.raise_for_status()
    said: dict[str, Any] = reply.json()
    return said
