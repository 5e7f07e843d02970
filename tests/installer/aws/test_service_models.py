"""installer/aws/service_models.py: what is left of botocore's models is as botocore has it, and all that is called."""

import ast
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import botocore.loaders
import pytest
from botocore.model import ServiceModel
from botocore.regions import EndpointResolver
from hypothesis import given
from hypothesis import strategies as st

from installer.aws.calls import CALLS
from installer.aws.service_models import calls_of, narrow_model, narrowing_loader
from installer.aws.sign_in.profile import ProfileCredentials

ENGINE = Path(__file__).parents[3] / "installer"
LEFT_WHOLE = {"sts"}
LOADERS = (botocore.loaders.Loader(), narrowing_loader(None))
SHAPES = {
    "Request": {"type": "structure", "members": {"shape": {"shape": "Name"}, "More": {"shape": "Names"}}},
    "Names": {"type": "list", "member": {"shape": "Name"}},
    "Name": {"type": "string"},
    "Tree": {"type": "structure", "members": {"Branch": {"shape": "Tree"}}},
    "Gone": {"type": "structure", "members": {}, "exception": True},
    "Unused": {"type": "structure", "members": {"Name": {"shape": "Name"}}},
}
MODEL = {
    "version": "2.0",
    "metadata": {"serviceId": "Toy"},
    "operations": {
        "Ask": {"name": "Ask", "input": {"shape": "Request"}, "errors": [{"shape": "Gone"}]},
        "Grow": {"name": "Grow", "output": {"shape": "Tree"}},
    },
    "shapes": SHAPES,
}


def calls_in(source: str) -> Iterator[str]:
    """What is named as a call where calls are made: as an argument, or as a constant that is one."""
    tree = ast.parse(source)
    named = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"call", "pages", "items"}:
            # The context comes before it, but not where a reader of one region has it.
            place = 0 if node.func.attr == "items" else 1  # type: ignore[attr-defined]
            for argument in node.args[place : place + 1]:
                value = named.get(argument.id) if isinstance(argument, ast.Name) else getattr(argument, "value", None)
                if isinstance(value, str) and ":" in value:
                    yield value


def calls_made() -> set[str]:
    sources = (path for path in ENGINE.rglob("*.py") if "sandbox" not in path.parts)
    return {call for path in sources for call in calls_in(path.read_text("utf-8"))}


def test_the_table_is_what_is_called() -> None:
    made = {call for call in calls_made() if call.split(":")[0] not in LEFT_WHOLE}
    assert made == {f"{service}:{operation}" for service, operations in CALLS.items() for operation in operations}


def test_the_search_for_calls_finds_them_however_they_are_named() -> None:
    source = "READ = 'iam:GetRole'\naws.call(ctx, READ)\naws.pages(ctx, 'ec2:DescribeVpcs', 'Vpcs')\nsay('a:B')"
    assert set(calls_in(source)) == {"iam:GetRole", "ec2:DescribeVpcs"}


@pytest.mark.parametrize("service", CALLS)
def test_what_is_left_is_as_botocore_has_it(service: str) -> None:
    whole, left = (loader.load_service_model(service, "service-2") for loader in LOADERS)
    assert {**left, "operations": 0, "shapes": 0} == {**whole, "operations": 0, "shapes": 0}
    assert frozenset(left["operations"]) == calls_of(service)
    for part in ("operations", "shapes"):
        assert left[part].items() <= whole[part].items()
    model = ServiceModel(left, service)
    assert all(model.shape_for(name).type_name for name in model.shape_names)


def test_every_address_is_as_botocore_has_it() -> None:
    data = [loader.load_data("endpoints") for loader in LOADERS]
    whole, left = (EndpointResolver(endpoints) for endpoints in data)
    for partition in data[0]["partitions"]:
        for service, region in product((*CALLS, "sts", "sso", "portal.sso", "oidc", "signin"), partition["regions"]):
            place = (service, region, partition["partition"])
            assert left.construct_endpoint(*place) == whole.construct_endpoint(*place)
        assert left.get_available_endpoints("sts", partition["partition"]) == whole.get_available_endpoints(
            "sts", partition["partition"]
        )


def test_a_service_that_is_not_in_the_table_is_left_whole() -> None:
    for kind in ("service-2", "endpoint-rule-set-1"):
        whole, left = (loader.load_service_model("sts", kind) for loader in LOADERS)
        assert left == whole


def test_shapes_are_found_wherever_they_are_named() -> None:
    text = json.dumps(MODEL, indent=1)
    assert set(narrow_model(text, frozenset({"Ask"}))["shapes"]) == {"Request", "Names", "Name", "Gone"}
    assert narrow_model(text, frozenset({"Grow"}))["shapes"] == {"Tree": SHAPES["Tree"]}
    assert narrow_model(text, frozenset())["shapes"] == {}


TEXTS = st.text(max_size=8)
LEAVES = st.none() | st.booleans() | st.integers() | TEXTS
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))


@given(
    metadata=st.dictionaries(TEXTS, VALUES, max_size=4),
    indent=st.sampled_from([None, 0, 2]),
    ascii_only=st.booleans(),
    shapes_first=st.booleans(),
)
def test_reads_json_as_python_does(
    metadata: dict[str, Any], *, indent: int | None, ascii_only: bool, shapes_first: bool
) -> None:
    model: dict[str, Any] = {**MODEL, "metadata": metadata}
    if shapes_first:
        model = dict(reversed(model.items()))
    text = json.dumps(model, indent=indent, ensure_ascii=ascii_only)
    read = narrow_model(text, frozenset({"Ask", "Grow"}))
    kept = {name: shape for name, shape in SHAPES.items() if name != "Unused"}
    assert read == {**model, "shapes": kept}


def test_the_persons_own_models_are_found(home: Path) -> None:
    place = home / "models" / "toy" / "2026-01-01"
    place.mkdir(parents=True)
    (place / "service-2.json").write_text(json.dumps(MODEL))
    assert narrowing_loader(str(home / "models")).load_service_model("toy", "service-2") == MODEL


def test_a_sign_in_narrows(home: Path) -> None:
    client = ProfileCredentials().session().create_client("ec2", region_name="eu-west-1")
    assert frozenset(client.meta.service_model.operation_names) == calls_of("ec2")
    assert client.can_paginate("describe_vpcs")
