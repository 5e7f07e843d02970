"""The reader with places: it agrees with `json` where that accepts a text, and tells each fault where it stands."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from installer.policy.source import MAX_DEPTH, Path, Source, Span, parse, written

POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:😀"],
      "Resource": "*"
    }
  ]
}"""


def faults(text: str) -> list[tuple[str, int, int, str]]:
    """Code, line and column of each, and the text at fault."""
    source = parse(text)
    places = ((fault, source.place(fault.span.start)) for fault in source.faults)
    return [(fault.code, at.line, at.column, text[fault.span.start : fault.span.end]) for fault, at in places]


# Faults


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("empty", 1, 1, "")]),
        (" \n ", [("empty", 2, 2, "")]),
        # cut off
        (POLICY[:54], [("truncated", 5, 3, "")]),
        (POLICY[:97], [("string_not_closed", 6, 18, '"s3'), ("truncated", 6, 21, "")]),
        ("[[[1", [("truncated", 1, 5, "")]),
        ('{"a":', [("truncated", 1, 6, "")]),
        ('{"a"', [("truncated", 1, 5, "")]),
        # commas, colons and brackets
        ('{"a": 1,\n}', [("trailing_comma", 1, 8, ",")]),
        ("[1, 2,]", [("trailing_comma", 1, 6, ",")]),
        ("[1,, 2]", [("extra_comma", 1, 4, ",")]),
        ("[, 2]", [("extra_comma", 1, 2, ",")]),
        ('{"a": 1\n "b": 2}', [("missing_comma", 1, 8, "")]),
        ('{"a" 1}', [("missing_colon", 1, 5, "")]),
        ('{"a"= 1}', [("missing_colon", 1, 5, "=")]),
        ('{"a": }', [("missing_value", 1, 2, '"a"')]),
        ('{"a", "b": 1}', [("missing_value", 1, 2, '"a"')]),
        ('{"a": [1, 2}', [("wrong_bracket", 1, 12, "}")]),
        ('{"a": 1]', [("wrong_bracket", 1, 8, "]")]),
        ('{"a": 1}}', [("after_the_end", 1, 9, "}")]),
        ('{"a": 1}\n{"a": 1}\n', [("after_the_end", 2, 1, '{"a": 1}')]),
        ('{"a": ]}', [("missing_value", 1, 2, '"a"'), ("wrong_bracket", 1, 7, "]"), ("after_the_end", 1, 8, "}")]),
        # comments
        ('// mine\n{"a": 1}', [("comment", 1, 1, "// mine")]),
        ('{"a": 1 # mine\r\n}', [("comment", 1, 9, "# mine")]),
        ('{"a": /* b\n */ 1}', [("comment", 1, 7, "/* b\n */")]),
        ('{"a": 1} /*', [("comment_not_closed", 1, 10, "/*")]),
        # quotation marks
        ("{'a': 'b'}", [("quotes", 1, 2, "'a'"), ("quotes", 1, 7, "'b'")]),
        ("{“a”: `b`}", [("quotes", 1, 2, "“a”"), ("quotes", 1, 7, "`b`")]),
        ('{"a": "b,\n "c": 1}', [("string_not_closed", 1, 7, '"b,')]),
        # words and numbers
        ("[NaN, Infinity]", [("not_a_number", 1, 2, "NaN"), ("not_a_number", 1, 7, "Infinity")]),
        ("[-Infinity]", [("not_a_number", 1, 2, "-Infinity")]),
        ("[True, None]", [("foreign_word", 1, 2, "True"), ("foreign_word", 1, 8, "None")]),
        ("{Version: 2012-10-17}", [("bare_word", 1, 2, "Version"), ("bare_word", 1, 11, "2012-10-17")]),
        ('{"Action": s3:Get*}', [("bare_word", 1, 12, "s3:Get*")]),
        ("[01, .5, +1, 0x1, 1.]", [("bare_word", 1, at, it) for at, it in
                                   ((2, "01"), (6, ".5"), (10, "+1"), (14, "0x1"), (19, "1."))]),
        ("[" + "9" * 4_301 + "]", [("digits", 1, 2, "9" * 4_301)]),
        # characters
        ("\ufeff[]", [("byte_order_mark", 1, 1, "\ufeff")]),
        ("\ufeff\ufeff[]", [("byte_order_mark", 1, 1, "\ufeff"), ("strange_space", 1, 2, "\ufeff")]),
        ("[\u00a01]", [("strange_space", 1, 2, "\u00a0")]),
        ('["a\tb"]', [("control_character", 1, 4, "\t")]),
        ('["a\x00b"]', [("control_character", 1, 4, "\x00")]),
        (r'["a\xb", "\u12"]', [("escape", 1, 4, r"\x"), ("escape", 1, 11, r"\u")]),
        ("[1, ~]", [("unexpected", 1, 5, "~")]),
        ("{:1}", [("unexpected", 1, 2, ":")]),
        # lines
        ('{\r\n "a": 1,\r\n}', [("trailing_comma", 2, 8, ",")]),
        ('{\r "a": 1,\r}', [("trailing_comma", 2, 8, ",")]),
        ('{\n\n "😀": 1,}', [("trailing_comma", 3, 8, ",")]),
        # nesting
        ("[" * 65 + "]" * 65, [("too_deep", 1, 65, "[")]),
        ('{"a":' * 65, [("too_deep", 1, 64 * 5 + 1, "{")]),
        ("[" * 100_000, [("too_deep", 1, 65, "[")]),
    ],
)  # fmt: skip
def test_each_fault_has_its_place(text: str, found: list[tuple[str, int, int, str]]) -> None:
    assert faults(text) == found
    for fault in parse(text).faults:
        assert fault.message.endswith(".")
        assert fault.fix.endswith(".")
        assert "\n" not in fault.message
        assert len(fault.message) < 160


