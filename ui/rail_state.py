"""What the rail shows, derived from where the person is. The rail itself is `widgets/rail.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from installer.flow import Navigator, Step
from ui.page import Page
from ui.pages import TITLES
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


def installation_items(installations: Sequence[Installation], new: object) -> list[RailItem]:
    """The saved installations, and the way to a new one."""
    items = [
        RailItem(
            (one.name, one.answers.names.account_id),
            one.name,
            ItemState.PLAIN,
            f"{one.answers.names.account_id}, {one.state.value}",
            True,
        )
        for one in installations
    ]
    return [*items, RailItem(new, "New installation", ItemState.NEW, "", True)]


def account_lines(visit: Visit) -> tuple[str, str, str]:
    """Alias or "Account", the account id in groups, and who is signed in; empty where nobody is."""
    account = visit.answers.account if visit.answers is not None else None
    if account is None or (visit.aws_profile is None and visit.installation is None):
        return ("", "", "")
    number = " ".join(account.account_id[at : at + 4] for at in range(0, 12, 4))
    return (account.alias or "AWS account", number, f"{account.arn.rpartition('/')[2]}, profile {visit.aws_profile}")
