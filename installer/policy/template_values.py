"""Values of a template that can be known before its stack is made; the rest is `Unknown`, and never guessed.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from installer.names import Names

_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
_URL_SUFFIX = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}


@dataclass(frozen=True)
class Unknown:
    """What is known only when the stack is made. `what` names the function or the parameter."""

    what: str


def unknown_in(value: Any) -> Unknown | None:
    """The first thing in a value that is not known."""
    if isinstance(value, Unknown):
        return value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for item in inside if (found := unknown_in(item)) is not None), None)


class Values:
    """Fills in parameters, their defaults, and what belongs to the account."""

    def __init__(self, template: Mapping[str, Any], parameters: Mapping[str, str], names: Names) -> None:
        asked = template.get("Parameters")
        told = asked.items() if isinstance(asked, dict) else ()
        self._known: dict[str, str] = {
            name: str(parameter["Default"])
            for name, parameter in told
            if isinstance(parameter, dict)
            and "Default" in parameter
            # Its value is fetched: what stands here is the name of it.
            and not str(parameter.get("Type", "")).startswith("AWS::SSM::")
        }
        self._known |= parameters
        self._known |= {
            "AWS::AccountId": names.account_id,
            "AWS::Partition": names.partition,
            "AWS::StackName": names.role_stack,
        }
        if names.partition in _URL_SUFFIX:
            self._known["AWS::URLSuffix"] = _URL_SUFFIX[names.partition]

    def filled(self, value: Any) -> Any:
        """The value with everything known in its place."""
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._called(function, argument)
        return {key: self.filled(item) for key, item in value.items()}

    def _called(self, function: str, argument: Any) -> Any:
        if function == "Ref" and isinstance(argument, str):
            return self._known.get(argument, Unknown(argument))
        if function == "Fn::Sub":
            return self._sub(argument)
        if function == "Fn::Join" and isinstance(argument, list) and len(argument) == 2:
            parts = self.filled(argument[1])
            if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
                return str(argument[0]).join(parts)
        return Unknown(function)

    def _sub(self, argument: Any) -> str | Unknown:
        text, own = argument, {}
        if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):
            text, own = argument[0], {name: self.filled(value) for name, value in argument[1].items()}
        if not isinstance(text, str):
            return Unknown("Fn::Sub")
        known = {**self._known, **{name: value for name, value in own.items() if isinstance(value, str)}}
        named = [found[2] for found in _VARIABLE.finditer(text) if not found[1]]
        missing = next((name for name in named if name not in known), None)
        if missing is not None:
            return Unknown(missing)
        # ${!Name} is the literal ${Name}, a variable of the policy.
        return _VARIABLE.sub(lambda found: "${" + found[2] + "}" if found[1] else known[found[2]], text)
