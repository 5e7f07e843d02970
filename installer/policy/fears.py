"""What people fear of a vendor's role, as questions that a policy can answer: those of `resources/policies/fears.json`,
and a file of a person's own in the same form. Whether they are denied is asked by `what_if.py`.

    {"format": 1, "fears": [{"id": "read-buckets", "title": "Read files in your S3 buckets", "why": "…",
        "tries": [{"action": "s3:GetObject", "resource": "arn:{partition}:s3:::your-bucket/file",
                   "context": {"aws:ResourceTag/team": null}}]}]}

A title is what the vendor would do. Each try is one call that must be denied. Of the context, null says that the key is
absent; what is not named is not known, so that a decision which hangs on it is `depends`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, NoReturn

import resources
from installer.errors import PolicyError
from installer.names import Names
from installer.policy.request import Request, Value

PLACEHOLDERS = ("partition", "account", "name", "path", "role_path", "region", "elsewhere")
MAX_FILE_BYTES = 262_144
REGION_KEY = "aws:RequestedRegion"
_SHIPPED = "policies/fears.json"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FIX = "Correct the file at that place."


# Whoever calls them calls one place, which a lock of regions then sees.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html
GLOBAL_SERVICES = frozenset({"account", "cloudfront", "iam", "organizations", "route53", "support"})
_HOMES: Mapping[str, str] = {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


@dataclass(frozen=True)
class Place:
    """Where the installation is: `path` is that of the roles that the vendor makes, `elsewhere` a region that it is not
    for."""

    names: Names
    region: str
    elsewhere: str

    def region_of(self, action: str) -> str:
        """Where a call goes: global services have one place in the partition."""
        is_global = action.partition(":")[0].lower() in GLOBAL_SERVICES
        return _HOMES.get(self.names.partition, "us-east-1") if is_global else self.region

    def values(self) -> Mapping[str, str]:
        """By placeholder."""
        names = self.names
        return {
            "partition": names.partition,
            "account": names.account_id,
            "name": names.installation,
            "path": names.workload_path,
            "role_path": names.role_path,
            "region": self.region,
            "elsewhere": self.elsewhere,
        }


@dataclass(frozen=True)
class Try:
    """One call, with placeholders in its texts. An absent key is an empty tuple."""

    action: str
    resource: str
    context: Mapping[str, Value]

    def request(self, place: Place) -> Request:
        values = place.values()
        context = {key.format_map(values): _filled(value, values) for key, value in self.context.items()}
        resource = self.resource.format_map(values)
        return Request(self.action, resource, {REGION_KEY: place.region_of(self.action), **context}, complete=False)


@dataclass(frozen=True)
class Fear:
    """`shipped` is false for one that a person brought."""

    id: str
    title: str
    why: str
    tries: tuple[Try, ...]
    shipped: bool = True


@cache
def shipped_fears() -> tuple[Fear, ...]:
    """Those that everybody has."""
    return tuple(_fears(resources.read_json(_SHIPPED), shipped=True))


def fears_with(path: Path) -> tuple[Fear, ...]:
    """The shipped ones and those of a file; raise a `PolicyError` that says where the file is wrong."""
    own = read_fears(_text(path))
    shipped = shipped_fears()
    taken = {fear.id for fear in shipped} & {fear.id for fear in own}
    if taken:
        raise PolicyError(f"{min(taken)!r} is the id of a fear that ships.", fix="Give yours another id.")
    return (*shipped, *own)


def read_fears(text: str) -> tuple[Fear, ...]:
    """A person's own fears; raise a `PolicyError` that says where the text is wrong."""
    try:
        data = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_without_duplicates)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise PolicyError(f"The fears are not JSON: {error.msg} in {where}.", fix=_FIX) from error
    except (RecursionError, ValueError) as error:
        raise PolicyError("The fears are not JSON that can be read.", fix=_FIX) from error
    return tuple(_fears(data, shipped=False))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise PolicyError(f"{path} cannot be read: {error.strerror}.", fix="Name a file of fears.") from error
    if len(data) > MAX_FILE_BYTES:
        raise PolicyError(f"{path} is larger than {MAX_FILE_BYTES // 1024} KiB.", fix="Name a file of fears.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path} is not UTF-8 text.", fix="Name a file of fears.") from error


