"""The Condition of a statement, compiled: true, false, or not known for a request. Operators are in `operators.py`.

All keys of all operators must hold; of several values of the policy any one must match, and none for a negated
operator. A missing key matches nothing: so a negated operator holds, and one with `IfExists` too.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html

Several values in the request need `ForAllValues:` (each must hold; it holds where there is none) or `ForAnyValue:` (one
must; it does not hold where there is none, with `IfExists` neither). "Multivalued context keys require a condition set
operator": without it a multivalued key meets no operator, be it negated or not. A single empty text is
no value to a set operator.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html

A variable without a value matches nothing, so that negated operators hold: "Inverted condition operators like
StringNotEquals or StringNotLike do match against a null value". Sources differ on ForAnyValue with a negated operator
where some values match; we take AWS's table: "At least one context key value in the request must NOT match".
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Protocol

from installer.errors import PolicyError
from installer.policy.matching import Matcher, Token, filled, has_variable, tokens
from installer.policy.operators import OPERATORS, Operator
from installer.policy.request import ABSENT, Request, Unknown, short
from installer.policy.truth import Truth, all_of, any_of, opposite

_SETS: Final = {"": "", "forallvalues": "all", "foranyvalue": "any"}


class Test(Protocol):
    """One key under one operator. `operator` and `key` are as they are written in the policy."""

    operator: str
    key: str

    def holds(self, request: Request) -> Truth: ...


def compiled(condition: Mapping[str, Mapping[str, Any]], *, variables: bool) -> tuple[Test, ...]:
    """Raise `PolicyError` for an operator that IAM does not have, and a value that the operator cannot compare."""
    return tuple(
        _test(operator, key, tuple(map(_written, values if isinstance(values, list) else [values])), variables)
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def _written(value: str | float | bool) -> str:
    """Quotation marks are optional around numbers, true and false."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@lru_cache(4_096)
def _test(operator: str, key: str, values: tuple[str, ...], variables: bool) -> Test:
    """Shared by the policies that say the same."""
    quantifier, _, name = operator.lower().rpartition(":")
    if name == "null" and not quantifier:
        return _Null(operator, key, values)
    known = OPERATORS.get(name.removesuffix("ifexists"))
    if known is None or quantifier not in _SETS:
        raise PolicyError(f"{short(operator)} is no condition operator.", fix="Correct the name of the operator.")
    wanted = _Wanted(operator, known, values, variables)
    if quantifier:
        return (_ForAllValues if _SETS[quantifier] == "all" else _ForAnyValue)(operator, key, wanted)
    return _One(operator, key, wanted, holds_without_key=known.negated or name.endswith("ifexists"))


class _Wanted:
    """The values of the policy for one key, and whether a value of the request meets them."""

    __slots__ = ("_build", "_fixed", "_negated", "_open")

    def __init__(self, name: str, known: Operator, values: Iterable[str], variables: bool) -> None:
        self._build = known.build
        self._negated = known.negated
        fixed: list[Matcher] = []
        with_variables: list[Sequence[Token]] = []
        for value in values:
            pieces = tokens(value, variables=variables and known.variables, wildcards=known.wildcards)
            if has_variable(pieces):
                with_variables.append(pieces)
                continue
            matches = known.build(pieces)  # type: ignore[arg-type]  # it has no variable
            if matches is None:
                raise PolicyError(f"{name} has {short(value)}, which is not {known.kind}.", fix="Correct the value.")
            fixed.append(matches)
        self._fixed = tuple(fixed)
        self._open = tuple(with_variables)

    def met(self, value: str, request: Request) -> Truth:
        for matches in self._fixed:
            if matches(value):
                return not self._negated
        if not self._open:
            return self._negated
        truth = any_of(self._matches(pieces, value, request) for pieces in self._open)
        return opposite(truth) if self._negated else truth

    def _matches(self, pieces: Sequence[Token], value: str, request: Request) -> Truth:
        found, has_values = filled(pieces, request)
        if has_values is not True:
            return has_values
        matches = self._build(found)
        return matches is not None and matches(value)


class _One:
    """Without a set operator: the key has one value, or none."""

    __slots__ = ("_holds_without_key", "_key", "_wanted", "key", "operator")

    def __init__(self, operator: str, key: str, wanted: _Wanted, *, holds_without_key: bool) -> None:
        self.operator = operator
        self.key = key
        self._key = key.lower()
        self._wanted = wanted
        self._holds_without_key = holds_without_key

    def holds(self, request: Request) -> Truth:
        found = request.values.get(self._key, request.missing)
        if isinstance(found, str):
            return self._wanted.met(found, request)
        if isinstance(found, Unknown):
            return frozenset((self.key,))
        return self._holds_without_key if found == ABSENT else False


class _OfSet:
    __slots__ = ("_key", "_wanted", "key", "operator")

    def __init__(self, operator: str, key: str, wanted: _Wanted) -> None:
        self.operator = operator
        self.key = key
        self._key = key.lower()
        self._wanted = wanted

    def _met(self, request: Request) -> Iterable[Truth] | None:
        """For each value of the request; None where it is not known which there are."""
        found = request.values.get(self._key, request.missing)
        if isinstance(found, Unknown):
            return None
        values = (found,) if isinstance(found, str) else found
        return () if values == ("",) else (self._wanted.met(value, request) for value in values)


class _ForAllValues(_OfSet):
    __slots__ = ()

    def holds(self, request: Request) -> Truth:
        met = self._met(request)
        return frozenset((self.key,)) if met is None else all_of(met)


class _ForAnyValue(_OfSet):
    __slots__ = ()

    def holds(self, request: Request) -> Truth:
        met = self._met(request)
        return frozenset((self.key,)) if met is None else any_of(met)


class _Null:
    """Whether the key is absent ("true") or has a value ("false")."""

    __slots__ = ("_key", "_wanted", "key", "operator")

    def __init__(self, operator: str, key: str, values: Iterable[str]) -> None:
        self.operator = operator
        self.key = key
        self._key = key.lower()
        wanted = {value.lower() for value in values}
        if not wanted <= {"true", "false"}:
            raise PolicyError(f"Null of {short(key)} is not true or false.", fix="Correct the value.")
        self._wanted = frozenset(value == "true" for value in wanted)

    def holds(self, request: Request) -> Truth:
        found = request.values.get(self._key, request.missing)
        if isinstance(found, Unknown):
            return True if len(self._wanted) == 2 else frozenset((self.key,))
        return (found == ABSENT) in self._wanted