def test_a_key_given_twice_has_both_places() -> None:
    source = parse('{"a": 1,\n "b": 2,\n "a": 3}')
    (fault,) = source.faults
    assert fault.code == "twice"
    assert fault.message == '"a" is there twice in one object, first in line 1, column 2.'
    assert source.place(fault.span.start).line == 3
    assert [str(source.place(span.start)) for span in fault.also] == ["line 1, column 2"]
    assert source.value == {"a": 3, "b": 2}


def test_what_is_cut_off_tells_what_is_open() -> None:
    source = parse(POLICY[:54])
    (fault,) = source.faults
    assert fault.message == "The text ends too early: the { of line 4, column 5 is not closed."
    assert [str(source.place(span.start)) for span in fault.also] == ["line 4, column 5"]
    assert not any(source.is_whole(path) for path in [(), ("Statement",), ("Statement", 0)])
    assert source.is_whole(("Version",))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'a': [1, 2,], b: True,}", {"a": [1, 2], "b": True}),
        ('{"a": [1, 2}', {"a": [1, 2]}),
        ('{"a": {"b": [1', {"a": {"b": [1]}}),
        ('{"a": "b,\n "c": 1}', {"a": "b,", "c": 1}),
        ('{"a" 1 "b": /* 2 */ 2}', {"a": 1, "b": 2}),
        ("[1, ~, 2]", [1]),
        ("", None),
    ],
)
def test_what_can_be_read_is_read(text: str, value: Any) -> None:
    assert parse(text).value == value


@pytest.mark.parametrize("text", ["[" + "," * 1_000 + "]", "{" + '"a":1,' * 1_000 + "}", "[" + "x y," * 500 + "]"])
def test_after_so_many_faults_the_rest_is_left(text: str) -> None:
    assert 100 <= len(parse(text).faults) <= 101


# Places


def test_every_value_and_key_has_its_span() -> None:
    source = parse(POLICY)
    assert source.is_json
    actions = ("Statement", 0, "Action")
    assert shown(source, source.span(actions)) == '["s3:GetObject", "s3:😀"]'
    assert shown(source, source.key_span(actions)) == '"Action"'
    assert shown(source, source.span((*actions, 1))) == '"s3:😀"'
    assert shown(source, source.key_span((*actions, 1))) == '"s3:😀"'
    assert source.span(()) == Span(0, len(POLICY))


def test_what_is_not_there_is_at_what_is_around_it() -> None:
    source = parse(POLICY)
    assert ("Statement", 0) in source
    for absent in [("Statement", 0, "Sid"), ("Statement", 0, "Sid", "deep")]:
        assert absent not in source
        assert source.span(absent) == source.span(("Statement", 0))
    assert source.span(("Statement", 7)) == source.span(("Statement",))
    assert source.span(("Statement", "Sid")) == source.span(("Statement",))
    assert parse("").span(("Statement",)) == Span(0, 0)


def test_columns_are_characters_and_qt_counts_in_16_bits() -> None:
    source = parse(POLICY)
    end = source.place(source.span(("Statement", 0, "Action", 1)).end)
    assert (end.line, end.column, end.utf16 - end.offset) == (6, 40, 1)
    assert len(POLICY[: end.offset].encode("utf-16-le")) == 2 * end.utf16


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_line_end_is_one(line_end: str) -> None:
    source = parse(POLICY.replace("\n", line_end))
    assert source.is_json
    place = source.place(source.span(("Statement", 0, "Resource")).start)
    assert str(place) == "line 7, column 19"


