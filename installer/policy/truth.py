"""True, false, or not known: the logic of a question whose circumstances are known in part.

What is not known is the set of context keys that it depends on, as the policies write them; it is never empty.
"""

from collections.abc import Iterable

Truth = bool | frozenset[str]


def any_of(truths: Iterable[Truth]) -> Truth:
    """Stops at the first that is true."""
    keys: frozenset[str] = frozenset()
    for truth in truths:
        if truth is True:
            return True
        if truth is not False:
            keys |= truth
    return keys or False


def all_of(truths: Iterable[Truth]) -> Truth:
    """Stops at the first that is false."""
    keys: frozenset[str] = frozenset()
    for truth in truths:
        if truth is False:
            return False
        if truth is not True:
            keys |= truth
    return keys or True


def opposite(truth: Truth) -> Truth:
    """What is not known stays so."""
    return not truth if isinstance(truth, bool) else truth
