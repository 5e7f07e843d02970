"""What a template makes beside one role, and what it fetches when its stack is made."""

from collections.abc import Iterator, Mapping
from typing import Any

from installer.policy.request import short
from installer.policy.template_findings import Place, TemplateFinding
from installer.policy.template_reading import Path, Template, walk
from installer.policy.template_values import Values
from installer.steps import Severity

_ROLE = "AWS::IAM::Role"
_CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
_STACKS = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet")
_FETCHED = "{{resolve:"
_ONE_ROLE = "It makes one role and nothing else."
_IN_THE_TEXT = "All that it makes stands in its own text."


def contents(template: Template, values: Values) -> Iterator[TemplateFinding]:
    """One finding for each thing, at its place."""
    yield from _fetched(template, values)
    yield from _parameters(template)
    resources = template.data.get("Resources")
    if not isinstance(resources, dict):
        yield _found(
            template,
            "template-no-role",
            Severity.BLOCKER,
            ("Resources",),
            "The template makes no role",
            "It has no Resources.",
            _ONE_ROLE,
        )
        return
    yield from _resources(template, resources)


def _resources(template: Template, resources: Mapping[str, Any]) -> Iterator[TemplateFinding]:
    roles = 0
    for logical_id, resource in resources.items():
        path: Path = ("Resources", logical_id)
        kind = resource.get("Type") if isinstance(resource, dict) else None
        roles += kind == _ROLE
        yield from _of_kind(template, path, kind, roles)
        if isinstance(resource, dict):
            yield from _lifetime(template, path, resource)
    if not roles:
        yield _found(
            template,
            "template-no-role",
            Severity.BLOCKER,
            ("Resources",),
            "The template makes no role",
            "The vendor could not connect by what it makes.",
            _ONE_ROLE,
        )


def _of_kind(template: Template, path: Path, kind: object, roles: int) -> Iterator[TemplateFinding]:
    place = (*path, "Type")
    if not isinstance(kind, str):
        code, title, why = (
            "template-unreadable-resource",
            "The template has something that is no resource",
            "What CloudFormation would make of it cannot be read here.",
        )
    elif kind.startswith(_CUSTOM):
        code, title, why = (
            "template-custom-resource",
            "The template runs code that it does not show",
            f"{short(kind)} is a custom resource: CloudFormation calls a function, and waits for what it does.",
        )
    elif kind in _STACKS or kind.endswith("::MODULE"):
        code, title, why = (
            "template-nested-stack",
            "The template makes what stands in another template",
            f"{short(kind)} is read when the stack is made: what it holds then is not what was signed.",
        )
    elif kind != _ROLE:
        code, title, why = (
            "template-other-resource",
            f"The template makes {short(kind)} beside the role",
            "What is made in this stack is made in your name, and no limit of the vendor's holds it.",
        )
    elif roles > 1:
        code, title, why = (
            "template-other-role",
            "The template makes more than one role",
            "A second role is an open door beside the guarded one.",
        )
    else:
        return
    yield _found(template, code, Severity.BLOCKER, place, title, why, _ONE_ROLE)


def _lifetime(template: Template, path: Path, resource: Mapping[str, Any]) -> Iterator[TemplateFinding]:
    for key in ("DeletionPolicy", "UpdateReplacePolicy"):
        if resource.get(key, "Delete") != "Delete":
            yield _found(
                template,
                "template-retained",
                Severity.BLOCKER,
                (*path, key),
                "The role stays when its stack is deleted",
                f"{key} is {short(str(resource[key]))}. Taking access back deletes the stack, and the role with it.",
                f"It has no {key}, or one of Delete.",
            )
    if "Condition" in resource:
        yield _found(
            template,
            "template-conditional",
            Severity.CAUTION,
            (*path, "Condition"),
            "Whether it is made hangs on a condition",
            "What you are shown may not be what is made.",
            "It makes the role in every case.",
        )


def _parameters(template: Template) -> Iterator[TemplateFinding]:
    parameters = template.data.get("Parameters")
    for name, parameter in parameters.items() if isinstance(parameters, dict) else ():
        if isinstance(parameter, dict) and str(parameter.get("Type", "")).startswith("AWS::SSM::"):
            yield _found(
                template,
                "template-parameter-fetched",
                Severity.BLOCKER,
                ("Parameters", name, "Type"),
                f"The value of {short(name)} is fetched when the stack is made",
                "It comes from the parameter store, and whoever writes there says what the role is made of.",
                _IN_THE_TEXT,
            )


def _fetched(template: Template, values: Values) -> Iterator[TemplateFinding]:
    for path, value in walk(template.data):
        key = path[-1] if path else ""
        if path == ("Transform",) or key == "Fn::Transform":
            yield _found(
                template,
                "template-macro",
                Severity.BLOCKER,
                path,
                "The template is rewritten when its stack is made",
                f"{_transforms(value)} may put anything into it. AWS::Include reads a file that nobody pinned.",
                _IN_THE_TEXT,
            )
        elif key == "TemplateURL":
            yield _found(
                template,
                "template-url",
                Severity.BLOCKER,
                path,
                "The template fetches another one",
                "What stands at that address when the stack is made is not what was signed.",
                _IN_THE_TEXT,
            )
        elif key == "Fn::ImportValue":
            yield _found(
                template,
                "template-import",
                Severity.CAUTION,
                path,
                "A value comes from another stack of yours",
                "What it is, is known only when the stack is made.",
                _IN_THE_TEXT,
            )
        elif _resolves(value, values):
            yield _found(
                template,
                "template-resolve",
                Severity.BLOCKER,
                path,
                "A value is fetched when the stack is made",
                "A dynamic reference reads the parameter store or a secret: it can hold a principal or a policy, and "
                "lead what it reads to somebody.",
                _IN_THE_TEXT,
            )


def _resolves(value: Any, values: Values) -> bool:
    """Also where the reference is put together by a function."""
    if isinstance(value, str):
        return _FETCHED in value
    filled = values.filled(value) if isinstance(value, dict) and len(value) == 1 else None
    return isinstance(filled, str) and _FETCHED in filled and _FETCHED not in str(value)


def _transforms(value: Any) -> str:
    named = value if isinstance(value, list) else [value]
    return short(", ".join(str(one.get("Name", "a macro") if isinstance(one, dict) else one) for one in named))


def _found(
    template: Template, code: str, severity: Severity, path: Path, title: str, why: str, wanted: str
) -> TemplateFinding:
    return TemplateFinding(code, severity, title, why, Place.of(path, template.line(path)), wanted)
