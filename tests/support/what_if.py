"""The reference vendor's grant and questions, as a person who chooses a boundary sees them."""

import resources
from installer.policy.document import Document
from installer.policy.grant import Grant, grant_of
from installer.policy.presets import Preset, operator_boundary
from installer.policy.what_if import Workbench, workbench
from installer.template import VendorTemplate, vendor_template
from tests.support.role_template import TEMPLATE
from tests.support.signed_in import answers, invitation, names


def template() -> VendorTemplate:
    """The reference vendor's, filled in."""
    return vendor_template(answers(), lambda _url: resources.read_bytes(TEMPLATE))


def grant() -> Grant:
    return grant_of(invitation(), names(), template())


def bench() -> Workbench:
    return workbench(invitation(), names(), grant())


def boundary(preset: str) -> Document:
    return operator_boundary(Preset(preset), invitation(), names()).document()
