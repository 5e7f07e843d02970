"""Gap: `aws:ResourceTag/…` of EC2 and other resources is unknown, so conditions on it deny what AWS allows.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourcetag
"""

from __future__ import annotations

from typing import Any

from ministack.services import alb, ec2, eks, iam, rds, s3, tagging

from installer.sandbox.aws.requirements_cloudformation import stack_tags


def resource_tags(arn: str) -> dict[str, str]:
    """`aws:ResourceTag/<key>` and `<service>:ResourceTag/<key>` of the resource, empty where it has no tags."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return {}
    service, resource = parts[2], parts[5]
    tags = _tags(service, resource, arn)
    keys = {f"aws:ResourceTag/{name}": value for name, value in tags.items()}
    return keys | {f"{service}:ResourceTag/{name}": value for name, value in tags.items()}


def _tags(service: str, resource: str, arn: str) -> dict[str, str]:
    name = resource.rpartition("/")[2]
    if service == "ec2":
        return _as_dict(ec2._tags.get(name))
    if service == "iam":
        stores = {
            "role": iam._roles.get(name),
            "user": iam._users.get(name),
            "policy": iam._policies.get(arn),
            "instance-profile": iam._instance_profiles.get(name),
        }
        return _as_dict((stores.get(resource.partition("/")[0]) or {}).get("Tags"))
    if service == "cloudformation":
        return stack_tags(arn)
    if service == "s3":
        return _as_dict(s3._bucket_tags.get(resource.partition("/")[0]))
    keyed_by_arn = {"eks": eks._tags, "rds": rds._tags, "elasticloadbalancing": alb._tags}
    if service in keyed_by_arn:
        return _as_dict(keyed_by_arn[service].get(arn))
    return {str(key): str(value) for key, value in (tagging.resource_tags(arn) or {}).items()}


def _as_dict(tags: Any) -> dict[str, str]:
    if isinstance(tags, dict):
        return {str(key): str(value) for key, value in tags.items()}
    return {tag["Key"]: tag.get("Value", "") for tag in tags or ()}
