"""Gap: the ARN operators let a wildcard run across the colons of an ARN.

"Each of the six colon-delimited components of the ARN is checked separately."
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
"""

from __future__ import annotations

from ministack.core import iam_evaluator

from installer.sandbox.aws.seams import Function, replaces

_GAP = "ARN condition operators"
_EVALUATOR = "ministack.core.iam_evaluator"
_COMPONENTS = 6


def arn_like(arn: str, pattern: str) -> bool:
    """Both split at their first five colons. What AWS makes of a pattern with fewer parts is not documented."""
    parts, wanted = arn.split(":", _COMPONENTS - 1), pattern.split(":", _COMPONENTS - 1)
    if len(parts) != _COMPONENTS or len(wanted) != _COMPONENTS:
        return bool(iam_evaluator.fnmatch_iam_cs(arn, pattern))
    return all(iam_evaluator.fnmatch_iam_cs(part, want) for part, want in zip(parts, wanted, strict=True))


@replaces(_EVALUATOR, "_CONDITION_OPS[arnequals]", gap=_GAP)
@replaces(_EVALUATOR, "_CONDITION_OPS[arnlike]", gap=_GAP)
def _like(original: Function, actual: str, expected: str) -> bool:
    return arn_like(actual, expected)


@replaces(_EVALUATOR, "_CONDITION_OPS[arnnotequals]", gap=_GAP)
@replaces(_EVALUATOR, "_CONDITION_OPS[arnnotlike]", gap=_GAP)
def _not_like(original: Function, actual: str, expected: str) -> bool:
    return not arn_like(actual, expected)
