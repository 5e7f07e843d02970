"""The `import` statement without what PySide6 adds to it.

PySide6 puts a function of its own in its place, for `from __feature__ import snake_case`, which nothing here uses. That
function reads the source of every module that anything imports, to look for PySide6's name in it.
"""

import builtins

import PySide6.QtCore  # noqa: F401 - it puts the function there when it is first imported


def without_features() -> None:
    """For everything that is imported from now on. Where PySide6 does it in another way, nothing happens."""
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
