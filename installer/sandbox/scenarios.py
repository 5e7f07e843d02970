"""What the sandbox pretends (`--scenario`). Each scenario is a variation of `default`; the vendor gets its name too."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Scenario:
    """`pace` multiplies the speed of both children; the rest is what the seeds add or leave out."""

    name: str
    summary: str
    pace: float = 1.0
    vendor_answers: bool = True
    full_address_space: bool = False
    taken_role_name: str = ""


_ALL = (
    Scenario("default", "a customer account in ordinary use, a vendor that behaves"),
    Scenario("denied", "the vendor needs a call that its boundary does not allow: the install stops there"),
    Scenario(
        "name-conflict", "the role that the install would create exists already", taken_role_name="popsql-operator"
    ),
    Scenario("slow", "stacks and the vendor take ten times as long", pace=0.1),
    Scenario("vendor-down", "the vendor does not answer", vendor_answers=False),
    Scenario("full-house", "1,000 networks, most of 10.0.0.0/8 used", full_address_space=True),
)
SCENARIOS = MappingProxyType({scenario.name: scenario for scenario in _ALL})


class UnknownScenarioError(ValueError):
    """No scenario has this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"there is no scenario {name!r}; choose one of {', '.join(SCENARIOS)}")


def scenario(name: str) -> Scenario:
    try:
        return SCENARIOS[name]
    except KeyError:
        raise UnknownScenarioError(name) from None
