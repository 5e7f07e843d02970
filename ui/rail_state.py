"""What the rail shows, derived from where the person is. The rail itself is `widgets/rail.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from installer.flow import Navigator, Step
from ui.numbers import grouped
from ui.page import Page
from ui.pages import TITLES
from ui.places import Place
from ui.widgets.rail import ItemState, RailItem

if TYPE_CHECKING:
    from installer.installation import Installation
    from ui.visit import Visit


def step_items(built: Mapping[Step | None, Page], navigator: Navigator, shown: Page) -> list[RailItem]:
    """Every step, and Done at the end. What can be shown can be clicked. `built` are the pages that there are yet."""
    order = [*Step, None]
    reached = order.index(navigator.furthest)
    current = order.index(navigator.current)
    items = []
    for place, step in enumerate(order):
        page = built.get(step)
        if page is not None and page.error is not None and (page is shown or place == reached):
            state = ItemState.FAILED
        elif place == current:
            state = ItemState.CURRENT
        else:
            state = ItemState.DONE if place < reached else ItemState.TO_COME
        enabled = place <= reached and not shown.busy
        items.append(RailItem(step, TITLES[step], state, f"step {place + 1} of {len(order)}", enabled))
    return items


def installation_items(installations: Sequence[Installation], visit: Visit, shown: Page) -> list[RailItem]:
    """The saved installations, the journey that is not among them, and the way to a new one."""
    enabled = not shown.busy
    items = [
        RailItem(
            (one.name, one.answers.names.account_id),
            one.name,
            ItemState.PLAIN,
            f"{one.answers.names.account_id}, {one.state.value}",
            enabled,
        )
        for one in installations
    ]
    if visit.is_unsaved:
        name = visit.settled.wishes.name
        items.append(RailItem(Place.JOURNEY, f"Go on with {name}", ItemState.PLAIN, "not installed yet", enabled))
    return [*items, RailItem(Place.NEW, "New installation", ItemState.NEW, "", enabled)]


def account_lines(visit: Visit) -> tuple[str, str, str]:
    """The alias, the account id in groups, and who is signed in; empty where no account is settled."""
    account = visit.answers.account if visit.answers is not None else None
    if account is None:
        return ("", "", "")
    name = account.arn.rpartition("/")[2]
    if visit.sign_in_due:
        who = "not signed in"
    else:  # without a profile that was chosen here, AWS_PROFILE may still name one
        who = f"{name}, profile {visit.aws_profile}" if visit.aws_profile else f"{name}, by your AWS tools"
    return (account.alias or "AWS account", grouped(account.account_id), who)
