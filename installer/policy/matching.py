"""Wildcards and policy variables: which texts a pattern of a policy means.

`*` is any number of characters, `?` is one; nothing else is special. A variable, `${key}` or `${key, 'default'}`,
stands for the one value that a context key has in the request; `${*}`, `${?}` and `${$}` are these characters
themselves. What a variable brings is text: a `*` in a tag's value is no wildcard.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html

Nothing here can be made slow by a pattern: no regular expression goes back over a text. `resources.py` adds what is
special about ARNs.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import overload

from installer.policy.request import Request, Unknown
from installer.policy.truth import Truth, all_of

Matcher = Callable[[str], bool]


class Wild(Enum):
    """The wildcards. The last two are those of an ARN that stay between its colons (`resources.py`)."""

    ANY = "*"
    ONE = "?"
    ANY_WITHIN = "*, but no colon"
    ONE_WITHIN = "?, but no colon"


@dataclass(frozen=True)
class Variable:
    """`name` as it is written, `key` in lower case; `default` is None where there is none."""

    name: str
    default: str | None
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.name.lower())


Plain = str | Wild
Token = Plain | Variable

_PIECES = re.compile(r"\$\{([^}]*)\}|([*?])")
_DEFAULT = re.compile(r"(.*?)\s*,\s*'(.*)'", re.DOTALL)
_CACHED = 16_384


@lru_cache(_CACHED)
def tokens(text: str, *, variables: bool, wildcards: bool = True) -> tuple[Token, ...]:
    """The pattern in its pieces; neighbouring texts are one."""
    found: list[Token] = []
    end = 0
    for piece in _PIECES.finditer(text):
        name, wild = piece.groups()
        if (wild and not wildcards) or (name is not None and not variables):
            if name is not None and wildcards:  # the wildcards in what is no variable are wildcards
                return _without_variables(text)
            continue
        found += (text[end : piece.start()], _variable(name) if wild is None else Wild(wild))
        end = piece.end()
    return joined([*found, text[end:]])


def _without_variables(text: str) -> tuple[Token, ...]:
    return joined([Wild(piece) if piece in "*?" and piece else piece for piece in re.split(r"([*?])", text)])


def _variable(name: str) -> Token:
    if name in ("*", "?", "$"):
        return name
    if with_default := _DEFAULT.fullmatch(name):
        return Variable(with_default[1].strip(), with_default[2])
    return Variable(name.strip(), None)


@overload
def joined(pieces: Iterable[Plain]) -> tuple[Plain, ...]: ...
@overload
def joined(pieces: Iterable[Token]) -> tuple[Token, ...]: ...
def joined(pieces: Iterable[Token]) -> tuple[Token, ...]:
    """Neighbouring texts become one, empty ones go, and so does a `*` after a `*`."""
    found: list[Token] = []
    for piece in pieces:
        last = found[-1] if found else None
        if isinstance(piece, str) and isinstance(last, str):
            found[-1] = last + piece
        elif piece != "" and not (piece is Wild.ANY and last is Wild.ANY):
            found.append(piece)
    return tuple(found)


def filled(pieces: Sequence[Token], request: Request) -> tuple[tuple[Plain, ...], Truth]:
    """The pattern with the request's values in it, and whether there are all of them.

    Where one is missing, or not known, a `*` stands in its place. A variable has no value where its key is absent,
    empty, or multivalued: "you cannot use a multivalued context key as a policy variable".
    """
    result: list[Plain] = []
    truths: list[Truth] = []
    for piece in pieces:
        if not isinstance(piece, Variable):
            result.append(piece)
            continue
        value = request.values.get(piece.key, request.missing)
        if isinstance(value, str) and value:
            result.append(value)
        elif isinstance(value, Unknown):
            result.append(Wild.ANY)
            truths.append(frozenset((piece.name,)))
        elif piece.default is not None:
            result.append(piece.default)
        else:
            result.append(Wild.ANY)
            truths.append(False)
    return joined(result), all_of(truths)


def has_variable(pieces: Sequence[Token]) -> bool:
    return any(isinstance(piece, Variable) for piece in pieces)


@lru_cache(_CACHED)
def glob(pieces: tuple[Plain, ...]) -> Matcher:
    """Matches whole texts. `pieces` are as `tokens` gives them, without variables."""
    if not pieces:
        return "".__eq__
    if len(pieces) == 1 and isinstance(pieces[0], str):
        return pieces[0].__eq__
    if Wild.ANY_WITHIN in pieces or Wild.ONE_WITHIN in pieces:
        return _Walked(pieces)
    parts: list[list[Plain]] = [[]]
    for piece in pieces:
        if piece is Wild.ANY:
            parts.append([])
        else:
            parts[-1].append(piece)
    if any(Wild.ONE in part for part in parts):
        return _Globbed([_letters(part) for part in parts])
    return _Split(["".join(map(str, part)) for part in parts])


class _Split:
    """Texts with any characters between them: the first and the last have their place, the others come one by one."""

    __slots__ = ("_first", "_last", "_least", "_middle")

    def __init__(self, parts: Sequence[str]) -> None:
        self._first, *middle, self._last = parts
        self._middle = tuple(middle)
        self._least = sum(map(len, parts))

    def __call__(self, text: str) -> bool:
        if len(text) < self._least or not text.startswith(self._first) or not text.endswith(self._last):
            return False
        at, end = len(self._first), len(text) - len(self._last)
        for part in self._middle:
            at = text.find(part, at, end)
            if at < 0:
                return False
            at += len(part)
        return True


_Letters = tuple[str | None, ...]
"""Character by character; None is any one."""


def _letters(part: Iterable[Plain]) -> _Letters:
    return tuple(letter for piece in part for letter in (piece if isinstance(piece, str) else (None,)))


class _Globbed:
    """The same where a part has places for any one character."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[_Letters]) -> None:
        self._parts = tuple(parts)

    def __call__(self, text: str) -> bool:
        first, *rest = self._parts
        if not _stands(first, text, 0):
            return False
        if not rest:
            return len(text) == len(first)
        *middle, last = rest
        at, end = len(first), len(text) - len(last)
        for part in middle:
            while at + len(part) <= end and not _stands(part, text, at):
                at += 1
            at += len(part)
        return at <= end and _stands(last, text, end)


