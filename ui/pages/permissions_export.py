"""The file for a second reader: both limits as they would be created, and whom the role would trust."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from installer.answers import Answers, Permissions


def file_name(answers: Answers) -> str:
    """What the file is called, unless the person calls it something else."""
    return f"{answers.names.installation}-permissions.json"


def exported(answers: Answers, title: str, permissions: Permissions) -> bytes:
    """JSON. `title` is what people know the choice as; the documents are what AWS would be given."""
    names, asked, trust = answers.names, answers.invitation.permissions, answers.invitation.trust
    contents = {
        "installation": names.installation,
        "account_id": names.account_id,
        "vendor": answers.invitation.vendor.name,
        "operator": answers.invitation.vendor.operator,
        "choice": title,
        "role": {
            "arn": names.operator_role_arn,
            "trusted_principal": trust.principal_arn,
            "external_id": trust.external_id,
            "managed_policies": list(asked.default_grant),
            "max_session_seconds": asked.max_session_seconds,
        },
        "operator_boundary": {
            "arn": names.operator_boundary_arn,
            "limits": names.operator_role_arn,
            "document": permissions.operator_boundary.to_object(),
        },
        "workload_boundary": {
            "arn": names.workload_boundary_arn,
            "limits": names.workload_role_arns,
            "document": permissions.workload_boundary.to_object(),
        },
    }
    return (json.dumps(contents, indent=2, ensure_ascii=False) + "\n").encode()
