"""Format changes how a policy is written, never what it says or in which order."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installer.errors import BoundaryError
from installer.policy.document import Document
from installer.policy.formatting import formatted
from tests.installer.policy.test_source import ANY_JSON

TEXT = '{"Statement":{"Resource":"*","Action":["s3:*"],"Effect":"Allow"},"Version":"2012-10-17"}'


def test_one_value_a_line_in_the_order_of_the_text() -> None:
    assert formatted(TEXT).splitlines() == [
        "{",
        '  "Statement": {',
        '    "Resource": "*",',
        '    "Action": [',
        '      "s3:*"',
        "    ],",
        '    "Effect": "Allow"',
        "  },",
        '  "Version": "2012-10-17"',
        "}",
    ]


def test_as_a_document_is_written() -> None:
    pretty = Document.from_json(TEXT).pretty()
    assert formatted(Document.from_json(TEXT).to_json()) == pretty == formatted(pretty.replace("\n", "\r\n"))


@pytest.mark.parametrize("text", [r'"\u00fc\ud800\/"', "1.50", "1E2", "12345678901234567890.5", "{}", "[]", "null"])
def test_texts_and_numbers_stay_letter_by_letter(text: str) -> None:
    assert formatted(text) == text
    assert formatted(f'{{"a": [{text}]}}').split() == ['{', '"a":', "[", text, "]", "}"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('\ufeff{"a": 1}', {"a": 1}),
        ("{'a': 'b\"c',}", {"a": 'b"c'}),
        ('{“a”: True "b": [1,]}', {"a": True, "b": [1]}),
        ('{"a"\u00a0: "b\tc"}', {"a": "b\tc"}),
    ],
)
def test_what_leaves_no_doubt_is_put_right(text: str, value: Any) -> None:
    assert json.loads(formatted(text)) == value


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '{"a": 1, // mine\n "b": 2}',
            "The text is not JSON at line 1, column 10: This is a comment, and JSON has none.",
        ),
        ('{"a": 1, "a": 2}', "is there twice"),
        ('{"a": [1, 2', "ends too early"),
        ("[1,, 2]", "one too many"),
        ("{a: 1}", "without quotation marks"),
        ("[NaN]", "NaN"),
        ("", "There is no text."),
        ("[" * 9_999, "nested"),
    ],
)
def test_what_could_lose_something_is_refused_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(BoundaryError, match=r"^The text is not JSON at line \d+, column \d+: ") as caught:
        formatted(text)
    assert sentence in caught.value.message
    assert caught.value.fix


@given(ANY_JSON, st.sampled_from([None, 1, "\t"]))
@settings(deadline=None)
def test_nothing_is_lost(value: Any, indent: Any) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    assert formatted(text) == json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    assert formatted(formatted(text)) == formatted(text)


@given(st.text(st.sampled_from("{}[],:\"'ab1 \n\\/*"), max_size=30))
@settings(deadline=None, max_examples=300)
def test_any_text_is_formatted_or_refused(text: str) -> None:
    try:
        found = formatted(text)
    except BoundaryError:
        return
    assert formatted(found) == found
    json.loads(found)
