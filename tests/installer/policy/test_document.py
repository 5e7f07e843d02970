"""Policy documents: read, refused with the place, written back the same, measured as AWS measures."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installer.errors import BoundaryError
from installer.policy.document import MAX_TEXT_BYTES, Document, as_list

STATEMENT = {"Sid": "One", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def text(statement: Any = STATEMENT, **others: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statement, **others})


def refused(given_text: str) -> BoundaryError:
    with pytest.raises(BoundaryError) as caught:
        Document.from_json(given_text)
    assert caught.value.fix
    assert len(caught.value.message) < 250
    return caught.value


@pytest.mark.parametrize(
    ("given_text", "sentence"),
    [
        ("", "The policy is not JSON: Expecting value in line 1, column 1."),
        ("{\n 'Version': 1}", "line 2, column 2"),
        (text()[:-1], "The policy is not JSON: Expecting ',' delimiter in line 1"),
        (text() + "x", "Extra data"),
        ("null", "The policy is not a JSON object."),
        ("[]", "The policy is not a JSON object."),
        ('"a"', "The policy is not a JSON object."),
        ("{}", "The policy's Version is None."),
        ('{"Version": "2008-10-17", "Statement": []}', "The policy's Version is '2008-10-17'."),
        (text([]), "The policy has no Statement."),
        (text(None), "The policy has no Statement."),
        (text("Allow"), "The policy has no Statement."),
        (text(Statements=[]), "The policy has 'Statements', which no policy document has."),
        (text([STATEMENT, 5]), "Statement 2 is not a JSON object."),
        (text([STATEMENT, {**STATEMENT, "Principal": "*"}]), "Statement 2 has 'Principal'"),
        (text({**STATEMENT, "action": "*"}), "Statement 1 has 'action'"),
        (text({**STATEMENT, "Sid": 5}), "Sid in Statement 1 is not text."),
        (text({**STATEMENT, "Effect": "allow"}), "Statement 1 has no Effect of Allow or Deny."),
        (text({**STATEMENT, "Effect": ["Allow"]}), "Statement 1 has no Effect of Allow or Deny."),
        (text({"Effect": "Allow", "Resource": "*"}), "Statement 1 needs either Action or NotAction."),
        (text({**STATEMENT, "NotAction": "*"}), "Statement 1 needs either Action or NotAction."),
        (text({"Effect": "Allow", "Action": "*"}), "Statement 1 needs either Resource or NotResource."),
        (text({**STATEMENT, "Action": []}), "Action in Statement 1 is not text or a list of texts."),
        (text({**STATEMENT, "Action": ["s3:*", ""]}), "Action in Statement 1 is not text or a list of texts."),
        (text({**STATEMENT, "Action": {"s3": "*"}}), "Action in Statement 1 is not text or a list of texts."),
        (text({**STATEMENT, "Action": ["s3:*", "s3GetObject"]}), "Action in Statement 1 has 's3GetObject'"),
        (text({**STATEMENT, "Action": "s3:Get Object"}), "Action in Statement 1 has 's3:Get Object'"),
        (text({**STATEMENT, "Resource": 7}), "Resource in Statement 1 is not text or a list of texts."),
        (text({**STATEMENT, "Resource": "my-bucket"}), "Statement 1 has 'my-bucket', which names no resource."),
        (text({**STATEMENT, "Resource": "b" * 999}), "Resource in Statement 1 has 'bbbb"),
        (text({**STATEMENT, "Condition": []}), "Condition in Statement 1 is not a JSON object."),
        (text({**STATEMENT, "Condition": None}), "Condition in Statement 1 is not a JSON object."),
        (text({**STATEMENT, "Condition": {"Bool": "true"}}), "'Bool' in the Condition of Statement 1 is not"),
        (text({**STATEMENT, "Condition": {"Bool": {"a": {}}}}), "'a' in the Condition of Statement 1 is not a text"),
        (text({**STATEMENT, "Condition": {"Bool": {"a": [None]}}}), "'a' in the Condition of Statement 1 is not"),
    ],
)  # fmt: skip
def test_each_refusal_says_where(given_text: str, sentence: str) -> None:
    assert sentence in refused(given_text).message


def test_the_place_is_that_of_the_last_line() -> None:
    pretty = Document.from_json(text()).pretty()
    broken = pretty.replace('"s3:*",', '"s3:*"')
    line = next(n for n, said in enumerate(pretty.splitlines(), 1) if '"Action"' in said)
    assert f"in line {line + 1}, column" in refused(broken).message


@pytest.mark.parametrize("depth", [500, 5_000, 100_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_nesting(opening: str, depth: int) -> None:
    closing = "]" if opening == "[" else "}"
    condition = opening * depth + "1" + closing * depth
    refused(text().replace('"s3:*"', condition))
    refused('{"Version": "2012-10-17", "Statement": ' + condition + "}")
    refused(text({**STATEMENT, "Condition": {"Bool": {"a": "HERE"}}}).replace('"HERE"', condition))


@pytest.mark.parametrize(
    "given_text",
    [
        '{"Version": "2012-10-17", "Version": "2008-10-17", "Statement": []}',
        text().replace('"Sid"', '"Effect": "Deny", "Sid"'),
        text({**STATEMENT, "Condition": {"Bool": {"a": "b"}}}).replace('"a"', '"a": "true", "a"'),
    ],
)
def test_a_name_given_twice(given_text: str) -> None:
    assert "twice in one object" in refused(given_text).message


def test_a_byte_order_mark_is_no_matter() -> None:
    assert Document.from_json("\ufeff" + text()) == Document.from_json(text())
    refused("\ufeff\ufeff" + text())


def test_size_is_limited_before_anything_is_read() -> None:
    at_the_limit = text().ljust(MAX_TEXT_BYTES)
    assert Document.from_json(at_the_limit) == Document.from_json(text())
    assert refused(at_the_limit + " ").message == "The policy is larger than 256 KiB."
    assert "larger" in refused("ü" * (MAX_TEXT_BYTES // 2 + 1)).message
    assert "larger" in refused("[" * 10_000_000).message


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5_000, "-1e999"])
@pytest.mark.parametrize("place", ["Version", "Condition"])
def test_what_is_no_number(number: str, place: str) -> None:
    if place == "Version":
        refused(text().replace('"2012-10-17"', number))
    else:
        condition = {"NumericEquals": {"s3:max-keys": "HERE"}}
        refused(text({**STATEMENT, "Condition": condition}).replace('"HERE"', number))


@pytest.mark.parametrize("character", ["\ud800", "\u2028", "中", "😀"])
def test_characters_that_aws_does_not_take(character: str) -> None:
    for given_text in (
        text({**STATEMENT, "Sid": character}),
        text({**STATEMENT, "Condition": {"StringLike": {"aws:PrincipalTag/a": character}}}),
        text({**STATEMENT, "Condition": {"StringLike": {character: "a"}}}),
    ):
        error = refused(given_text)
        assert error.message.isascii()
        assert error.message.startswith("Statement 1 has the character '\\")


def test_characters_that_aws_takes() -> None:
    document = Document.from_json(text({**STATEMENT, "Resource": "arn:aws:s3:::bücher/\t*"}))
    assert document.to_json().encode("latin-1")


def test_one_statement_needs_no_list() -> None:
    assert Document.from_json(text(STATEMENT)) == Document.from_json(text([STATEMENT]))
    assert Document.from_json(text(Id="whatever")) == Document.from_json(text())


def test_what_aws_answers_is_read_the_same() -> None:
    document = Document.from_json(text([STATEMENT, {**STATEMENT, "Sid": "Two"}]))
    assert Document.from_object(document.to_object()) == document
    assert Document.from_json(document.pretty()) == document
    with pytest.raises(BoundaryError):
        Document.from_object(None)


def test_the_order_of_keys_is_no_difference_and_that_of_statements_is() -> None:
    two = {**STATEMENT, "Sid": "Two"}
    turned = dict(reversed(STATEMENT.items()))
    assert Document((STATEMENT, two)).same_as(Document((turned, two)))
    assert not Document((STATEMENT, two)).same_as(Document((two, STATEMENT)))
    assert not Document((STATEMENT,)).same_as(Document((STATEMENT, two)))


def test_size_counts_characters_without_white_space() -> None:
    document = Document.from_json(text({**STATEMENT, "Resource": "arn:aws:s3:::a b\tü"}))
    assert document.size == len("".join(document.pretty().replace("\\t", "").split())) + len("\\t")
    plain = Document((STATEMENT,))
    assert plain.size == len(plain.to_json()) == len("".join(plain.pretty().split()))


KEYS = st.sampled_from(["Version", "Statement", "Effect", "Action", "Resource", "Condition", "Bool"])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=5),
    max_leaves=12,
)


@given(ANY_JSON)
@settings(deadline=None, max_examples=150)
def test_any_json_is_read_or_refused(value: Any) -> None:
    for whole in (value, {"Version": "2012-10-17", "Statement": value}):
        try:
            document = Document.from_json(json.dumps(whole))
        except BoundaryError:
            continue
        assert Document.from_json(document.to_json()).same_as(document)


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=150)
def test_any_text_is_refused_in_one_sentence(given_text: str) -> None:
    assert "\n" not in refused(given_text).message


def test_a_list_of_one_may_lack_its_brackets() -> None:
    assert as_list("a") == as_list(["a"]) == as_list(("a",)) == ["a"]
    assert as_list([]) == []
