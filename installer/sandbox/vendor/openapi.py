"""docs/vendor-api.yaml, made from the app: `python -m installer.sandbox.vendor.openapi > docs/vendor-api.yaml`.

A test holds the file and the app together. What a person reads is docs/vendor-protocol.md.
"""

import sys
from pathlib import Path
from typing import Any

import yaml

from installer.sandbox.vendor import problems
from installer.sandbox.vendor.app import create_app
from installer.sandbox.vendor.services import Services, build
from installer.sandbox.vendor.settings import Settings

_ABOUT = """\
One half of the vendor protocol; the other is the signed invitation. docs/vendor-protocol.md says what each call is for.

Every reply may carry members that are not listed here: a client ignores what it does not know.
Every error is an RFC 9457 problem. Times are RFC 3339, in UTC.
"""
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "The token of openSession or exchangeAssertion: 15 minutes, for one customer and account.",
}


def document(services: Services) -> dict[str, Any]:
    """The OpenAPI 3.1 description of the protocol, without what only the reference vendor has."""
    described = create_app(services).openapi()
    described["info"]["description"] = _ABOUT
    described["components"]["securitySchemes"] = {"bearer": _BEARER}
    for operations in described["paths"].values():
        for operation in operations.values():
            for refusal in (operation["responses"][status] for status in ("4XX", "5XX")):
                # FastAPI describes every model as application/json.
                refusal["content"] = {problems.MEDIA_TYPE: refusal["content"]["application/json"]}
    return described


def text(services: Services) -> str:
    return yaml.dump(document(services), Dumper=_Readable, sort_keys=False, allow_unicode=True, width=120)


class _Readable(yaml.SafeDumper):
    """Several lines stay several lines, and lists stand under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def string(self, value: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Readable.add_representer(str, _Readable.string)


if __name__ == "__main__":
    sys.stdout.write(text(build(Settings(port=1, state=Path()))))
