"""Permissions: the two boundaries as they will be created; AWS is not asked anything."""

from pathlib import Path

import pytest

from installer.answers import Wishes
from installer.errors import BoundaryError
from installer.policy.boundary import OperatorBoundary
from installer.policy.document import Document
from installer.policy.presets import Preset, operator_boundary, workloads
from installer.steps import Severity, permissions
from tests.support.fake_aws import Calm
from tests.support.signed_in import LONGEST_NAME, answers, names
from tests.support.steps import tools

CTX = Calm().context()
OWN = Document(({"Sid": "Mine", "Effect": "Allow", "Action": "s3:*", "Resource": "*"},))


@pytest.mark.parametrize("preset", Preset)
@pytest.mark.parametrize("name", ["popsql", LONGEST_NAME])
def test_each_preset_settles_both_boundaries(tmp_path: Path, preset: Preset, name: str) -> None:
    given = answers(wishes=Wishes(name, preset=preset.value, own_boundary=OWN))
    settled = permissions.run(given, tools(tmp_path), CTX).permissions
    assert settled is not None
    assert settled.preset == preset.value
    expected = operator_boundary(preset, given.invitation, names(name), OWN)
    assert settled.operator_boundary == expected.document()
    assert settled.workload_boundary == workloads(preset, names(name))
    assert not OperatorBoundary.from_document(settled.operator_boundary).is_cut


def test_guarded_is_what_one_gets_without_asking() -> None:
    assert Preset(Wishes("popsql").preset) is Preset.GUARDED


def test_only_the_widest_choice_is_warned(tmp_path: Path) -> None:
    for preset in Preset:
        findings = permissions.check(answers(wishes=Wishes("popsql", preset=preset.value)), tools(tmp_path), CTX)
        assert bool(findings) is (preset is Preset.NONE)
        for finding in findings:
            assert finding.severity is Severity.CAUTION
            assert finding.sentence.startswith("Release may do everything")
            assert finding.fix


@pytest.mark.parametrize("own", [None, Document(({**OWN.statements[0], "Effect": "Deny"},))])
def test_a_boundary_that_cannot_be_made_settles_nothing(tmp_path: Path, own: Document | None) -> None:
    given = answers(wishes=Wishes("popsql", preset="own", own_boundary=own))
    with pytest.raises(BoundaryError):
        permissions.run(given, tools(tmp_path), CTX)
    assert given.permissions is None


def test_a_boundary_that_would_not_fit_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    own = Document(({**OWN.statements[0], "Resource": "arn:" + "x" * 5_000},))
    with pytest.raises(BoundaryError, match="5,144 fit"):
        permissions.run(answers(wishes=Wishes("popsql", preset="own", own_boundary=own)), tools(tmp_path), CTX)
