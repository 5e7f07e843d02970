"""The Review page's words for what is about to happen: a first install, one asked for before, one found again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.widgets.plain import one_line

if TYPE_CHECKING:
    from installer.answers import Answers

MOST_OF_A_NAME = 32
"""Characters of the product's name and version on the button."""


@dataclass(frozen=True)
class Words:
    """Of one review. `found_again` is a title and a sentence, both empty where this is no reconnect."""

    sentence: str
    primary: str
    found_again: tuple[str, str] = ("", "")


def words(answers: Answers, *, read_only: bool) -> Words:
    operator, product = one_line(answers.invitation.vendor.operator), one_line(answers.invitation.product.name)
    what = one_line(f"{product} {answers.invitation.product.version}")
    where = one_line(answers.network.region) if answers.network is not None else "the region"
    existing = answers.connection.existing_install_id if answers.connection is not None else None
    if read_only:
        return Words(f"This is what {operator} was asked to build.", "Continue")
    if answers.review is not None:  # the install was begun, and the person came back before its end
        sentence = f"You have asked {operator} to build {what} in {where}. Going on finds what was made."
        return Words(sentence, "Go on with the install")
    if existing is not None:
        knows = f"{operator} knows it as {one_line(existing)}. What it has stays, and nothing is built twice."
        return Words(
            f"Reconnect asks {operator} to go on with {product} in {where}.",
            f"Reconnect {one_line(product, MOST_OF_A_NAME)}",
            (f"{product} is found again", knows),
        )
    return Words(
        f"Nothing is installed yet. Install asks {operator} to build {what} in {where}.",
        f"Install {one_line(what, MOST_OF_A_NAME)}",
    )


def fact(answers: Answers, *, checked: bool, blockers: int, email_problem: str) -> str:
    """Why it cannot begin, or what beginning means."""
    if not checked:
        return "Nothing can begin before this was checked."
    if blockers:
        what = "One thing stops this" if blockers == 1 else f"{blockers} things stop this"
        return f"{what}. Put it right, then check again."
    return email_problem or f"{one_line(answers.invitation.vendor.operator)} begins at once. Nothing more is asked."
