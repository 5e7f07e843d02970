"""Which checks belong to which phase of the journey. Each of them reads anew."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from installer.sandbox.checks import boundary, network, product, removal, trust, vendor
from installer.sandbox.checks.check import Check, Read, checks, insist
from installer.sandbox.checks.clients import Clients
from installer.sandbox.checks.customer import Holdings, is_untouched
from installer.sandbox.checks.disk import holds_no_secret
from installer.sandbox.checks.health import HealthWatch
from installer.sandbox.checks.rules import Rules, rules, same_rules
from installer.sandbox.checks.witness import Installed, Told, Witness


@dataclass(frozen=True)
class Scene:
    """An installation, among what was there before it. `live` is a session that the vendor holds; `home` is
    HOUSEGUEST_HOME."""

    witness: Witness
    installed: Installed
    live: Clients
    home: Path
    before: Holdings


@dataclass(frozen=True)
class Before:
    """What a reconnect must bring back, and what it must find again."""

    rules: Rules
    vpc_id: str
    install_id: str

    @classmethod
    def read(cls, witness: Witness, installed: Installed) -> Before:
        """Raises Wrong."""
        return cls(
            rules=rules(witness, installed),
            vpc_id=product.vpc_id(witness, installed),
            install_id=str(installed.told["install_id"]),
        )


def after_install(scene: Scene) -> tuple[Check, ...]:
    who, it, live = scene.witness, scene.installed, scene.live
    reads: dict[str, Read] = {
        "told_the_truth": partial(product.told_the_truth, who, it),
        "trust_names_only_the_vendor": partial(trust.names_only_the_vendor, who, it),
        "trust_requires_the_external_id": partial(trust.requires_the_external_id, who, it),
        "session_with_the_external_id": partial(trust.opens_with_the_external_id, who, it),
        "no_session_without_it": partial(trust.closed_without, who, it),
        "no_session_with_a_wrong_one": partial(trust.closed_with_a_wrong_one, who, it),
        "boundary_is_attached": partial(boundary.attached, who, it),
        "boundary_holds_itself": partial(boundary.holds_itself, who, it),
        "session_can_work": partial(boundary.lets_work, it, live),
        "session_cannot_read_customers_data": partial(boundary.keeps_from_customers_data, who, it, live),
        "session_cannot_detach_the_boundary": partial(boundary.keeps_itself_attached, who, it, live),
        "session_cannot_leave_the_region": partial(boundary.keeps_to_the_region, who, it, live),
        "session_cannot_make_free_roles": partial(boundary.keeps_roles_under_the_workload_boundary, who, it, live),
        "workload_roles_are_bounded": partial(boundary.workload_roles_bounded, who, it),
        "network_has_the_block": partial(network.has_the_block, who, it),
        "network_overlaps_nothing": partial(network.overlaps_nothing, who, it),
        "product_is_complete": partial(product.is_complete, who, it),
        "product_is_healthy": partial(product.is_healthy, it),
        "product_opens": partial(product.opens, it),
        "stacks_are_whole": partial(product.stacks_are_whole, who, it),
        "nothing_is_there_twice": partial(product.is_there_once, who, it),
        "vendor_says_connected": partial(vendor.says_it_is_connected, who, it),
        "no_secret_on_disk": partial(holds_no_secret, who, it, scene.home),
        "customer_is_untouched": partial(is_untouched, who, scene.before),
    }
    return checks("install", reads)


def after_removal(scene: Scene, removed: Told, health: HealthWatch) -> tuple[Check, ...]:
    """`removed` is what `houseguest remove` told."""
    who, it = scene.witness, scene.installed
    reads: dict[str, Read] = {
        "no_new_session": partial(trust.closed_altogether, who, it),
        "live_session_is_cut_off": partial(boundary.cut_off, it, scene.live),
        "role_is_gone": partial(removal.role_is_gone, who, it),
        "no_role_trusts_the_vendor": partial(removal.nothing_trusts_the_vendor, who, it),
        "role_stack_is_gone": partial(removal.role_stack_is_gone, who, it),
        "vendor_says_shut_out": partial(vendor.says_it_is_shut_out, who, it),
        "product_is_healthy": partial(product.is_healthy, it),
        "product_stayed_healthy": health.never_failed,
        "kept_for_its_reason": partial(removal.keeps_what_the_product_needs, who, it, removed),
        "no_secret_on_disk": partial(holds_no_secret, who, it, scene.home),
        "customer_is_untouched": partial(is_untouched, who, scene.before),
    }
    return checks("removal", reads)


def after_reconnect(witness: Witness, again: Installed, before: Before, health: HealthWatch) -> tuple[Check, ...]:
    """The same name was installed again: nothing new but the role."""
    reads: dict[str, Read] = {
        "role_has_the_same_rules": partial(same_rules, witness, again, before.rules),
        "same_network": partial(_is, "VPC", partial(product.vpc_id, witness, again), before.vpc_id),
        "same_install": partial(_is, "install", lambda: str(again.told["install_id"]), before.install_id),
        "session_with_the_external_id": partial(trust.opens_with_the_external_id, witness, again),
        "no_session_without_it": partial(trust.closed_without, witness, again),
        "vendor_says_connected": partial(vendor.says_it_is_connected, witness, again),
        "stacks_are_whole": partial(product.stacks_are_whole, witness, again),
        "nothing_is_there_twice": partial(product.is_there_once, witness, again),
        "product_is_healthy": partial(product.is_healthy, again),
        "product_stayed_healthy": health.never_failed,
    }
    return checks("reconnect", reads)


def beside(first: Installed, second: Scene) -> tuple[Check, ...]:
    """A second installation, under another name and on another block, and the first one still."""
    who, it = second.witness, second.installed
    reads: dict[str, Read] = {
        "told_the_truth": partial(product.told_the_truth, who, it),
        "boundary_is_attached": partial(boundary.attached, who, it),
        "workload_roles_are_bounded": partial(boundary.workload_roles_bounded, who, it),
        "network_has_the_block": partial(network.has_the_block, who, it),
        "network_overlaps_nothing": partial(network.overlaps_nothing, who, it),
        "product_is_complete": partial(product.is_complete, who, it),
        "product_is_healthy": partial(product.is_healthy, it),
        "nothing_is_there_twice": partial(product.is_there_once, who, it),
        "first_is_healthy": partial(product.is_healthy, first),
        "first_is_there_once": partial(product.is_there_once, who, first),
        "kept_from_the_first": partial(boundary.keeps_from_the_other, first, second.live),
        "no_secret_on_disk": partial(holds_no_secret, who, it, second.home),
        "customer_is_untouched": partial(is_untouched, who, second.before),
    }
    return checks("second", reads)


def _is(what: str, read: Read, before: str) -> str:
    now = read()
    insist(now == before, f"The {what} is {now}; it was {before}.")
    return f"The {what} is still {now}."
