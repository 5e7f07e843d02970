"""The steady state: what it keeps, what it takes away, that it widens nothing, that it fits, and the way back."""

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installer.errors import Blocked, BoundaryError
from installer.evidence import Source
from installer.names import Names
from installer.policy.boundary import BUDGET, Layer, OperatorBoundary, cut_document
from installer.policy.document import MANAGED_POLICY_CHARACTERS, Document
from installer.policy.evaluate import Outcome
from installer.policy.presets import Preset, operator_boundary
from installer.policy.tightened import Made, Need, Phase, Proposal, loosened, phase_of, steady_state
from tests.support.signed_in import ACCOUNT_ID, LONGEST_NAME, invitation, names
from tests.support.slow_evaluator import ALLOWED, Request, decide

REGION = "eu-west-1"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
WIDE = {"Effect": "Allow", "Action": "*", "Resource": "*"}
PRESETS = [Preset.NONE, Preset.VENDOR, Preset.GUARDED]


def boundary(preset: Preset = Preset.GUARDED, of: Names | None = None) -> OperatorBoundary:
    """As it stands after an install: in one region."""
    made = operator_boundary(preset, invitation(), of or names())
    return made.in_regions([REGION]) if made.regions else made


def own(*statements: dict[str, Any]) -> OperatorBoundary:
    return OperatorBoundary.compose(names(), base=statements)


def needs(of: Names | None = None) -> list[Need]:
    return [
        Need.of(Phase(phase), need.actions, need.resources, need.why, of or names())
        for phase, listed in invitation().permissions.needs.items()
        for need in listed
    ]


def need(*actions: str, on: str = "*", phase: Phase = Phase.STEADY) -> Need:
    return Need.of(phase, actions, (on,), "Runs the product.", names())


def made(*arns: str) -> list[Made]:
    return [Made(arn, "", Source.VENDOR) for arn in arns]


def resources(name: str = "popsql") -> list[Made]:
    return made(
        f"arn:aws:eks:{REGION}:{ACCOUNT_ID}:cluster/{name}",
        f"arn:aws:s3:::{name}--{ACCOUNT_ID}-{REGION}",
        f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:{name}--app",
        f"arn:aws:iam::{ACCOUNT_ID}:role/release/{name}/{name}-app",
    )


def allows(proposal: Proposal) -> list[dict[str, Any]]:
    base = proposal.boundary.layers[Layer.BASE]
    return [{k: v for k, v in one.items() if k not in ("Sid", "Effect")} for one in base if one["Effect"] == "Allow"]


@pytest.mark.parametrize("preset", PRESETS)
def test_it_keeps_what_is_needed_day_to_day_and_nothing_else(preset: Preset) -> None:
    proposal = steady_state(boundary(preset), resources(), needs(), names(), region=REGION)
    assert {one.action for one in proposal.kept} == {"ec2:DescribeVpcs", "ec2:DescribeRegions"}
    assert not proposal.blocked
    assert not proposal.denied_before
    assert {one.action for one in proposal.lost_to_updates} == {
        "eks:DescribeCluster",
        "eks:TagResource",
        "elasticloadbalancing:DescribeLoadBalancers",
        "s3:PutObject",
    }
    assert {one.after.outcome for one in proposal.lost} == {Outcome.EXPLICIT_DENY}
    assert phase_of(proposal.boundary) is Phase.STEADY


@pytest.mark.parametrize("preset", PRESETS)
def test_widened_for_an_update_it_stays_on_what_exists(preset: Preset) -> None:
    proposal = steady_state(boundary(preset), resources(), needs(), names(), phase=Phase.UPDATE, region=REGION)
    assert not proposal.blocked
    assert not proposal.lost_to_updates
    assert {one.phase for one in proposal.lost} == {Phase.INSTALL}
    bucket = f"arn:aws:s3:::popsql--{ACCOUNT_ID}-{REGION}"
    assert {"Action": "s3:PutObject", "Resource": [bucket, f"{bucket}/*"]} in allows(proposal)
    assert phase_of(proposal.boundary) is Phase.UPDATE


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", ["popsql", LONGEST_NAME])
@pytest.mark.parametrize("phase", [Phase.STEADY, Phase.UPDATE])
def test_it_fits_and_a_cut_fits_on_top(preset: Preset, name: str, phase: Phase) -> None:
    of = names(name)
    proposal = steady_state(boundary(preset, of), resources(name), needs(of), of, phase=phase)
    assert proposal.used <= BUDGET
    cut = cut_document(proposal.document)
    assert cut.size <= MANAGED_POLICY_CHARACTERS
    assert phase_of(OperatorBoundary.from_document(cut)) is phase


