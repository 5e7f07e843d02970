"""What a screen reader is told of every page in the states that matter, read from the accessibility bus."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from installer.evidence import State
from tests.desktop.player import Player, player
from tests.desktop.scenes import FINDINGS, SCENES
from tests.support.accessibility import Announcement, Node, Reader, faults, reader
from tests.support.xvfb import Desktop

STEPS = ("Invitation", "Sign in", "Permissions", "Connect", "Network", "Review", "Install", "Done")


class Audience:
    """Has scenes shown, and reads and hears them as a screen reader does."""

    def __init__(self, player: Player, screen_reader: Reader) -> None:
        self._player, self._reader = player, screen_reader

    def show(self, scene: str) -> Node:
        self._player.show(scene)
        return self._reader.tree(self._player.pid)

    def hears(self, text: str) -> Announcement:
        return self._reader.hears(text)


@pytest.fixture(scope="module")
def audience(accessible_display: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audience]:
    folder = tmp_path_factory.mktemp("stage")
    with reader(accessible_display) as screen_reader, player(accessible_display, folder) as playing:
        yield Audience(playing, screen_reader)


def nodes(root: Node, role: str, name: str = "") -> list[Node]:
    return [node for node in root.walk() if node.role == role and node.showing and name in node.name]


def the(root: Node, role: str, name: str = "") -> Node:
    found = nodes(root, role, name)
    assert len(found) == 1, f"{role} “{name}”: {[str(node) for node in found]} of {[str(n) for n in nodes(root, role)]}"
    return found[0]


@pytest.mark.parametrize("scene", [name for name in SCENES if name != "planted"])
def test_everything_is_told_in_words(audience: Audience, scene: str) -> None:
    root = audience.show(scene)
    assert faults(root) == []
    assert the(root, "frame").name.endswith("– Houseguest")
    assert [node for node in root.walk() if "focused" in node.states], "a person without a mouse is nowhere"


def test_planted_faults_are_found(audience: Audience) -> None:
    assert faults(audience.show("planted")) == [
        "text “” has no name",
        "push button “✓” has no name",
        "push button “✓” has a glyph",
        "label “eu-west-1” has mark-up",
    ]


def test_the_rail_says_how_far_one_is(audience: Audience) -> None:
    root = audience.show("limits")
    told = [
        (node.name, node.description) for node in nodes(root, "push button") if node.description.startswith("step ")
    ]
    states = ("done", "done", "current", *("to come",) * 5)
    assert told == [
        (name, f"step {at} of 8, {state}") for at, (name, state) in enumerate(zip(STEPS, states, strict=True), 1)
    ]


@pytest.mark.parametrize(
    ("scene", "step"),
    [("refused", "Invitation"), ("not_signed_in", "Sign in"), ("not_created", "Connect"), ("not_installed", "Install")],
)
def test_an_error_is_an_alert_and_said_at_once(audience: Audience, scene: str, step: str) -> None:
    root = audience.show(scene)
    alert = the(root, "alert")
    assert alert.name.startswith("Error: ")
    assert alert.description
    assert audience.hears(f"{alert.name.removeprefix('Error: ')}. {alert.description}").urgent
    assert the(root, "push button", step).description.endswith(", failed")


def test_what_is_wrong_with_a_field_is_said_and_stays_with_it(audience: Audience) -> None:
    root = audience.show("own_limit_unreadable")
    assert the(root, "text", "Policy document").description.startswith("1 problem.")
    [problem] = [one for one in nodes(root, "push button") if one.name.startswith("Problem. Line ")]
    assert problem.description.endswith("Press to go there.")


def test_choices_are_radio_buttons(audience: Audience) -> None:
    cards = nodes(audience.show("limits"), "radio button")
    assert len(cards) == 4
    assert [card.name for card in cards if "checked" in card.states] == ["Guarded"]
    assert all(card.description for card in cards)


def test_a_tick_is_a_check_box(audience: Audience) -> None:
    root = audience.show("unknown_key")
    tick = the(root, "check box", "The fingerprints are the same")
    assert "checked" not in tick.states
    assert "enabled" not in the(root, "push button", "Trust this key and open").states


def test_a_list_that_opens_says_what_it_is_for(audience: Audience) -> None:
    root = audience.show("list_of_profiles_open")
    the(root, "combo box", "Choose a profile")
    [profiles] = [opened for opened in nodes(root, "list") if nodes(opened, "list item", "acme-admin")]
    assert "profile" in profiles.name.lower()
    assert [node.name for node in profiles.children if node.showing][:3] == ["acme-admin", "acme-audit", "default"]


@pytest.mark.parametrize("scene", ["plan", "everything"])
def test_what_a_finding_weighs_is_a_word(audience: Audience, scene: str) -> None:
    root = audience.show(scene)
    for finding, word in zip(FINDINGS, ("Stops here", "To decide", "To know"), strict=True):
        assert the(root, "list item", finding.sentence).name == f"{word}: {finding.sentence}"


def test_the_state_of_evidence_is_its_exact_word(audience: Audience) -> None:
    root = audience.show("status")
    for state in State:
        row = the(root, "list item", f"The claim is {state.name}")
        assert row.description.startswith(f"{state.value}. ")
        the(row, "label", state.value)
    the(root, "label", "access open")


def test_work_says_how_far_it_is(audience: Audience) -> None:
    root = audience.show("installing")
    assert [row.description.partition(".")[0] for row in nodes(root, "list item")] == ["done", "running"]
    the(root, "progress bar")


def test_a_table_has_heads_and_cells(audience: Audience) -> None:
    table = the(audience.show("block_in_use"), "table", "In the way")
    assert nodes(table, "table column header")
    assert nodes(table, "table cell")


@pytest.mark.parametrize(
    ("scene", "buttons"),
    [("asked_to_stay", ["Stay", "Leave"]), ("name_to_type", ["Cancel", "Remove the access"])],
)
def test_a_dialog_says_what_it_asks(audience: Audience, scene: str, buttons: list[str]) -> None:
    dialog = the(audience.show(scene), "dialog")
    assert dialog.name.endswith("?")
    assert dialog.description
    assert [node.name for node in nodes(dialog, "push button")] == buttons


def test_what_removes_waits_for_the_name(audience: Audience) -> None:
    dialog = the(audience.show("name_to_type"), "dialog")
    assert "focused" in the(dialog, "text", "Type popsql to remove the access").states
    assert "enabled" not in the(dialog, "push button", "Remove the access").states
