"""Boundaries and what the lint finds in them, for its tests."""

from collections.abc import Mapping
from typing import Any

from installer.policy.boundary import OperatorBoundary, foreign_services
from installer.policy.document import Document
from installer.policy.lint import Lint, lint
from installer.policy.lint_findings import Finding
from installer.policy.lint_fixes import Subject
from installer.policy.presets import Preset, guard, minimal, operator_boundary
from tests.support.signed_in import invitation, names

NAMES = names()
INVITATION = invitation()
REGIONS = INVITATION.network.allowed_regions
MINIMAL = minimal(INVITATION, NAMES)
ALLOW_ALL = {"Sid": "Mine", "Effect": "Allow", "Action": "*", "Resource": "*"}
OWN = Document((ALLOW_ALL,))
NOTHING = Document(({"Effect": "Deny", "Action": "*", "Resource": "*"},))


def composed(preset: Preset) -> Document:
    return operator_boundary(preset, INVITATION, NAMES, OWN).document()


def judged(operator: Document, workload: Document | None = None) -> Lint:
    return lint(operator, NAMES, workload=workload, minimal=MINIMAL, regions=REGIONS)


def found(operator: Document, workload: Document | None = None) -> dict[str, Finding]:
    return {finding.code: finding for finding in judged(operator, workload).findings}


def wide_open() -> Document:
    """Everything is allowed but what the denials of all presets name."""
    tighten = (*guard(NAMES, [ALLOW_ALL]), foreign_services(NAMES))
    boundary = OperatorBoundary.compose(NAMES, base=[ALLOW_ALL], regions=REGIONS, tighten=tighten)
    return Document(tuple(statement for layer in boundary.layers.values() for statement in layer))


def without(document: Document, *sids: str) -> Document:
    return Document(tuple(statement for statement in document.statements if statement.get("Sid") not in sids))


def allow_all_but(*statements: Mapping[str, Any]) -> Document:
    return Document.from_object({"Version": "2012-10-17", "Statement": [ALLOW_ALL, *statements]})


def assert_fixed(operator: Document, workload: Document) -> None:
    for code, finding in found(operator, workload).items():
        if finding.fix is None:
            continue
        mine = finding.subject is Subject.OPERATOR
        fixed = Document.from_object(finding.fix.applied((operator if mine else workload).to_object()))
        assert code not in (found(fixed, workload) if mine else found(operator, fixed)), code
