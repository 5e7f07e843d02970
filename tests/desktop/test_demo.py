"""The demo walks the real window under a window manager. What comes of it offscreen is in `tests/sandbox/test_demo.py`.

It takes more than a minute, most of it as offscreen: it is run by `make soak`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.xvfb import Desktop

HOUSEGUEST = str(Path(sys.executable).with_name("houseguest"))
PICTURES = 18
"""Of each, light and dark."""


@pytest.mark.soak
def test_the_demo_ends_well_on_a_display(display: Desktop, tmp_path: Path) -> None:
    output = tmp_path / "output"
    command = [HOUSEGUEST, "demo", "--headless", "--on-display", "--output", str(output)]
    ran = subprocess.run(command, env=display.environment(), capture_output=True, text=True, check=False)

    report = json.loads((output / "report.json").read_text("utf-8"))
    assert [check for check in report["checks"] if not check["passed"]] == []
    assert ran.returncode == 0, ran.stderr
    assert report["outcome"] == "succeeded"
    light, dark = ({path.stem.removesuffix(end) for path in output.glob(f"*{end}.png")} for end in ("-light", "-dark"))
    assert light == dark
    assert len(light) >= PICTURES
