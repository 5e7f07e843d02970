import json
from dataclasses import fields, replace

from installer.report.json import to_json
from installer.report.model import Report
from tests.installer.report.example import report

EXAMPLE = report()


def test_it_holds_every_field_of_the_report() -> None:
    read = json.loads(to_json(EXAMPLE))

    assert set(read) == {"format", *(field.name for field in fields(Report))}
    assert read["format"] == 1
    assert read["at"] == "2026-03-01T14:30:00+00:00"
    assert read["findings"] == [finding.to_json() for finding in EXAMPLE.findings]
    assert read["evidence"] == [item.to_json() for item in EXAMPLE.evidence]
    assert [made["who_can_change"] for made in read["resources"]] == [made.who_can_change for made in EXAMPLE.resources]
    assert [said["actions"] for said in read["permissions"]] == [list(said.actions) for said in EXAMPLE.permissions]
    assert json.loads(read["boundaries"][0]["text"])["Version"] == "2012-10-17"


def test_any_text_comes_back_and_can_be_written_to_a_file() -> None:
    hostile = "\u202e\x1b[2J\ud800\x00 “quoted” \n\\"

    text = to_json(replace(EXAMPLE, customer=hostile))

    assert json.loads(text)["customer"] == hostile
    assert not set(text) & set("\u202e\x1b\x00")
    text.encode("utf-8")


def test_the_same_report_gives_the_same_text() -> None:
    assert to_json(replace(EXAMPLE)) == to_json(EXAMPLE)
