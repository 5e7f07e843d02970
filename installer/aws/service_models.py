"""What botocore knows of AWS's services, without the calls that this program does not make.

EC2 has some 800 calls, and six are made. Whole, its model takes 14 MB, and each of its clients, one for a region, more
than 1 MB: a method for each call. So a model is narrowed while it is read, to the calls of `calls.py` and the shapes
that they are made of. Nothing is kept on disk: what is read is the model of whichever botocore is installed, or the
person's own in `~/.aws/models`. A service that is not in the table is left whole.
"""

import gzip
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from botocore.loaders import JSONFileLoader, Loader

from installer.aws.calls import CALLS, OF_BOTOCORE

_MODEL = "service-2"
_ENDPOINTS = "endpoints"
_ENDPOINTS_KEPT = frozenset((*CALLS, "sts", "oidc", "portal.sso", "signin", "sso"))
"""By the names that AWS gives them; those of the table have the same. The rest is of ways to sign in."""

_OPENED: Mapping[str, Callable[..., IO[str]]] = {".json": open, ".json.gz": gzip.open}
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODE = json.JSONDecoder().raw_decode


def narrowing_loader(data_path: str | None) -> Loader:
    """Like `botocore.loaders.create_loader`; `data_path` is botocore's setting of that name."""
    places = [Path(os.path.expandvars(place)).expanduser() for place in (data_path or "").split(os.pathsep) if place]
    return NarrowingLoader(extra_search_paths=[str(place) for place in places], file_loader=NarrowedFiles())


def calls_of(service: str) -> frozenset[str] | None:
    """The operations that are kept of a service; None where all of them are."""
    if service not in CALLS:
        return None
    return frozenset((*CALLS[service], *OF_BOTOCORE.get(service, ())))


class NarrowingLoader(Loader):
    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        """As botocore's, which amends what was read: what it adds to a shape that was left out is no shape."""
        model = super().load_service_model(service_name, type_name, api_version)
        if type_name == _MODEL and service_name in CALLS:
            model["shapes"] = shapes_of(model["operations"], model["shapes"].__getitem__)
        return model


class NarrowedFiles(JSONFileLoader):
    """Reads into plain dictionaries: they are as ordered as botocore's, and take two thirds of the memory."""

    def load_file(self, file_path: str) -> Any:
        """What is kept of the file; `file_path` comes without its ending. None where there is no such file."""
        for ending, opened in _OPENED.items():
            path = Path(file_path + ending)
            if path.is_file():
                with opened(path, "rt", encoding="utf-8") as file:
                    return _narrowed(Path(file_path), file.read())
        return None


def _narrowed(path: Path, text: str) -> Any:
    """`path` ends in `<service>/<version>/service-2` for a model; the other files are of no single service."""
    if path.name == _ENDPOINTS:
        return narrow_endpoints(json.loads(text))
    if path.name == _MODEL and (calls := calls_of(path.parts[-3])) is not None:
        return narrow_model(text, calls)
    return json.loads(text)


def narrow_endpoints(known: dict[str, Any]) -> dict[str, Any]:
    """The partitions and their regions, and the addresses of the services that are called."""
    for partition in known["partitions"]:
        services = partition["services"].items()
        partition["services"] = {name: places for name, places in services if name in _ENDPOINTS_KEPT}
    return known


def narrow_model(text: str, calls: frozenset[str]) -> dict[str, Any]:
    """The model of a service with these of its calls. Its shapes are never in memory all at once."""
    reader = _Reader(text)
    model: dict[str, Any] = {}
    places: dict[str, int] = {}
    for section in reader.members():
        if section == "operations":
            operations = ((call, reader.value()) for call in reader.members())
            model[section] = {call: operation for call, operation in operations if call in calls}
        elif section == "shapes":
            for shape in reader.members():
                places[shape] = reader.at
                reader.value()
        else:
            model[section] = reader.value()
    model["shapes"] = shapes_of(model["operations"], lambda shape: _Reader(text, places[shape]).value())
    return model


def shapes_of(part: Any, shape: Callable[[str], Any]) -> dict[str, Any]:
    """The shapes, by name, that a part of a model is made of; `shape` finds one of them."""
    found: dict[str, Any] = {}
    waiting = [part]
    while waiting:
        match waiting.pop():
            case dict() as fields:
                name = fields.get("shape")
                if isinstance(name, str) and name not in found:
                    found[name] = shape(name)
                    waiting.append(found[name])
                waiting += fields.values()
            case list() as items:
                waiting += items
    return found


class _Reader:
    """Goes through a text of JSON, and makes of it only what is asked for. `at` is where it is."""

    def __init__(self, text: str, at: int = 0) -> None:
        self._text, self.at = text, at

    def members(self) -> Iterator[str]:
        """The names in the object that begins here. At each, who iterates takes the value, or its members."""
        self._pass("{")
        while not self._pass("}"):
            name = self.value()
            self._pass(":")
            yield name
            self._pass(",")

    def value(self) -> Any:
        value, end = _DECODE(self._text, self.at)
        self.at = _past_space(self._text, end)
        return value

    def _pass(self, sign: str) -> bool:
        found = self._text.startswith(sign, self.at)
        if found:
            self.at = _past_space(self._text, self.at + 1)
        return found


def _past_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at
