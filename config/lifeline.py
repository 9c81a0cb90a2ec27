"""A process that ends when the one that started it ends, however that happened: nothing is left behind by a kill -9.

Linux keeps this promise through prctl(2), PR_SET_PDEATHSIG. The children of `manage.py up`, the workers of gunicorn and the
pool of Celery each take hold of the line to their own parent, so the end of the first ends the whole tree. Elsewhere the
call does nothing and an orderly stop still ends everything.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(parent: int, by: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send `by` to this process when its parent dies; end now if `parent` is dead already.

    `parent` is the process id that the caller knew before it was forked. Safe between fork and exec: no allocation that
    another thread's lock could block, no import.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(by), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), by)
