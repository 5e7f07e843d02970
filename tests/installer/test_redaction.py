"""Nothing that opens a door is ever written down."""

import json
import logging
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installer import redaction
from installer.redaction import REDACTED, configure_logging, log, log_fault, scrub

# Public examples of AWS's own documentation, and made-up ones of the same shape.
ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SESSION_TOKEN = "IQoJb3JpZ2luX2VjEDwaCXVzLWVhc3QtMSJHMEUCIQDZ1x" + "Ab9/Zk3+Q7w" * 12 + "=="
JWS = "eyJhbGciOiJFZERTQSIsImtpZCI6ImsxIn0.eyJpc3MiOiJyZWxlYXNlLmV4YW1wbGUifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
SEED = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIGabc\n-----END PRIVATE KEY-----"
PASSWORD = "correct horse"

CORPUS = [
    (ACCESS_KEY, f"identity {ACCESS_KEY} may not"),
    (ACCESS_KEY.replace("AKIA", "ASIA"), "key=" + ACCESS_KEY.replace("AKIA", "ASIA")),
    (SECRET_KEY, f"aws_secret_access_key = {SECRET_KEY}"),
    (SECRET_KEY, f'{{"SecretAccessKey": "{SECRET_KEY}"}}'),
    (SECRET_KEY, f'{{\\"SecretAccessKey\\": \\"{SECRET_KEY}\\"}}'),
    (SECRET_KEY, f"<SecretAccessKey>{SECRET_KEY}</SecretAccessKey>"),
    (SECRET_KEY, f"just {SECRET_KEY} alone"),
    (SECRET_KEY, f"'{SECRET_KEY}'"),
    (SESSION_TOKEN, f"aws_session_token={SESSION_TOKEN}"),
    (SESSION_TOKEN, f"X-Amz-Security-Token: {SESSION_TOKEN}"),
    (SESSION_TOKEN, f"https://s3.example/x?X-Amz-Security-Token={SESSION_TOKEN}&X-Amz-Date=1"),
    (SESSION_TOKEN, f"<SessionToken>{SESSION_TOKEN}</SessionToken>"),
    (SESSION_TOKEN, f"alone {SESSION_TOKEN}"),
    (JWS, f"Authorization: Bearer {JWS}"),
    (JWS, f"got {JWS}."),
    (JWS, f"/v1/token?assertion={JWS}"),
    (JWS[:60], f"cut short {JWS[:60]}"),
    ("opaque-token-1234", "Authorization: Bearer opaque-token-1234"),
    ("opaque-token-1234", '"access_token":"opaque-token-1234"'),
    ("dXNlcjpwYXNzd29yZA==", "Proxy-Authorization: Basic dXNlcjpwYXNzd29yZA=="),
    ("hunter2", "https://admin:hunter2@proxy.example:3128/"),
    ("hunter2", "password=hunter2"),
    ("hunter2", "--password hunter2"),
    (PASSWORD, f'"password": "{PASSWORD}"'),
    (PASSWORD, f"passphrase: '{PASSWORD}'"),
    (SEED, f"seed {SEED}"),
    ("MC4CAQAwBQYDK2VwBCIEIGabc", PEM),
    ("MC4CAQAwBQYDK2VwBCIEIGabc", PEM[:-10]),
    ("0123abcdef", "X-Amz-Signature=0123abcdef"),
    (
        "fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024",
        "AWS4-HMAC-SHA256 Credential=X, Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024",
    ),
    ("verifier-verifier", "code_verifier=verifier-verifier&code=x"),
    ("s3cr3t", "client_secret: s3cr3t"),
    ("session=abc123", "Set-Cookie: session=abc123"),
]

HARMLESS = [
    "arn:aws:iam::222222222222:role/release/popsql/popsql-node",
    "arn:aws:cloudformation:us-east-1:222222222222:stack/popsql-access/0f8e6b2a-1c9d-4f3b-9a57-3d2f1e0c4b6a",
    "arn:aws:sts::222222222222:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/jane.doe",
    "hg-0f8e6b2a-1c9d-4f3b-9a57-3d2f1e0c4b6a",
    "sha256 fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024",
    "User: arn:aws:iam::222222222222:user/jane is not authorized to perform: iam:CreateRole on resource: x",
    "CREATE_FAILED AWS::ElasticLoadBalancingV2::LoadBalancer PopsqlApplicationLoadBalancerListener",
    "https://console.aws.amazon.com/cloudformation/home?region=us-east-1#/stacks/create/review",
    "/usr/lib/python3/dist-packages/botocore/httpsession.py line 123",
    "The basic settings of the bearer are in the token endpoint.",
    "2026-03-01T12:00:00+00:00 request 7f3c1f0e-8b3b-4a0e-9a57-3d2f1e0c4b6a",
]


