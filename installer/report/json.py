"""A report as JSON, for programs: everything that the page shows, under names that stay."""

import json
from dataclasses import asdict

from installer.report.markup import visible_json
from installer.report.model import Report

FORMAT = 1


def to_json(report: Report) -> str:
    """The text of the document. The same report always gives the same text."""
    fields = asdict(report)
    fields["at"] = report.at.isoformat()
    fields["findings"] = [finding.to_json() for finding in report.findings]
    fields["evidence"] = [item.to_json() for item in report.evidence]
    return visible_json(json.dumps({"format": FORMAT, **fields}, indent=2, ensure_ascii=False)) + "\n"