def _fears(data: Any, *, shipped: bool) -> Iterator[Fear]:
    root = _object("The file", data, required=("format", "fears"))
    if root["format"] != 1:
        _wrong("The file", f"has the format {root['format']!r}; 1 is known here")
    seen: set[str] = set()
    for number, one in enumerate(_listed("The file", root, "fears"), 1):
        fear = _fear(f"Fear {number}", one, shipped=shipped)
        if fear.id in seen:
            _wrong(f"Fear {number}", f"has the id {fear.id!r} of another")
        seen.add(fear.id)
        yield fear


def _fear(where: str, data: Any, *, shipped: bool) -> Fear:
    told = _object(where, data, required=("id", "title", "why", "tries"))
    if isinstance(told["id"], str):
        where = f"{where} ({told['id'][:60]})"
    fear_id, title, why = (_string(where, told, key) for key in ("id", "title", "why"))
    if not _ID.fullmatch(fear_id):
        _wrong(where, "has an id that is not small letters, digits and hyphens")
    tries = [_try(f"{where}, try {number}", one) for number, one in enumerate(_listed(where, told, "tries"), 1)]
    return Fear(fear_id, title, why, tuple(tries), shipped)


def _try(where: str, data: Any) -> Try:
    told = _object(where, data, required=("action",), optional=("resource", "context"))
    context = told.get("context", {})
    if not isinstance(context, dict):
        _wrong(where, "has a context that is not an object")
    found = Try(
        _string(where, told, "action"),
        _string(where, {"resource": "*", **told}, "resource"),
        {key: _value(where, key, value) for key, value in context.items()},
    )
    for text in (found.resource, *_texts(found.context)):
        _check_placeholders(where, text)
    if found.resource != "*" and found.resource.count(":") < 5:
        _wrong(where, f"has a resource that is neither an ARN nor *: {found.resource[:100]!r}")
    try:
        found.request(_EXAMPLE)
    except PolicyError as error:
        raise PolicyError(f"{where}: {error.message}", fix=error.fix) from error
    return found


_EXAMPLE = Place(Names("name", "222222222222", "/path/"), "eu-west-1", "us-east-1")


def _value(where: str, key: str, value: Any) -> Value:
    if value is None:
        return ()
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    return _wrong(where, f"has a context in which {key!r} is not text, a list of texts, or null")


def _texts(context: Mapping[str, Value]) -> Iterator[str]:
    for key, value in context.items():
        yield key
        yield from (value,) if isinstance(value, str) else value


def _filled(value: Value, values: Mapping[str, str]) -> Value:
    return value.format_map(values) if isinstance(value, str) else tuple(one.format_map(values) for one in value)


def _check_placeholders(where: str, text: str) -> None:
    known = "{" + "} {".join(PLACEHOLDERS) + "}"
    try:
        found = list(Formatter().parse(text))
    except ValueError:
        _wrong(where, f"has a brace without its other in {text[:100]!r}; known are {known}")
    for _, placeholder, form, conversion in found:
        if placeholder is not None and (placeholder not in PLACEHOLDERS or form or conversion):
            _wrong(where, f"has the placeholder {'{' + placeholder + '}'}; known are {known}")


def _object(where: str, data: Any, *, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Any]:
    if not isinstance(data, dict):
        _wrong(where, "is not a JSON object")
    missing = [key for key in required if key not in data]
    if missing:
        _wrong(where, f"has no {missing[0]!r}")
    unknown = sorted(set(data) - {*required, *optional})
    if unknown:
        _wrong(where, f"has {unknown[0][:60]!r}, which is not known here")
    return data


def _listed(where: str, told: Mapping[str, Any], key: str) -> list[Any]:
    if not isinstance(told[key], list) or not told[key]:
        _wrong(where, f"has no list of {key}")
    return list(told[key])


def _string(where: str, told: Mapping[str, Any], key: str) -> str:
    value = told[key]
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        _wrong(where, f"has no text in {key!r}")
    return value


def _without_duplicates(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise PolicyError(f"The fears have {key!r} twice in one object.", fix="Remove one of them.")
        result[key] = value
    return result


def _wrong(where: str, what: str) -> NoReturn:
    raise PolicyError(f"{where} {what}.", fix=_FIX)
