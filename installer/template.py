"""The vendor's CloudFormation template: fetched, pinned by its SHA-256, and filled with values from the invitation
alone."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

import resources
from installer.answers import Answers, Permissions
from installer.errors import InvitationError
from installer.invitation import Invitation
from installer.names import POLICY_PATH, Names
from installer.web import FetchError

MAX_TEMPLATE_BYTES = 51_200  # TemplateBody of cloudformation:CreateChangeSet
BOUNDARY_PARAMETER = "OperatorBoundaryArn"


@dataclass(frozen=True)
class VendorTemplate:
    """The exact text that was pinned, and a value for each parameter that it takes."""

    text: str
    parameters: dict[str, str]


def vendor_template(answers: Answers, download: Callable[[str], bytes]) -> VendorTemplate:
    """Fetch the template of the invitation; raise an `InvitationError` unless it is the one that was signed for."""
    wanted = answers.invitation.template
    try:
        body = download(wanted.url)
    except FetchError as error:
        raise InvitationError(
            f"The vendor's template could not be fetched: {error.message}",
            fix=f"Try again later. If it goes on, tell {answers.invitation.vendor.name}.",
            details=error.details,
        ) from error
    if len(body) > MAX_TEMPLATE_BYTES:
        raise InvitationError(
            f"The vendor's template is larger than {MAX_TEMPLATE_BYTES:,} bytes.",
            fix=f"Ask {answers.invitation.vendor.name} for a smaller one.",
        )
    found = hashlib.sha256(body).hexdigest()
    if found != wanted.sha256:
        raise InvitationError(
            "The vendor's template is not the one that the invitation was signed for.",
            fix=f"Do not go on. Tell {answers.invitation.vendor.name} that the SHA-256 differs.",
            details={"url": wanted.url, "wanted_sha256": wanted.sha256, "found_sha256": found},
        )
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvitationError(
            "The vendor's template is not text.", fix=f"Ask {answers.invitation.vendor.name} for a new invitation."
        ) from error
    return VendorTemplate(text=text, parameters=_parameters(answers.invitation, answers.names))


def _parameters(invitation: Invitation, names: Names) -> dict[str, str]:
    known = {
        "InstallationName": names.installation,
        "RolePath": names.role_path,
        "VendorPrincipalArn": invitation.trust.principal_arn,
        "ExternalId": invitation.trust.external_id,
        BOUNDARY_PARAMETER: names.operator_boundary_arn,
        "WorkloadBoundaryArn": names.workload_boundary_arn,
        "MaxSessionSeconds": str(invitation.permissions.max_session_seconds),
    }
    if BOUNDARY_PARAMETER not in invitation.template.parameters:
        raise InvitationError(
            "The vendor's template does not take your boundary: its role could not be narrowed or cut off.",
            fix=f"Ask {invitation.vendor.name} for a template with the parameter {BOUNDARY_PARAMETER}.",
        )
    # Dates have defaults that leave the trust open; a window sets them.
    unknown = sorted(set(invitation.template.parameters) - set(known) - {"AccessNotBefore", "AccessNotAfter"})
    if unknown:
        raise InvitationError(
            f"The vendor's template wants {unknown[0]}, which Houseguest does not know how to fill in.",
            fix=f"Ask {invitation.vendor.name} which version of Houseguest the invitation is for.",
        )
    return {name: value for name, value in known.items() if name in invitation.template.parameters}


def access_template(names: Names, permissions: Permissions) -> str:
    """The customer's own stack: the two boundaries, as text."""
    template = resources.read_json("templates/access.json")
    for logical_id, policy_name, document in (
        ("OperatorBoundary", names.operator_boundary, permissions.operator_boundary),
        ("WorkloadBoundary", names.workload_boundary, permissions.workload_boundary),
    ):
        properties = template["Resources"][logical_id]["Properties"]
        properties["ManagedPolicyName"] = policy_name
        properties["Path"] = POLICY_PATH
        properties["PolicyDocument"] = document.to_object()
    return json.dumps(template, indent=1, ensure_ascii=False)