def test_what_denied_before_denies_after() -> None:
    before = own(WIDE, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"})
    proposal = steady_state(before, resources(), [need("s3:PutObject", "eks:DescribeCluster")], names())
    gone = {str(one["Sid"]) for one in proposal.change.removed}
    assert gone == {"Base0"}
    assert [one.action for one in proposal.denied_before] == ["s3:PutObject"]
    assert not proposal.blocked


@pytest.mark.parametrize("preset", PRESETS)
def test_every_denial_of_the_preset_stays(preset: Preset) -> None:
    proposal = steady_state(boundary(preset), resources(), needs(), names())
    assert {one["Effect"] for one in proposal.change.removed} == {"Allow"}
    assert [one["Effect"] for one in proposal.change.added].count("Deny") == 1


def test_a_window_and_a_cut_stay_and_are_left_aside() -> None:
    before = boundary().cut()
    proposal = steady_state(before, resources(), needs(), names(), region=REGION)
    assert proposal.boundary.is_cut
    assert proposal.kept
    assert not proposal.denied_before


def test_each_new_statement_is_explained() -> None:
    proposal = steady_state(boundary(), resources(), needs(), names(), phase=Phase.UPDATE, region=REGION)
    told = {str(one.statement["Sid"]): one.sentence for one in proposal.statements}
    assert set(told) == {str(one["Sid"]) for one in proposal.change.added}
    assert told["BaseUpdate1"] == (
        f"Call eks:DescribeCluster and eks:TagResource on arn:aws:eks:{REGION}:{ACCOUNT_ID}:cluster/popsql. Why, in "
        "the vendor's words: Looks at what is running before it changes anything. Records the version that runs."
    )
    assert "nothing new can be made" in told["TightenUpdate"]


def test_there_and_back() -> None:
    before = boundary()
    tight = steady_state(before, resources(), needs(), names()).boundary
    assert loosened(tight, before).document() == before.document()
    assert phase_of(before) is None
    # What was narrowed otherwise since stays so.
    since = tight.in_regions(["us-east-1"]).cut()
    back = loosened(since, before)
    assert back.is_cut
    assert back.regions == ("us-east-1",)
    assert back.layers[Layer.BASE] == before.layers[Layer.BASE]


def test_tight_again_is_the_same() -> None:
    first = steady_state(boundary(), resources(), needs(), names())
    again = steady_state(loosened(first.boundary, boundary()), resources(), needs(), names())
    assert again.document.same_as(first.document)


def test_a_need_that_nothing_exists_of_keeps_its_pattern() -> None:
    proposal = steady_state(own(WIDE), [], [need("s3:PutObject", on="arn:aws:s3:::<name>--*")], names())
    assert allows(proposal) == [{"Action": "s3:PutObject", "Resource": "arn:aws:s3:::popsql--*"}]
    assert not proposal.blocked


def test_what_may_be_more_than_is_known_keeps_its_pattern() -> None:
    """Without the vendor's list there may be a second bucket; there is no second cluster of that name."""
    wanted = [
        need("s3:PutObject", on="arn:aws:s3:::<name>--*"),
        need("eks:DescribeCluster", on="arn:aws:eks:*:<account_id>:cluster/<name>"),
    ]
    proposal = steady_state(own(WIDE), resources(), wanted, names(), complete=False)
    assert {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::popsql--*"} in allows(proposal)
    cluster = f"arn:aws:eks:{REGION}:{ACCOUNT_ID}:cluster/popsql"
    assert {"Action": "eks:DescribeCluster", "Resource": cluster} in allows(proposal)
    assert "could not be read" in proposal.widened[0]

    known = [replace(one, source=Source.OURSELVES) for one in resources()]
    narrow = steady_state(own(WIDE), known, wanted, names(), complete=False)
    assert {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::popsql--*"} not in allows(narrow)


def test_a_pattern_of_several_types_is_not_narrowed() -> None:
    """The database is known; its snapshots may not be."""
    wanted = need("rds:Describe*", on="arn:aws:rds:*:<account_id>:*:<name>")
    proposal = steady_state(own(WIDE), made(f"arn:aws:rds:{REGION}:{ACCOUNT_ID}:db:popsql"), [wanted], names())
    assert allows(proposal) == [{"Action": "rds:Describe*", "Resource": f"arn:aws:rds:*:{ACCOUNT_ID}:*:popsql"}]


@pytest.mark.parametrize(
    ("count", "told"),
    [(10, 0), (30, 1), (2_000, 1)],
)
def test_what_does_not_fit_is_merged_within_the_names(count: int, told: int) -> None:
    there = made(*(f"arn:aws:s3:::popsql--{number:04}-{ACCOUNT_ID}-{REGION}" for number in range(count)))
    proposal = steady_state(own(WIDE), there, [need("s3:PutObject", on="arn:aws:s3:::<name>--*")], names())
    assert len(proposal.widened) == told
    assert proposal.used <= BUDGET
    assert not proposal.blocked
    if told:
        (row,) = allows(proposal)
        assert row["Resource"].startswith("arn:aws:s3:::popsql--")


def test_calls_that_read_are_merged_before_it_is_given_up() -> None:
    calls = [f"ec2:Describe{'Something' * 5}{number}" for number in range(60)]
    proposal = steady_state(own(WIDE), [], [need(*calls, "ec2:StopInstances")], names())
    assert allows(proposal) == [{"Action": ["ec2:Describe*", "ec2:StopInstances"], "Resource": "*"}]
    assert any("describe" in sentence for sentence in proposal.widened)
    assert not proposal.blocked


def test_calls_that_change_are_never_merged() -> None:
    calls = [f"ec2:Create{'Something' * 5}{number}" for number in range(99)]
    with pytest.raises(BoundaryError, match="fit"):
        steady_state(own(WIDE), [], [need(*calls)], names())


def test_what_the_vendor_does_not_name_cannot_be_proposed() -> None:
    with pytest.raises(Blocked, match="does not say"):
        steady_state(boundary(), resources(), [need("s3:PutObject", phase=Phase.INSTALL)], names())
    with pytest.raises(Blocked, match="would be a cut"):
        steady_state(boundary(), resources(), [need("dynamodb:GetItem")], names())


def test_a_need_that_cannot_be_said_is_told() -> None:
    """A pattern that crosses what the person's own boundary excepts."""
    before = own({"Effect": "Allow", "NotAction": "s3:*Bucket", "Resource": "*"})
    proposal = steady_state(before, [], [need("s3:Delete*", "ec2:DescribeVpcs")], names())
    assert [one.action for one in proposal.blocked] == ["s3:Delete*"]
    assert proposal.blocked[0].to_json()["after"] == "explicit_deny"


def test_it_is_told_as_json() -> None:
    proposal = steady_state(boundary(), resources(), needs(), names(), region=REGION)
    told = json.loads(json.dumps(proposal.to_json()))
    assert told["phase"] == "steady"
    assert told["changed"] is True
    assert told["characters"] == {"before": boundary().document().size, "after": proposal.document.size}
    assert {one["action"] for one in told["kept"]} == {"ec2:DescribeVpcs", "ec2:DescribeRegions"}
    assert told["budget"] == {"used": proposal.used, "of": BUDGET}


ACTIONS = sorted({action for need in needs() for action in need.actions} | {"iam:UpdateRole", "s3:GetObject", "kms:X"})
ARNS = ["*", *(one.arn for one in resources()), "arn:aws:s3:::acme/1", f"arn:aws:s3:::popsql--{ACCOUNT_ID}-{REGION}/k"]


@lru_cache
def tightened(preset: Preset, phase: Phase, known: frozenset[int]) -> Document:
    there = [resources()[number] for number in known]
    return steady_state(boundary(preset), there, needs(), names(), phase=phase, region=REGION).document


@given(
    st.sampled_from(PRESETS),
    st.sampled_from([Phase.STEADY, Phase.UPDATE]),
    st.sampled_from(ACTIONS),
    st.sampled_from(ARNS),
    st.sampled_from([REGION, "us-east-1"]),
    st.frozensets(st.sampled_from(range(4))),
)
def test_it_never_widens(
    preset: Preset, phase: Phase, action: str, arn: str, region: str, known: frozenset[int]
) -> None:
    """By an evaluator that shares no code with it."""
    before = boundary(preset)
    after = tightened(preset, phase, known)
    request = Request(action, arn, {"aws:RequestedRegion": region})
    if decide([EVERYTHING], after.to_object(), request) == ALLOWED:
        assert decide([EVERYTHING], before.document().to_object(), request) == ALLOWED


def test_the_document_is_one() -> None:
    proposal = steady_state(boundary(), resources(), needs(), names())
    assert Document.from_json(proposal.document.to_json()).same_as(proposal.document)