def test_a_place_is_held_within_the_text() -> None:
    source = parse("[]\n")
    assert str(source.place(-5)) == "line 1, column 1"
    assert str(source.place(99)) == "line 2, column 1"


@pytest.mark.parametrize(
    ("string", "index", "found"),
    [
        ('"abc"', 1, "b"),
        (r'"\u0041\n😀b"', 0, r"\u0041"),
        (r'"\u0041\n😀b"', 1, r"\n"),
        (r'"\u0041\n😀b"', 2, "😀"),
        (r'"\ud83d\ude00b"', 0, r"\ud83d\ude00"),
        (r'"\ud83d\ude00b"', 1, "b"),
        (r'"\ud83db"', 1, "b"),
        ('"a"', 9, '"a"'),
    ],
)
def test_a_character_of_a_string_has_its_place(string: str, index: int, found: str) -> None:
    source = parse(f"[{string}]")
    assert shown(source, source.character_span(source.span((0,)), index)) == found


def test_a_path_in_short() -> None:
    assert written(("Statement", 0, "Condition", "Bool", "aws:x")) == 'Statement[0].Condition.Bool["aws:x"]'
    assert written(()) == ""


def shown(source: Source, span: Span) -> str:
    return source.text[span.start : span.end]


# For all texts

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)
PIECES = st.lists(
    st.sampled_from(
        [
            *("{", "}", "[", "]", ",", ":", '"a"', '"b"', "1", "-2.5e3", "true", "null", " ", "\n", "\r\n", "01", ".5"),
            *(r'"\u00e9"', r'"\ud800"', '"😀"', "'x'", "/*", "*/", "//", "NaN", "\ufeff", '"', "\\", "abc", "\t"),
            *("\x01", "\u00a0", "“", "”", "#", "~", "1e999", "\ud800"),
        ]
    ),
    max_size=24,
).map("".join)


def read_by_json(text: str) -> tuple[bool, Any]:
    """Whether it is JSON without a key given twice, and what it says."""

    def without_duplicates(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        pairs = list(pairs)
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError
        return dict(pairs)

    def refuse(_: str) -> None:
        raise ValueError

    try:
        return True, json.loads(text, object_pairs_hook=without_duplicates, parse_constant=refuse)
    except ValueError:
        return False, None


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def count(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(count, inside))


@given(ANY_JSON, st.sampled_from([None, 1, "\t"]), st.booleans())
@settings(deadline=None)
def test_what_json_writes_is_read_the_same_with_right_spans(value: Any, indent: Any, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    source = parse(text)
    assert source.is_json
    paths = list(source.paths())
    assert len(paths) == len(set(paths)) == count(source.value)
    for path in paths:
        assert repr(json.loads(shown(source, source.span(path)))) == repr(at(source.value, path))
        if path and isinstance(path[-1], str):
            assert json.loads(shown(source, source.key_span(path))) == path[-1]
    assert repr(source.value) == repr(json.loads(text))


@given(PIECES | st.text(max_size=40))
@example("\ufeff[]")
@settings(deadline=None, max_examples=600)
def test_any_text_is_read_and_agrees_with_json(text: str) -> None:
    source = parse(text)
    is_json, value = read_by_json(text)
    assert source.is_json is is_json
    if is_json:
        assert source.value == value
    for fault in source.faults:
        assert 0 <= fault.span.start <= fault.span.end <= len(text)
        for span in fault.also:
            assert 0 <= span.start < span.end <= len(text)
    for path in source.paths():
        span = source.span(path)
        assert 0 <= span.start <= span.end <= len(text)
        at(source.value, path)


@given(st.text(st.sampled_from("a\n\r😀\ud800中"), max_size=30), st.integers(0, 30))
def test_places_count_as_the_plain_way_does(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    before = text[:offset]
    whole = before[:-1] if before.endswith("\r") and text[offset : offset + 1] == "\n" else before
    lines = whole.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    place = parse(text).place(offset)
    assert place.line == len(lines)
    assert place.column == len(lines[-1]) + 1 + len(before) - len(whole)
    assert place.utf16 == len(before.encode("utf-16-le", "surrogatepass")) // 2


def test_as_deep_as_is_read() -> None:
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert parse(text).is_json
    assert parse(text).value == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 3_000_000,
        "/*" + " *" * 1_500_000,
        '["' + r"\"" * 500_000,
        "1" * 3_000_000,
        "\n" * 3_000_000 + "x",
        '["' + r"\ud83d" * 300_000 + '"]',
    ],
)
def test_a_long_text_is_read_in_its_stride(text: str) -> None:
    source = parse(text)
    assert source.place(len(text)).offset == len(text)
