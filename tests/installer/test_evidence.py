"""Evidence: five words that are never mixed, and one form everywhere."""

import json
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from installer.evidence import Evidence, Source, State

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_the_words() -> None:
    assert [state.value for state in State] == ["predicted", "requested", "verified", "refuted", "not checked"]
    assert [source.value for source in Source] == ["aws", "vendor", "our own reasoning"]


def test_its_json_says_everything() -> None:
    evidence = Evidence(
        "The role is gone", State.NOT_CHECKED, Source.AWS, AT, "iam:GetRole", "r-1", "you may not read it"
    )
    assert json.loads(json.dumps(evidence.to_json())) == {
        "claim": "The role is gone",
        "state": "not checked",
        "source": "aws",
        "at": "2026-03-01T12:00:00+00:00",
        "call": "iam:GetRole",
        "request_id": "r-1",
        "detail": "you may not read it",
    }
    assert set(evidence.to_json()) == set(Evidence.__dataclass_fields__)


def test_what_is_not_known_is_empty_and_not_absent() -> None:
    told = Evidence("It fits", State.PREDICTED, Source.OURSELVES, AT).to_json()
    assert (told["call"], told["request_id"], told["detail"]) == ("", "", "")


def test_evidence_does_not_change() -> None:
    evidence = Evidence("The role is gone", State.REQUESTED, Source.AWS, AT)
    with pytest.raises(FrozenInstanceError):
        evidence.state = State.VERIFIED  # type: ignore[misc]
