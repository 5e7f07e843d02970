"""The whole layer, in the order in which it is put on: of two files that wrap one function, the later runs first."""

from __future__ import annotations

from installer.sandbox.aws import (
    arn_conditions,
    authorization,
    ec2_networks,
    ec2_replies,
    identity_calls,
    principal_keys,
    regions,
    request,
    seams,
    sessions,
    simulation,
    stack_iam_resources,
    stack_pace,
    stack_requests,
    trail,
)

GAPS = (
    arn_conditions,
    principal_keys,
    authorization,
    identity_calls,
    sessions,
    simulation,
    ec2_networks,
    ec2_replies,
    stack_iam_resources,
    stack_pace,
    stack_requests,
    # Around every request, from the inside out.
    regions,
    trail,
    request,
)


def apply() -> None:
    """Fill the gaps, in this process, once. Raises `PinError` for any ministack but the pinned one."""
    seams.check_version()
    seams.install(GAPS)
