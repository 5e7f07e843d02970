"""Review: one page with everything, before Install. Running it records that it was seen; what blocks stops it."""

from dataclasses import replace

from installer.answers import Answers, Review
from installer.context import Context
from installer.steps import Finding
from installer.tools import Tools


def check(_answers: Answers, _tools: Tools, _ctx: Context) -> tuple[Finding, ...]:
    """Nothing of its own: the journey gathers the findings of all steps for this page."""
    return ()


def run(answers: Answers, tools: Tools, _ctx: Context) -> Answers:
    return replace(answers, review=Review(at=tools.aws.clock.now()))
