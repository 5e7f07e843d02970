"""The fears that ship are questions that can be asked; a person's own file is read, or refused with the place."""

import json
from pathlib import Path
from typing import Any

import pytest

from installer.errors import PolicyError
from installer.policy.fears import Place, fears_with, read_fears, shipped_fears
from tests.support.signed_in import names

PLACE = Place(names(), "eu-west-1", "us-west-2")
TRY = {"action": "s3:GetObject", "resource": "arn:{partition}:s3:::x/{name}"}
FEAR: dict[str, Any] = {"id": "payroll", "title": "Read the payroll", "why": "It is private.", "tries": [TRY]}


def text(*fears: Any, **more: Any) -> str:
    return json.dumps({"format": 1, "fears": list(fears), **more})


def test_at_least_thirty_ship_each_with_a_title_a_reason_and_a_try() -> None:
    fears = shipped_fears()
    assert len(fears) >= 30
    assert len({fear.title for fear in fears}) == len(fears)
    for fear in fears:
        assert fear.why.endswith(".")
        assert not fear.title.endswith(".")
        assert fear.tries
        for one in fear.tries:
            request = one.request(PLACE)
            assert "{" not in request.resource + "".join(map(str, request.values.values()))
            assert not request.complete


def test_placeholders_are_filled_and_a_null_is_an_absent_key() -> None:
    one = {
        **TRY,
        "context": {"aws:RequestedRegion": "{elsewhere}", "aws:ResourceTag/x": None, "aws:TagKeys": ["{path}"]},
    }
    (fear,) = read_fears("\ufeff" + text({**FEAR, "tries": [one]}))
    request = fear.tries[0].request(PLACE)
    assert request.resource == "arn:aws:s3:::x/popsql"
    assert request.context == {
        "aws:RequestedRegion": "us-west-2",
        "aws:ResourceTag/x": (),
        "aws:TagKeys": ("/release/popsql/",),
    }
    assert not fear.shipped


def test_a_region_is_known_unless_the_try_says_another() -> None:
    (fear,) = read_fears(text(FEAR))
    assert fear.tries[0].request(PLACE).context == {"aws:RequestedRegion": "eu-west-1"}


def test_a_file_of_ones_own_comes_after_the_shipped_ones(tmp_path: Path) -> None:
    file = tmp_path / "fears.json"
    file.write_text(text(FEAR), "utf-8")
    assert [fear.id for fear in fears_with(file)] == [*(fear.id for fear in shipped_fears()), "payroll"]
    file.write_text(text({**FEAR, "id": "read-buckets"}), "utf-8")
    with pytest.raises(PolicyError, match="'read-buckets' is the id of a fear that ships"):
        fears_with(file)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("{", "not JSON: .* in line 1, column 2"),
        ('{"format": 1, "format": 1}', "'format' twice"),
        ("[" * 100_000, "cannot be read|can be read"),
        ("[]", "The file is not a JSON object"),
        ('{"format": 1}', "The file has no 'fears'"),
        ('{"format": 2, "fears": []}', "the format 2; 1 is known here"),
        (text(), "The file has no list of fears"),
        (text(FEAR, note=""), "The file has 'note', which is not known here"),
        (text(FEAR, 1), "Fear 2 is not a JSON object"),
        (text(FEAR, FEAR), r"Fear 2 has the id 'payroll' of another"),
        (text({**FEAR, "id": "A b"}), r"Fear 1 \(A b\) has an id that is not"),
        (text({**FEAR, "title": " "}), r"Fear 1 \(payroll\) has no text in 'title'"),
        (text({**FEAR, "why": "a\nb"}), "has no text in 'why'"),
        (text({**FEAR, "tries": []}), "has no list of tries"),
        (text({**FEAR, "tries": [{}]}), r"Fear 1 \(payroll\), try 1 has no 'action'"),
        (text({**FEAR, "tries": [TRY, {**TRY, "action": "s3:*"}]}), r"try 2: The action 's3:\*' is not one operation"),
        (text({**FEAR, "tries": [{**TRY, "resource": "my-bucket"}]}), "neither an ARN nor"),
        (
            text({**FEAR, "tries": [{**TRY, "resource": "arn:{who}"}]}),
            r"the placeholder \{who\}; known are \{partition\}",
        ),
        (text({**FEAR, "tries": [{**TRY, "resource": "arn:{name!r}"}]}), r"the placeholder \{name\}"),
        (text({**FEAR, "tries": [{**TRY, "resource": "arn:{"}]}), "a brace without its other"),
        (text({**FEAR, "tries": [{**TRY, "context": []}]}), "a context that is not an object"),
        (text({**FEAR, "tries": [{**TRY, "context": {"a": 1}}]}), "'a' is not text, a list of texts, or null"),
        (text({**FEAR, "tries": [{**TRY, "context": {"a": "b", "A": "b"}}]}), "names a key twice"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(bad: str, told: str) -> None:
    with pytest.raises(PolicyError, match=told):
        read_fears(bad)


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "cannot be read"), (b"\xff", "not UTF-8"), (b" " * 262_145, "larger than 256 KiB")],
)
def test_a_file_that_is_none(tmp_path: Path, content: bytes | None, told: str) -> None:
    file = tmp_path / "fears.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PolicyError, match=told):
        fears_with(file)
