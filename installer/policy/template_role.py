"""The vendor's role as its template will make it: the policies that it attaches and those that it holds.

A CloudFormation template is read by `template_reading.py`, not run: parameters and the few functions that name things
are filled in here; whatever cannot be known before the stack exists is refused by name and never guessed. Who may
assume the role is read from AWS (`trust.py`), and which resources the stack makes is held by `StackPlan.holds`.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from installer.errors import PolicyError
from installer.names import Names
from installer.policy.document import as_list
from installer.policy.template_reading import read_template

_ROLE = "AWS::IAM::Role"
_ADDED = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy")
_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
_ASK = "Ask the vendor what its role may do, and for a template that says so."


@dataclass(frozen=True)
class RolePolicies:
    """What the role is granted: ARNs of managed policies, and (name, document) of the others."""

    managed: tuple[str, ...]
    inline: tuple[tuple[str, Mapping[str, Any]], ...]


def role_policies(text: str, parameters: Mapping[str, str], names: Names) -> RolePolicies:
    """The policies of the one role in the template that carries the operator boundary.

    `parameters` are the values that the stack is given; what it is not given has its default. Raises a `PolicyError`
    where the template cannot be read or leaves open what the role may do.
    """
    template = read_template(text).data
    resources = template.get("Resources")
    if not isinstance(resources, dict):
        raise PolicyError("The vendor's template has no Resources.", fix=_ASK)
    filler = _Filler(_known(template, parameters, names), resources)
    role_id = _the_role(resources, filler, names)
    role = resources[role_id].get("Properties", {})
    managed = [_text(filler.filled(arn)) for arn in as_list(role.get("ManagedPolicyArns", []))]
    inline = [_named(filler.filled(policy)) for policy in as_list(role.get("Policies", []))]
    inline += [_named(filler.filled(added), one) for one, added in _added(resources, role_id)]
    return RolePolicies(tuple(managed), tuple(inline))


def _known(template: Mapping[str, Any], parameters: Mapping[str, str], names: Names) -> dict[str, str]:
    asked = template.get("Parameters", {})
    defaults = {name: told["Default"] for name, told in asked.items() if isinstance(told, dict) and "Default" in told}
    suffix = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}
    pseudo = {"AWS::Partition": names.partition, "AWS::AccountId": names.account_id, "AWS::StackName": names.role_stack}
    if names.partition in suffix:
        pseudo["AWS::URLSuffix"] = suffix[names.partition]
    return {**{name: str(value) for name, value in defaults.items()}, **parameters, **pseudo}


def _the_role(resources: Mapping[str, Any], filler: "_Filler", names: Names) -> str:
    capped = [
        one
        for one, resource in resources.items()
        if isinstance(resource, dict)
        and resource.get("Type") == _ROLE
        and filler.filled(resource.get("Properties", {}).get("PermissionsBoundary")) == names.operator_boundary_arn
    ]
    if len(capped) != 1:
        found = f"{len(capped)} roles" if capped else "no role"
        raise PolicyError(f"The vendor's template makes {found} with your boundary; one is expected.", fix=_ASK)
    return str(capped[0])


def _added(resources: Mapping[str, Any], role_id: str) -> Iterator[tuple[str, Any]]:
    """Policies that are resources of their own and name the role."""
    for one, resource in resources.items():
        if isinstance(resource, dict) and resource.get("Type") in _ADDED:
            properties = resource.get("Properties", {})
            named = as_list(properties.get("Roles", [])) + as_list(properties.get("RoleName", []))
            if {"Ref": role_id} in named:
                yield one, {key: properties.get(key) for key in ("PolicyName", "PolicyDocument") if key in properties}


def _named(policy: Any, logical_id: str = "") -> tuple[str, Mapping[str, Any]]:
    if not isinstance(policy, dict) or not isinstance(policy.get("PolicyDocument"), dict):
        raise PolicyError("The vendor's template has a policy without a document.", fix=_ASK)
    return str(policy.get("PolicyName") or logical_id), policy["PolicyDocument"]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise PolicyError("The vendor's template attaches a policy that has no name before the stack exists.", fix=_ASK)
    return value


@dataclass(frozen=True)
class _Filler:
    """Puts values in the place of functions."""

    known: Mapping[str, str]
    resources: Mapping[str, Any]

    def filled(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function == "Ref" or str(function).startswith("Fn::"):
                return self._called(str(function), argument)
        return {key: self.filled(item) for key, item in value.items()}

    def _called(self, function: str, argument: Any) -> Any:
        if function == "Ref":
            return self._value(str(argument))
        if function == "Fn::Sub":
            return self._sub(argument)
        if function == "Fn::Join" and isinstance(argument, list) and len(argument) == 2:
            return str(argument[0]).join(str(self.filled(part)) for part in as_list(argument[1]))
        raise PolicyError(f"The vendor's template leaves open what the role may do: {function}.", fix=_ASK)

    def _sub(self, argument: Any) -> str:
        text, own = (argument[0], argument[1]) if isinstance(argument, list) else (argument, {})
        values = {name: str(self.filled(value)) for name, value in own.items()}

        def value(found: "re.Match[str]") -> str:
            if found[1]:
                return "${" + found[2] + "}"  # ${!Name} is a literal ${Name}: a policy variable
            return values[found[2]] if found[2] in values else self._value(found[2])

        return _VARIABLE.sub(value, str(text))

    def _value(self, name: str) -> str:
        if name not in self.known:
            raise PolicyError(f"The vendor's template leaves open what the role may do: {name}.", fix=_ASK)
        return self.known[name]