@pytest.mark.parametrize(("secret", "text"), CORPUS, ids=[text[:40] for _, text in CORPUS])
def test_secrets_go(secret: str, text: str) -> None:
    assert secret in text
    assert secret not in scrub(text)
    assert REDACTED in scrub(text)
    assert secret not in scrub(f"before\n{text}\nafter")
    assert scrub(f"before\n{text}").startswith("before\n")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_support_needs_stays(text: str) -> None:
    assert scrub(text) == text


@given(st.binary(min_size=32, max_size=200))
def test_random_runs_go(data: bytes) -> None:
    import base64

    run = base64.b64encode(data).decode()
    if len(set(run)) > 24:  # hypothesis likes bytes of zero, which are no secret
        assert run not in scrub(f"it is {run} there")


@given(st.text(max_size=400))
def test_scrubbing_always_ends_and_twice_changes_nothing(text: str) -> None:
    once = scrub(text)
    assert scrub(once) == once


def test_scrubbing_is_quick_on_bad_input() -> None:
    for text in (
        "eyJ" * 50_000,
        "a" * 300_000,
        '"secret": "' + "\\" * 100_000,
        "token=" * 30_000,
        "://" + "a:" * 50_000,
    ):
        scrub(text)


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "logs" / "houseguest.log"
    close = configure_logging(path)
    yield path
    close()


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_only_listed_events_and_names_are_written(written: Path) -> None:
    log("command.failed", code="aws", secret=SECRET_KEY, parameters={"x": SECRET_KEY})
    log("something.else", code="aws")
    log(f"command.failed {SECRET_KEY}")
    [line] = lines(written)
    assert {key: line[key] for key in ("event", "code")} == {"event": "command.failed", "code": "aws"}
    assert set(line) == {"at", "level", "event", "code"}


@pytest.mark.parametrize(("secret", "text"), CORPUS, ids=[text[:40] for _, text in CORPUS])
def test_a_secret_under_a_listed_name_does_not_get_through(written: Path, secret: str, text: str) -> None:
    log("command.failed", code=text, command=[text], step={"x": text})
    assert secret not in written.read_text("utf-8")


def test_a_fault_tells_where_but_not_what(written: Path) -> None:
    try:
        raise ValueError(SECRET_KEY)
    except ValueError as error:
        log_fault(error)
    [line] = lines(written)
    assert line["raised"] == "ValueError"
    assert "test_redaction.py" in str(line["where"])
    assert SECRET_KEY not in written.read_text("utf-8")


def test_before_it_is_configured_a_fault_is_not_printed() -> None:
    code = "from installer.redaction import log_fault\nlog_fault(ValueError('s3cr3t'))"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize("name", ["botocore", "httpx", "houseguest.child", "root"])
def test_libraries_write_nothing(written: Path, name: str) -> None:
    logging.getLogger(name).warning("aws.call")
    logging.getLogger("houseguest").warning("aws.call %s", "with an argument")
    assert not written.exists() or written.read_text() == ""


def test_the_file_is_private_and_closing_ends_it(written: Path) -> None:
    log("command.started", command="x" * 5000)
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert len(str(lines(written)[0]["command"])) == 500
    configure_logging(None)
    log("command.ended")
    assert len(lines(written)) == 1


def test_configuring_twice_writes_once(tmp_path: Path) -> None:
    configure_logging(tmp_path / "one")
    close = configure_logging(tmp_path / "two")
    log("command.started")
    close()
    assert not (tmp_path / "one").exists() or not (tmp_path / "one").read_text()
    assert len(lines(tmp_path / "two")) == 1


def test_the_lists_hold_no_confidential_name() -> None:
    assert not {"token", "secret", "password", "message", "parameters"} & redaction.KEYS
