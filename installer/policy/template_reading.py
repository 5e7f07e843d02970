"""A CloudFormation template as text, read without being run: plain values, and the line of each.

JSON or YAML as CloudFormation takes it: 1.1, without aliases, merges and dates; `!Name value` is `{"Fn::Name": value}`.
What could be read in two ways is refused: a key that stands twice.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from installer.errors import PolicyError
from installer.policy.request import short

if TYPE_CHECKING:
    import yaml

MAX_CHARACTERS = 51_200  # TemplateBody of cloudformation:CreateChangeSet
_MOST_LEVELS = 60
_FIX = "Ask the vendor for a template that can be read."
_PLAIN = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "bool", "null"))

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Template:
    """`data` is the template; `lines` has the line, from 1, of what stands at a path, where it is known."""

    data: dict[str, Any]
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """Of what stands there, or of what holds it; 0 where nothing is known."""
        return next((self.lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.lines), 0)


def read_template(text: str) -> Template:
    """Raises a `PolicyError` that says where it cannot be read."""
    if len(text) > MAX_CHARACTERS:
        raise PolicyError(f"The vendor's template is longer than {MAX_CHARACTERS:,} characters.", fix=_FIX)
    lines: dict[Path, int] = {}
    try:
        data = _from_yaml(text.removeprefix("\ufeff"), lines)
    except PolicyError:
        if not text.lstrip("\ufeff \t\r\n").startswith("{"):
            raise
        lines, data = {}, _from_json(text.removeprefix("\ufeff"))  # JSON that is no YAML: indented by tabs
    if not isinstance(data, dict):
        raise PolicyError("The vendor's template is no template: it is not an object.", fix=_FIX)
    for _ in walk(data):
        pass  # refuse here, once, what is nested too deeply
    return Template(data, lines)


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Everything in a value, with its path; the whole first."""
    if len(path) > _MOST_LEVELS:
        raise PolicyError("The vendor's template is nested too deeply.", fix=_FIX)
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from walk(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from walk(item, (*path, number))


def _from_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise PolicyError("The vendor's template cannot be read as JSON.", fix=_FIX) from error


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise PolicyError(f"The vendor's template names {short(key)} twice in one object.", fix=_FIX)
        found[key] = value
    return found


def _from_yaml(text: str, lines: dict[Path, int]) -> Any:
    import yaml  # 17 ms that only a template needs

    try:
        loader = _loader()(text)
        try:
            node = loader.get_single_node()
            return None if node is None else _Builder(loader, lines).built(node, ())
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        where = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise PolicyError(f"The vendor's template cannot be read: {error.problem}{where}.", fix=_FIX) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise PolicyError("The vendor's template cannot be read.", fix=_FIX) from error


def _loader() -> "type[yaml.SafeLoader]":
    import yaml

    class Loader(yaml.SafeLoader):
        """Without aliases, by which a short text can become an endless one."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
                raise yaml.MarkedYAMLError(problem="it has an alias", problem_mark=mark)
            return super().compose_node(parent, index)

    return Loader


@dataclass(frozen=True)
class _Builder:
    """Plain values of nodes."""

    loader: "yaml.SafeLoader"
    lines: dict[Path, int]

    def built(self, node: "yaml.Node", path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        tag = str(node.tag)
        if tag.startswith("!"):
            return self._function(tag[1:], node, path)
        return self._value(node, path)

    def _function(self, name: str, node: "yaml.Node", path: Path) -> dict[str, Any]:
        key = name if name in ("Ref", "Condition") else f"Fn::{name}"
        value = node.value if isinstance(node.value, str) else self._value(node, (*path, key))
        if name == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {key: value}

    def _value(self, node: "yaml.Node", path: Path) -> Any:
        if isinstance(node.value, str):
            # A date is text; a Version is often written without quotation marks.
            return self.loader.construct_object(node) if node.tag in _PLAIN else node.value
        if node.id == "sequence":  # type: ignore[attr-defined]
            return [self.built(item, (*path, number)) for number, item in enumerate(node.value)]
        found: dict[str, Any] = {}
        for key, item in node.value:
            if not isinstance(key.value, str):
                raise ValueError("a key that is no text")
            if key.value in found:
                line = key.start_mark.line + 1
                raise PolicyError(
                    f"The vendor's template names {short(key.value)} twice in one object, in line {line}.", fix=_FIX
                )
            self.lines.setdefault((*path, key.value), key.start_mark.line + 1)
            found[key.value] = self.built(item, (*path, key.value))
        return found
