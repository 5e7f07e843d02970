"""`houseguest permissions evaluate`: one JSON answer a line, from a file or standard input."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
import typer

from installer.cli.permissions import evaluate
from installer.errors import UsageError

CASES = Path(__file__).parents[2] / "data/policy_cases.jsonl"


def lines(captured: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.splitlines()]


def test_every_line_is_answered_in_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    evaluate(str(CASES))
    answers = lines(capsys.readouterr().out)
    cases = lines(CASES.read_text("utf-8"))
    assert [(one["id"], one["decision"]) for one in answers] == [(case["id"], case["expected"]) for case in cases]
    assert all(one["statement"] and one["why"] for one in answers)


def test_a_bad_line_is_told_and_the_exit_code_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = CASES.read_bytes().splitlines()[0]
    file = tmp_path / "questions.jsonl"
    file.write_bytes(b"\n".join((good, b'{"id": "\\ud800"}', good)))
    with pytest.raises(typer.Exit) as ended:
        evaluate(str(file))
    assert ended.value.exit_code == 1
    first, bad, last = lines(capsys.readouterr().out)
    assert first == last
    assert (bad["line"], bad["error"]["code"]) == (2, "policy")


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(CASES.read_bytes())))
    evaluate("-")
    assert len(lines(capsys.readouterr().out)) == 162


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_what_cannot_be_read_is_wrong_usage(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        evaluate(str(tmp_path / name))
