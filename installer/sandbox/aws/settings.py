"""What the supervisor tells this process through its environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ACCOUNT_REGION_DEFAULT = "us-east-1"


@dataclass(frozen=True)
class Settings:
    """`speed` compresses waiting: 1 is the sandbox's own pace, 10 ten times as fast."""

    speed: float
    control_token: str
    port_file: Path

    @classmethod
    def from_environment(cls) -> Settings:
        return cls(
            speed=float(os.environ.get("HOUSEGUEST_SANDBOX_SPEED", "1")),
            control_token=os.environ["HOUSEGUEST_SANDBOX_TOKEN"],
            port_file=Path(os.environ["HOUSEGUEST_SANDBOX_PORT_FILE"]),
        )


def pause(seconds: float) -> float:
    """How long something that takes `seconds` at the sandbox's own pace takes now."""
    return seconds / max(float(os.environ.get("HOUSEGUEST_SANDBOX_SPEED", "1")), 0.01)
