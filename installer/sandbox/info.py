"""Where a running sandbox is: exactly what `houseguest sandbox --json` prints."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

ACCOUNT_ID = "222222222222"
VENDOR_ACCOUNT_ID = "111111111111"


@dataclass(frozen=True)
class SandboxInfo:
    """Paths are absolute. `control_plane_url` and `invitation` are empty where the sandbox runs without the vendor."""

    endpoint_url: str
    control_plane_url: str
    invitation: str
    aws_config_file: str
    aws_shared_credentials_file: str
    admin_profile: str
    read_only_profile: str
    vendor_profile: str
    account_id: str
    vendor_account_id: str
    pid: int

    def to_json(self) -> str:
        return json.dumps(asdict(self))
