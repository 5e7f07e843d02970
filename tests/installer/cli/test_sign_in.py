"""A sign-in that fails, seen from outside: what the whole command prints and writes down."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SECRET = "hunter2-is-nobodys-business"
FAILS = f"import sys; sys.stderr.write('refused for password {SECRET}'); sys.exit(1)"


@pytest.mark.parametrize("as_json", [True, False])
def test_what_a_credential_process_says_goes_nowhere(home: Path, tmp_path: Path, as_json: bool) -> None:
    program = tmp_path / "helper.py"
    program.write_text(FAILS)
    config = home / ".aws" / "config"
    config.parent.mkdir()
    config.write_text(f'[profile helped]\ncredential_process = "{sys.executable}" "{program}"\nregion = us-east-1\n')
    saved = tmp_path / "saved"
    ended = subprocess.run(
        [sys.executable, "-c", "from installer.cli import main; main()", "whoami", *(["--json"] if as_json else [])],
        env={**os.environ, "AWS_PROFILE": "helped", "HOUSEGUEST_HOME": str(saved)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 3, ended.stdout + ended.stderr
    assert "CredentialRetrievalError" in ended.stdout + ended.stderr
    written = [path.read_text("utf-8") for path in saved.rglob("*") if path.is_file()]
    assert any("command.failed" in text for text in written)
    assert not [text for text in (ended.stdout, ended.stderr, *written) if SECRET in text]
