"""What was freed goes back to the system at once, where the C library is glibc.

After a large block was freed, glibc takes the next ones of that size from its heap, and keeps up to twice as much of
what is freed there. Reading the models of AWS's services, some MB of text each, in a thread each, left 12 MB behind so.
With limits that are set it does not adapt them.
"""

import ctypes
import sys
from collections.abc import Callable

# Of glibc's malloc.h; the limit is the one that glibc itself begins with.
_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
_BYTES = 128 * 1024


def give_back_what_is_freed() -> bool:
    """Whether the C library takes such limits; elsewhere nothing happens."""
    mallopt = _mallopt()
    return mallopt is not None and all(mallopt(limit, _BYTES) for limit in (_MMAP_THRESHOLD, _TRIM_THRESHOLD))


def _mallopt() -> Callable[[int, int], int] | None:
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None), "mallopt", None)