def _stands(letters: _Letters, text: str, at: int) -> bool:
    if len(text) - at < len(letters):
        return False
    return all(letter is None or letter == text[at + place] for place, letter in enumerate(letters))


class _Walked:
    """Walks along the pattern with all places reached in the text: for what the others cannot do, and slower."""

    __slots__ = ("_pieces",)

    def __init__(self, pieces: tuple[Plain, ...]) -> None:
        self._pieces = pieces

    def __call__(self, text: str) -> bool:
        reached = {0}
        for piece in self._pieces:
            reached = self._after(piece, reached, text)
        return len(text) in reached

    @staticmethod
    def _after(piece: Plain, reached: set[int], text: str) -> set[int]:
        if isinstance(piece, str):
            return {at + len(piece) for at in reached if text.startswith(piece, at)}
        if piece in (Wild.ONE, Wild.ONE_WITHIN):
            return {at + 1 for at in reached if at < len(text) and (piece is Wild.ONE or text[at] != ":")}
        further = set(reached)
        for at in range(min(reached, default=len(text)), len(text)):
            if at in further and (piece is Wild.ANY or text[at] != ":"):
                further.add(at + 1)
        return further


class Patterns:
    """Several patterns at once: whether any of them means a text."""

    __slots__ = ("_exact", "_others", "_prefixes")

    def __init__(self, patterns: Iterable[tuple[Plain, ...]]) -> None:
        exact: list[str] = []
        prefixes: list[str] = []
        others: list[Matcher] = []
        for pieces in patterns:
            match pieces:
                case ():
                    exact.append("")
                case (str(text),):
                    exact.append(text)
                case (Wild.ANY,):
                    prefixes.append("")
                case (str(text), Wild.ANY):
                    prefixes.append(text)
                case _:
                    others.append(glob(pieces))
        self._exact = frozenset(exact)
        self._prefixes = tuple(prefixes)
        self._others = tuple(others)

    def __call__(self, text: str) -> bool:
        if text in self._exact or text.startswith(self._prefixes):
            return True
        for matches in self._others:  # a loop: any() with a generator takes twice as long  # noqa: SIM110
            if matches(text):
                return True
        return False
