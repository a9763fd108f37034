"""What a process of templates may use: little time and memory, no file to write, no way out."""

import ctypes
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

NEW_USER, NEW_NET = 0x10000000, 0x40000000
LARGEST_QUESTION = 2**20


class TooLong(BaseException):
    """The time is up. Not an Exception, so that nothing on the way takes it for a fault of its own."""


def confine(memory: int) -> None:
    """Nothing here comes back: it holds for the rest of the process."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, _ring)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _leave_the_network()


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """A bell after some time of processor, and after some more the end, should the bell not be heard: code
    that is not Python's hears nothing.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    end = int(used.ru_utime + used.ru_stime + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (end, resource.RLIM_INFINITY))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _leave_the_network() -> None:
    """Into a network of its own, with nobody in it. Where kernel or container refuse, nothing changes."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        if libc.unshare(NEW_NET):
            libc.unshare(NEW_USER | NEW_NET)


def _ring(*_: object) -> None:
    raise TooLong
