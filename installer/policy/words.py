"""A boundary in plain words: for each statement what it allows or denies.

A sentence of our own is used only for a statement that is, word for word, what `boundary.py`, `presets.py` or
`workload.py` composes. Every other one, of the vendor or of the person, is described by what it says: `described.py`.
The subject of every sentence is the vendor: "Widen or remove this limit".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from installer.errors import BoundaryError
from installer.names import Names
from installer.policy.boundary import Layer, OperatorBoundary, foreign_services
from installer.policy.described import actions_of, described, listed, resources_of
from installer.policy.document import Document, Statement
from installer.policy.presets import Preset, guard, guard_of_workloads
from installer.policy.workload import workload_boundary

Effect = Literal["allow", "deny"]


@dataclass(frozen=True)
class Said:
    """What one statement says. `layer` is the name of its layer in `boundary.py`, empty where it is in none; `actions`
    and `resources` are short lists to show, not the whole of it."""

    layer: str
    sid: str
    effect: Effect
    sentence: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]


SUMMARIES: Mapping[Preset, tuple[str, str]] = {
    Preset.NONE: (
        "As requested",
        "Whatever the vendor asks for, everywhere and with all your data; only the ways around the limit are closed.",
    ),
    Preset.VENDOR: (
        "Vendor minimal",
        "The shortest list that the vendor says it can work with, in every region; your data is not kept apart.",
    ),
    Preset.GUARDED: (
        "Guarded",
        "The same list, only in the vendor's regions, and without your data, your machines and your audit trail.",
    ),
    Preset.OWN: ("Ours", "A policy document of your own; the ways around it are closed."),
}

# By the Sid without its layer. What both documents hold in another form is told of the workloads' in `_OF_WORKLOADS`.
_SENTENCES: Mapping[str, str] = {
    "Identity": "Widen or remove this limit, or change any user, role or policy of IAM outside {path}",
    "NewRoles": "Create a role that is not capped by your second limit, {workload_boundary}",
    "PassRole": "Hand a role to any service but EC2, EKS and RDS",
    "Stacks": "Change a CloudFormation stack that is not named {name}--…, those of this installation included",
    "Code": "Put code into Lambda functions, builds or state machines that are not named {name}--…, or into Glue",
    "Instances": "Run commands on machines or containers that are not tagged as its own, or change how they start",
    "Tags": "Tag as its own what exists in EC2 already",
    "Clusters": "Let anybody into an EKS cluster other than {name}, or add nodes or add-ons to one",
    "Grants": "Grant the use of an encryption key to anybody but an AWS service",
    "Always": (
        "Take any role's limit off, act as another identity, touch IAM Identity Center, the organization or the "
        "account's settings, alter or stop CloudTrail, or schedule commands on machines"
    ),
    "Services": (
        "Put code into, or take over, what is not named {name}--… in services that few use: App Runner, Batch, Glue, "
        "SageMaker and the like"
    ),
    "Data": (
        "Read, copy, change or delete data that is not named as its own: files in S3, databases, secrets, parameters, "
        "logs"
    ),
    "Machines": "Stop, terminate or copy machines and disks that are not tagged as its own",
    "Disks": "Share, copy, restore or delete any snapshot of a disk",
    "Cut": "Do anything at all",
}
_OF_WORKLOADS: Mapping[str, str] = {
    "Work": "Use every service except IAM, STS, the organization and the account's settings",
    "Look": "Read IAM, ask who it is, and create the roles that AWS's own services need",
    "NoOtherIdentity": "Act as another role or user, let anybody into an EKS cluster, or schedule commands on machines",
    "Tags": "Tag as its own machines, launch templates, disks or snapshots that exist already",
    "NoIamWrites": "Change anything in IAM, except to create the roles that AWS's own services need",
    "NoStacks": "Create, change or delete a CloudFormation stack",
    "TrailStays": "Alter or stop CloudTrail",
    "Disks": "Share, copy, restore or delete snapshots of disks that are not tagged as its own",
}
_ANYTHING: Statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_GUARDS = ("Data", "Machines", "Disks")


def summary(preset: Preset) -> tuple[str, str]:
    """The preset's title, and what it is in one sentence."""
    return SUMMARIES[preset]


