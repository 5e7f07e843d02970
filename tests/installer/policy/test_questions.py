"""Questions in bulk: shapes of a line, and a bad line among good ones."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installer.errors import PolicyError
from installer.policy.questions import PolicyBook, answers, read_request

ALLOW = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
S3 = {"Version": "2012-10-17", "Statement": [{"Sid": "S3", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
NOTHING: dict[str, Any] = {"Version": "2012-10-17", "Statement": []}
REQUEST = {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "context": {}}
QUESTION = {"id": "q", "identity": [S3], "boundary": None, "scp": None, "session": None, "request": REQUEST}


def answered(*lines: Any) -> list[dict[str, Any]]:
    return list(answers(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))


def decision(**changes: Any) -> str:
    (answer,) = answered({**QUESTION, **changes})
    return str(answer.get("decision") or answer["error"]["message"])


def test_an_answer() -> None:
    assert answered(QUESTION) == [
        {"id": "q", "decision": "allowed", "statement": "identity 1: S3", "why": "identity 1: S3 allows it."}
    ]


def test_an_open_context_is_said() -> None:
    tagged = {**S3["Statement"][0], "Condition": {"StringEquals": {"aws:PrincipalTag/A": "b"}}}  # type: ignore[index]
    identity = [{"Version": "2012-10-17", "Statement": tagged}]
    (open_answer,) = answered({**QUESTION, "identity": identity, "open_context": True})
    assert (open_answer["decision"], open_answer["depends_on"]) == ("depends", ["aws:PrincipalTag/A"])
    (answer,) = answered({**QUESTION, "identity": identity, "open_context": False})
    assert answer["decision"] == "implicit_deny"
    assert "depends_on" not in answer
    absent = {**REQUEST, "context": {"aws:PrincipalTag/A": None}}
    assert decision(identity=identity, open_context=True, request=absent) == "implicit_deny"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"identity": S3}, "allowed"),
        ({"identity": []}, "implicit_deny"),
        ({"identity": None}, "implicit_deny"),
        ({"boundary": NOTHING}, "implicit_deny"),
        ({"scp": ALLOW}, "allowed"),
        ({"scp": []}, "allowed"),
        ({"scp": [ALLOW, NOTHING]}, "allowed"),  # one level
        ({"scp": [[ALLOW, NOTHING], [S3]]}, "allowed"),  # two levels
        ({"scp": [[ALLOW], [NOTHING]]}, "implicit_deny"),
        ({"session": [NOTHING, S3]}, "allowed"),
        ({"session": NOTHING}, "implicit_deny"),
        ({"request": {"action": "s3:GetObject"}}, "allowed"),
        ({"request": {"action": "s3:GetObject", "resource": None, "context": None}}, "allowed"),
        ({"scp": [ALLOW, [ALLOW]]}, "The policy is not a JSON object."),
        ({"boundary": [S3]}, "The policy is not a JSON object."),
        ({"open_context": "yes"}, "open_context is not true or false."),
        ({"request": None}, "The request is not a JSON object."),
        ({"request": {}}, "The request's action or resource is not text."),
        ({"request": {**REQUEST, "resource": ["*"]}}, "The request's action or resource is not text."),
        ({"request": {**REQUEST, "conditions": {}}}, "The request has 'conditions', which is not known."),
        ({"request": {**REQUEST, "context": []}}, "The context is not a JSON object."),
        ({"request": {**REQUEST, "context": {"a": {}}}}, "The context's 'a' is not text or a list of texts."),
        ({"request": {**REQUEST, "context": {"a": [None]}}}, "The context's 'a' is not text or a list of texts."),
    ],
)
def test_shapes(changes: dict[str, Any], found: str) -> None:
    assert decision(**changes) == found


def test_values_may_be_without_quotation_marks() -> None:
    request = read_request({"action": "s3:a", "context": {"a": True, "b": 10, "c": [1.5, "x"], "d": None, "e": []}})
    assert dict(request.values) == {"a": "true", "b": "10", "c": ("1.5", "x"), "d": (), "e": ()}


def test_a_bad_line_does_not_stop_the_others() -> None:
    bad = [
        *(b"{", b"null", b"[]", b'{"id": 1, "id": 2}', b"\xff\xfe", b'{"id": NaN}', b"[" * 100_000),
        b'{"id": ' + b"9" * 10_000 + b"}",
    ]
    found = answered(QUESTION, *bad, b"", b" \n", {**QUESTION, "id": 2})
    assert [answer.get("decision") for answer in found] == ["allowed", *[None] * len(bad), "allowed"]
    assert [answer["line"] for answer in found if "error" in answer] == list(range(2, 2 + len(bad)))
    assert all(answer["error"]["code"] == "policy" and answer["error"]["fix"] for answer in found if "error" in answer)


@pytest.mark.parametrize("place", ["%s", '{"boundary": %s}', '{"request": %s}'])
def test_however_deep_a_line_is_it_is_answered(place: str) -> None:
    found = answered(*(b"%s" % (place % ("[" * depth + "]" * depth)).encode() for depth in range(700, 1_100)))
    assert len(found) == 400
    assert all("error" in answer for answer in found)


def test_a_bad_policy_is_named() -> None:
    (answer,) = answered({**QUESTION, "identity": [S3, {"Statement": {}}]})
    assert answer["id"] == "q"
    assert answer["error"]["details"] == {"policy": "identity 2"}


def test_a_byte_order_mark_is_no_fault() -> None:
    (answer,) = answered(b"\xef\xbb\xbf" + json.dumps(QUESTION).encode())
    assert answer["decision"] == "allowed"


def test_policies_are_compiled_once() -> None:
    book = PolicyBook()
    assert book.one("boundary", S3) is book.several("identity", [json.loads(json.dumps(S3))])[0]
    for number in range(1_000):
        book.one("boundary", {**S3, "Id": str(number)})
    assert book.one("boundary", S3) is not None
    with pytest.raises(PolicyError):
        book.one("boundary", {})


@given(st.binary() | st.text().map(str.encode))
def test_any_line_is_answered(line: bytes) -> None:
    assert len(list(answers([line]))) == bool(line.strip())
