import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from html.parser import HTMLParser
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installer.evidence import Evidence, Source, State
from installer.report.html import to_html
from installer.report.style import CSS
from tests.installer.report.example import report

Value = TypeVar("Value")
EXAMPLE = report()
VOID = {"meta"}
HOSTILE = (
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "'><img src=x onerror=alert(1)>",
    "</td></tr></table><h1>Nothing is given</h1>",
    "</style><style>*{display:none}",
    "&lt;b&gt;&#x3c;script&#x3e;",
    "javascript:alert(1)",
    "<!-- ",
    "]]>",
    "\u202egnp.exe",
    "a\x00b\x1b[2Jc\ud800d",
)


class Page(HTMLParser):
    """What a browser makes of a page: elements with their attributes, and the text in them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


def leaves(value: object) -> Iterator[str]:
    """Every text of a report; not the words that programs use for a state."""
    if isinstance(value, str) and not isinstance(value, Enum):
        yield value
    elif isinstance(value, tuple):
        for member in value:
            yield from leaves(member)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in {"step", "effect", "layer"}:
                yield from leaves(getattr(value, field.name))


def everywhere(value: Value, said: str) -> Value:
    """The same with every text replaced."""
    changed: Any = value
    if isinstance(value, str) and not isinstance(value, Enum):
        changed = said if value else value
    elif isinstance(value, tuple):
        changed = tuple(everywhere(member, said) for member in value)
    elif is_dataclass(value) and not isinstance(value, type):
        changed = replace(value, **{f.name: everywhere(getattr(value, f.name), said) for f in fields(value)})
    return changed  # type: ignore[no-any-return]


def test_everything_in_the_model_is_on_the_page() -> None:
    shown = Page(to_html(EXAMPLE)).text
    texts = [text for text in leaves(EXAMPLE) if text]
    assert len(texts) > 200

    assert [text for text in texts if text not in shown] == []


def test_times_counts_and_words_are_on_the_page() -> None:
    shown = Page(to_html(EXAMPLE)).text

    for words in (
        "2026-03-01 14:30:00 UTC",
        "2026-03-01 12:00:03 UTC",
        "✗ blocker",
        "! caution",
        "i note",
        "✓ verified",
        "✗ refuted",
        "~ predicted",
        "→ requested",
        "○ not checked",
        "+ may",
        "– may not",
        "At most",
        "No way out",
        "Where",
        "Beyond that",
        "Not composed by Houseguest",
        "AWS's answer",
        "The vendor's word",
        "Houseguest's own reasoning",
        "1 blocker, 1 caution, 1 note",
        "3 of 7 claims verified, 1 refuted",
        "2 claims, each listed below",
        "What you can do: Choose another name.",
        "In the words of PopSQL",
    ):
        assert words in shown
    assert f"{EXAMPLE.boundaries[0].characters:,} characters as AWS counts them" in shown


def test_the_boundaries_can_be_copied_from_the_page() -> None:
    shown = Page(to_html(EXAMPLE)).text
    for policy in EXAMPLE.boundaries:
        assert json.dumps(json.loads(policy.text), indent=2, ensure_ascii=False) in shown


def test_a_document_with_an_unprintable_character_keeps_its_meaning() -> None:
    policy = replace(EXAMPLE.boundaries[0], text='{"Sid": "a\x85b"}')

    assert r"a\u0085b" in Page(to_html(replace(EXAMPLE, boundaries=(policy,)))).text


def test_what_was_not_checked_is_as_large_as_what_was() -> None:
    """The row under "What was not checked" is the one under "Evidence", less whose word it is."""
    evidence, unchecked = (
        row for row in re.findall(r"<tr>.*?</tr>", to_html(EXAMPLE)) if EXAMPLE.unchecked[0].claim in row
    )

    assert evidence.startswith(unchecked.removesuffix("</td></tr>"))
    assert EXAMPLE.unchecked[0].why in unchecked


def test_a_page_with_nothing_to_list_says_so() -> None:
    bare = replace(EXAMPLE, findings=(), evidence=(), unchecked=(), boundaries=(), resources=(), permissions=())
    shown = Page(to_html(bare)).text

    assert "The checks found nothing to tell." in shown
    assert "There is no evidence yet." in shown
    assert "Every claim above was checked. What is not claimed above was not." in shown
    assert "0 blockers, 0 cautions, 0 notes" in shown


def test_it_stands_on_its_own() -> None:
    page = Page(to_html(EXAMPLE))

    assert page.open == []
    assert {tag for tag, _ in page.elements} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "a",
        "form",
        "base",
    } == set()
    assert {name for _, attributes in page.elements for name, _ in attributes} <= {
        "cellpadding",
        "cellspacing",
        "charset",
        "class",
        "content",
        "http-equiv",
        "lang",
        "name",
        "scope",
        "width",
    }
    assert not any(word in CSS for word in ("url(", "@import", "@font-face", "expression", "</"))
    assert "default-src 'none'; style-src 'unsafe-inline'" in dict(page.elements[3][1]).values()


def test_it_has_a_look_for_light_dark_and_paper() -> None:
    assert "@media (prefers-color-scheme: dark)" in CSS
    assert "@media print" in CSS


def test_the_same_report_gives_the_same_page() -> None:
    assert to_html(replace(EXAMPLE)) == to_html(EXAMPLE)


def check_harmless(said: str) -> None:
    """The page has the same elements and attributes whatever its texts say, and shows them."""
    page = Page(to_html(everywhere(EXAMPLE, said)))
    assert page.elements == Page(to_html(everywhere(EXAMPLE, "x"))).elements
    assert page.open == []
    assert not set(page.text) & set("\x00\x1b\u202e")
    page.text.encode("utf-8")


@pytest.mark.parametrize("said", HOSTILE)
def test_hostile_text_is_only_text(said: str) -> None:
    check_harmless(said)


@settings(max_examples=20, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>&\"'/=!-;#ax \n\x00\u202e\ud800"), min_size=1, max_size=12))
def test_no_text_changes_the_page(said: str) -> None:
    check_harmless(said)


def test_hostile_text_is_shown_as_it_is() -> None:
    assert HOSTILE[0] in Page(to_html(everywhere(EXAMPLE, HOSTILE[0]))).text


def test_a_time_of_another_zone_is_told_in_utc() -> None:
    at = datetime.fromisoformat("2026-03-01T23:30:00+09:00")
    seen = Evidence("It is there", State.VERIFIED, Source.AWS, at)

    assert to_html(replace(EXAMPLE, evidence=(seen,))).count("2026-03-01 14:30:00 UTC") == 2
