"""A report as one HTML page that stands on its own: no script, nothing fetched, every outside text escaped.

Its markup is plain enough for Qt's rich text, too: `ui/printing.py` makes a PDF of the same page.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from installer.evidence import Evidence, Source, State
from installer.report.markup import Markup, tag, text, together, visible_json
from installer.report.model import Fact, Need, Permission, PolicyText, Report, Resource, Section
from installer.report.style import CSS
from installer.steps import Finding, Severity

# A sign and a word beside each colour.
_STATES: Final = {
    State.VERIFIED: ("✓ verified", "good"),
    State.REFUTED: ("✗ refuted", "bad"),
    State.PREDICTED: ("~ predicted", "accent"),
    State.REQUESTED: ("→ requested", "caution"),
    State.NOT_CHECKED: ("○ not checked", "caution"),
}
_SEVERITIES: Final = {
    Severity.BLOCKER: ("✗ blocker", "bad"),
    Severity.CAUTION: ("! caution", "caution"),
    Severity.INFO: ("i note", "accent"),
}
_EFFECTS: Final = {"allow": ("+ may", "caution"), "deny": ("– may not", "good")}
_LAYERS: Final = {
    "Base": "At most",
    "Protect": "No way out",
    "Region": "Where",
    "Tighten": "Beyond that",
    "Window": "When",
    "Cut": "Cut off",
    "": "Not composed by Houseguest",
}
_SOURCES: Final = {
    Source.AWS: "AWS's answer",
    Source.VENDOR: "The vendor's word",
    Source.OURSELVES: "Houseguest's own reasoning",
}
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_NAMES = "26%"
_PILLS = "18%"


def to_html(report: Report) -> str:
    """The whole page. The same report always gives the same text."""
    head = together(
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{text(_POLICY)}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta name="color-scheme" content="light dark">'),
        tag("title", f"{report.title}: {report.product} for {report.customer}"),
        Markup(f"<style>{CSS}</style>"),
    )
    page = tag("html", tag("head", head), tag("body", tag("main", *_page(report))), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def _page(report: Report) -> Iterator[Markup]:
    yield tag("p", f"{report.product} for {report.customer}", kind="eyebrow")
    yield tag("h1", report.title)
    yield tag("p", f"Account {report.account} · made {_time(report.at)} by {report.made_by}", kind="meta")
    yield _card("At a glance", _table(_named(name, value) for name, value in _glance(report)))
    yield from map(_section, report.sections)
    for who, permissions in (
        (report.operator, report.permissions),
        ("the roles that it makes", report.workload_permissions),
    ):
        if permissions:
            yield _card(f"What {who} may do, in words", *_permissions(permissions))
    if report.needs:
        lead = tag("p", f"In the words of {report.vendor}. What it may do beyond this, the boundary says.", kind="lead")
        yield _card(f"What {report.operator} says it needs", lead, *_needs(report.needs))
    if report.resources:
        yield _card("What is created in your account", _table(map(_resource, report.resources)))
    yield _card("Findings", _rows(map(_finding, report.findings), "The checks found nothing to tell."))
    yield _card("Evidence", _rows(map(_evidence, report.evidence), "There is no evidence yet."))
    yield _card(
        "What was not checked",
        _rows(
            (_row(State.NOT_CHECKED, item.claim, item.why) for item in report.unchecked),
            "Every claim above was checked. What is not claimed above was not.",
        ),
    )
    if report.boundaries:
        yield _card("The boundaries in full", *(part for policy in report.boundaries for part in _policy(policy)))


def _glance(report: Report) -> Iterator[tuple[str, str]]:
    counts = {severity: sum(found.severity is severity for found in report.findings) for severity in _SEVERITIES}
    verified = sum(item.state is State.VERIFIED for item in report.evidence)
    refuted = sum(item.state is State.REFUTED for item in report.evidence)
    yield (
        "Findings",
        ", ".join(
            f"{count} {_plural(severity.value if severity is not Severity.INFO else 'note', count)}"
            for severity, count in counts.items()
        ),
    )
    yield "Evidence", f"{verified} of {len(report.evidence)} claims verified, {refuted} refuted"
    yield "Not checked", f"{len(report.unchecked)} {_plural('claim', len(report.unchecked))}, each listed below"


def _section(section: Section) -> Markup:
    parts = [_table(map(_fact, section.facts))] if section.facts else []
    if section.lead:
        parts.insert(0, tag("p", section.lead, kind="lead"))
    if section.quotation:
        by = tag("p", f"In the words of {section.quotation.by}", kind="by")
        parts.append(tag("blockquote", by, tag("p", section.quotation.words)))
    return _card(section.title, *parts)


def _fact(fact: Fact) -> Markup:
    return _named(fact.name, tag("code", fact.value) if fact.exact else fact.value)


def _permissions(permissions: Sequence[Permission]) -> Iterator[Markup]:
    lead = (
        "A limit, not a grant: it gives nothing by itself. The lists are shortened; the documents at the end are whole."
    )
    yield tag("p", lead, kind="lead")
    for layer, said in groupby(permissions, key=lambda permission: permission.layer):
        yield tag("h3", _LAYERS.get(layer, layer))
        yield _table(
            _pilled(
                *_EFFECTS.get(permission.effect, (permission.effect, "")),
                permission.sentence,
                _names("Actions", permission.actions),
                _names("Resources", permission.resources),
                _names("Sid", (permission.sid,)),
            )
            for permission in said
        )


def _needs(needs: Sequence[Need]) -> Iterator[Markup]:
    for phase, needed in groupby(needs, key=lambda need: need.phase):
        yield tag("h3", phase)
        yield _table(
            tag(
                "tr",
                tag("td", tag("p", need.why), _names("Actions", need.actions), _names("Resources", need.resources)),
            )
            for need in needed
        )


def _resource(made: Resource) -> Markup:
    return _named(
        made.kind,
        tag("p", tag("code", made.name)),
        tag("p", made.why),
        tag("p", f"Who can change it: {made.who_can_change}", kind="secondary"),
        _names("Stack", (made.stack,)),
        _names("ARN", (made.arn,)),
    )


def _finding(finding: Finding) -> Markup:
    step = finding.step.replace("_", " ").capitalize()
    return _pilled(
        *_SEVERITIES[finding.severity],
        finding.sentence,
        *([tag("p", f"What you can do: {finding.fix}")] if finding.fix else []),
        tag("p", f"Found at the step {step}", kind="secondary"),
    )


def _evidence(item: Evidence) -> Markup:
    call = [" by ", tag("code", item.call)] if item.call else []
    request = [", request ", tag("code", item.request_id)] if item.request_id else []
    origin = tag("p", _SOURCES[item.source], *call, f", {_time(item.at)}", *request, kind="secondary")
    return _row(item.state, item.claim, item.detail, origin)


def _row(state: State, claim: str, detail: str, *more: Markup) -> Markup:
    """One claim: with the same size of type whether it was verified or not."""
    return _pilled(*_STATES[state], claim, *([tag("p", detail, kind="lead")] if detail else []), *more)


def _policy(policy: PolicyText) -> Iterator[Markup]:
    yield tag("h3", policy.name)
    yield tag("p", policy.note)
    about = (tag("code", policy.arn), f" · {policy.characters:,} characters as AWS counts them")
    yield tag("p", *about, kind="secondary")
    yield tag("pre", visible_json(policy.text))


def _names(title: str, names: Sequence[str]) -> Markup:
    found = [name for name in names if name]
    return tag("p", f"{title}: ", tag("code", ", ".join(found)), kind="secondary") if found else Markup()


def _card(title: str, *parts: Markup) -> Markup:
    return tag("div", tag("h2", title), *parts, kind="card")


def _rows(rows: Iterable[Markup], otherwise: str) -> Markup:
    """A table, or a sentence where there is nothing to list."""
    listed = list(rows)
    return _table(listed) if listed else tag("p", otherwise)


def _table(rows: Iterable[Markup]) -> Markup:
    return tag("table", *rows, width="100%", cellspacing="0", cellpadding="0")


def _named(name: str, *value: str) -> Markup:
    return tag("tr", tag("th", name, scope="row", width=_NAMES), tag("td", *value))


def _pilled(word: str, tone: str, sentence: str, *more: Markup) -> Markup:
    pill = tag("span", word, kind=f"pill {tone}".strip())
    return tag("tr", tag("td", pill, width=_PILLS), tag("td", tag("p", sentence), *more))


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
