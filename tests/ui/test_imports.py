"""ui/imports.py: once the window's code is imported, an import reads no sources."""

import subprocess
import sys

SEEN = "import linecache, wave, chunk, sndhdr; print(sorted(linecache.cache))"


def sources_read(code: str) -> str:
    command = [sys.executable, "-W", "ignore", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def test_no_sources_are_read_by_an_import() -> None:
    assert "wave.py" in sources_read(f"import PySide6.QtCore; {SEEN}"), "PySide6 has stopped it: ui/imports.py may go"
    assert "wave.py" not in sources_read(f"import ui; {SEEN}")