def explained(document: Document, names: Names, operator: str) -> tuple[Said, ...]:
    """Every statement of an operator or a workload boundary, in its order. `operator` is who is capped."""
    known = {**_of_workloads(names), **_of_the_operator(document, names, operator)}
    return tuple(_said(statement, known) for statement in document.statements)


@dataclass(frozen=True)
class _Known:
    """A statement as it is composed here, with its sentence."""

    layer: Layer
    statement: Statement
    sentence: str


def _said(statement: Statement, known: Mapping[str, _Known]) -> Said:
    sid = str(statement.get("Sid", ""))
    ours = known.get(sid)
    if ours is not None and ours.statement == statement:
        layer, sentence = ours.layer.value, ours.sentence
    else:
        layer, sentence = _layer(sid), described(statement)
    effect = cast(Effect, str(statement["Effect"]).lower())
    return Said(layer, sid, effect, sentence, actions_of(statement), resources_of(statement))


def _layer(sid: str) -> str:
    return next((layer.value for layer in Layer if sid.startswith(layer)), "")


def _of_the_operator(document: Document, names: Names, operator: str) -> dict[str, _Known]:
    """What would stand in this document if all of it were composed here."""
    base = [one for one in document.statements if str(one.get("Sid", "")).startswith(Layer.BASE)]
    tighten = (*guard(names, base), foreign_services(names))
    composed = OperatorBoundary.compose(names, base=(), regions=_regions(document), tighten=tighten).cut()
    known = {
        str(statement["Sid"]): _Known(layer, statement, _sentence(statement, layer, names))
        for layer, statements in composed.layers.items()
        for statement in statements
    }
    anything = f"Do whatever the role of {operator} is granted, except what is denied here"
    for statement in base:
        if {key: value for key, value in statement.items() if key != "Sid"} == _ANYTHING:
            known[str(statement["Sid"])] = _Known(Layer.BASE, statement, anything)
    return known


def _sentence(statement: Statement, layer: Layer, names: Names) -> str:
    if layer is Layer.REGION:
        return _region_sentence(statement)
    return _filled(_SENTENCES[str(statement["Sid"]).removeprefix(layer) or layer], names)


def _region_sentence(lock: Statement) -> str:
    regions = OperatorBoundary({Layer.REGION: (lock,)}).regions
    where = f"the region {regions[0]}" if len(regions) == 1 else f"the regions {listed(regions)}"
    return f"Act outside {where}, except in IAM and other services that belong to no region"


def _regions(document: Document) -> tuple[str, ...]:
    try:
        return OperatorBoundary.from_document(document).regions
    except (BoundaryError, KeyError, TypeError):
        return ()  # not composed here


def _of_workloads(names: Names) -> dict[str, _Known]:
    composed = workload_boundary(names, guard_of_workloads(names))
    return {
        sid: _Known(layer, statement, sentence) for sid, layer, statement, sentence in _workload_rows(composed, names)
    }


def _workload_rows(composed: Document, names: Names) -> Iterator[tuple[str, Layer, Statement, str]]:
    for statement in composed.statements:
        sid = str(statement["Sid"])
        denies = Layer.TIGHTEN if sid in _GUARDS else Layer.PROTECT
        layer = Layer.BASE if statement["Effect"] == "Allow" else denies
        yield sid, layer, statement, _filled(_OF_WORKLOADS.get(sid) or _SENTENCES[sid], names)


def _filled(sentence: str, names: Names) -> str:
    return sentence.format(name=names.installation, path=names.workload_path, workload_boundary=names.workload_boundary)
