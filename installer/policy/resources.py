"""Which resources a statement is about: its Resource or NotResource against one ARN. Patterns are in `matching.py`.

A `*` at the end of an ARN's part goes over colons, any other wildcard before the fifth colon stays within its part
("If the * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon
boundaries"); after the fifth colon there are no more parts. Upper and lower case differ. An ARN of fewer parts goes on
with `*`: that is how IAM takes it in an identity policy, though its reference does not tell.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html

A pattern whose variable has no value "will not match any resource", and so does one with a variable before the fifth
colon, where there can be none. Sources differ on what that means for a NotResource. We take what denies: such a
statement is about every resource where it is a Deny, and about none where it is an Allow.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from installer.errors import PolicyError
from installer.policy.matching import Patterns, Plain, Token, Variable, Wild, filled, glob, joined, tokens
from installer.policy.request import Request, short
from installer.policy.truth import Truth, any_of, opposite

_COLONS = 5
NEVER = Variable("", None)
"""A variable that no request has a value for."""


class Resources:
    """The patterns of one statement."""

    __slots__ = ("_fixed", "_negated", "_of_nothing", "_open")

    def __init__(self, patterns: Iterable[str], *, negated: bool, denies: bool, variables: bool) -> None:
        read = [_read(pattern, variables) for pattern in patterns]
        self._fixed = Patterns(fixed for fixed in map(_without_variable, read) if fixed is not None)
        self._open = tuple(pieces for pieces in read if _without_variable(pieces) is None)
        self._negated = negated
        # What a pattern without a value is taken for, before NotResource turns it round.
        self._of_nothing = negated and not denies

    def cover(self, request: Request) -> Truth:
        """Whether the statement is about the request's resource."""
        named: Truth = self._fixed(request.resource)
        if self._open and named is False:
            named = any_of(self._named(pieces, request) for pieces in self._open)
        return opposite(named) if self._negated else named

    def _named(self, pieces: Sequence[Token], request: Request) -> Truth:
        found, has_values = filled(pieces, request)
        if not glob(found)(request.resource):
            return False  # whatever the values are that it lacks
        return self._of_nothing if has_values is False else has_values


@lru_cache(4_096)
def _read(pattern: str, variables: bool) -> tuple[Token, ...]:
    """The pattern in its pieces, with all six parts of an ARN."""
    if pattern == "*":
        return (Wild.ANY,)
    if not pattern.startswith("arn:"):
        raise PolicyError(f"The resource {short(pattern)} is not an ARN.", fix='Write an ARN or "*".')
    pieces = tokens(pattern, variables=variables)
    missing = _COLONS - sum(piece.count(":") for piece in pieces if isinstance(piece, str))
    if missing > 0:
        pieces = joined((*pieces, *(":", Wild.ANY) * missing))
    return tuple(_in_parts(pieces))


def _in_parts(pieces: Sequence[Token]) -> Iterator[Token]:
    """Before the fifth colon, wildcards that do not end a part stay within it, and a variable has no value."""
    colons = 0
    for place, piece in enumerate(pieces):
        if isinstance(piece, str):
            colons += piece.count(":")
        elif colons < _COLONS:
            yield _within(piece, pieces[place + 1])
            continue
        yield piece


def _within(piece: Wild | Variable, following: Token) -> Token:
    if isinstance(piece, Variable):
        return NEVER
    if piece is Wild.ONE:
        return Wild.ONE_WITHIN
    return piece if isinstance(following, str) and following.startswith(":") else Wild.ANY_WITHIN


def _without_variable(pieces: tuple[Token, ...]) -> tuple[Plain, ...] | None:
    found = tuple(piece for piece in pieces if not isinstance(piece, Variable))
    return found if len(found) == len(pieces) else None
