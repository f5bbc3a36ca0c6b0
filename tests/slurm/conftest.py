"""The other tests' helpers, and a machine without a network."""

import ctypes
import fcntl
import socket
import struct
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


@pytest.fixture(scope="session")
def offline():
    """Leave this process, and all that it starts, the loopback device alone."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET):
        pytest.skip("no network namespace of our own could be had (unshare)")
    with socket.socket() as any_socket:
        loopback = struct.pack("16sh", b"lo", IFF_UP)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, loopback)
