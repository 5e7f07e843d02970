"""The vendor's role as its template makes it, for given parameters: what the role may do and whom it trusts.

Knows the few intrinsic functions that the template uses, and no CloudFormation beyond that.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml
from moto.iam.aws_managed_policies import aws_managed_policies_data

import resources

TEMPLATE = "templates/vendor-role.yaml"


class _Loader(yaml.SafeLoader):
    """Keeps `!Name value` as {"Name": value}."""


def _tagged(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    assert isinstance(node, yaml.ScalarNode)
    return {suffix: loader.construct_scalar(node)}


_Loader.add_multi_constructor("!", _tagged)


def role_properties(parameters: Mapping[str, str], account_id: str) -> dict[str, Any]:
    """The properties of the template's one resource, filled in."""
    template = yaml.load(resources.read_text(TEMPLATE), _Loader)
    given = {name: str(told["Default"]) for name, told in template["Parameters"].items() if "Default" in told}
    known = {**given, **parameters, "AWS::Partition": "aws", "AWS::AccountId": account_id}
    (resource,) = template["Resources"].values()
    return dict(_filled(resource["Properties"], known))


def managed_policy(arn: str) -> dict[str, Any]:
    """The text of an AWS managed policy, by its name's last part."""
    return dict(_MANAGED[arn.rsplit("/", 1)[-1]]["Document"])


def identity_policies(properties: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All that the role is granted."""
    inline = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
    return [*map(managed_policy, properties.get("ManagedPolicyArns", [])), *inline]


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_filled(item, known) for item in value]
    if isinstance(value, dict) and set(value) == {"Ref"}:
        return known[value["Ref"]]
    if isinstance(value, dict) and set(value) == {"Sub"}:
        return re.sub(r"\$\{([^}]+)\}", lambda found: known[found[1]], value["Sub"])
    if isinstance(value, dict):
        return {key: _filled(item, known) for key, item in value.items()}
    return value


_MANAGED: dict[str, Any] = json.loads(aws_managed_policies_data)
