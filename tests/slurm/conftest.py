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
SIOCSIFFLAGS, SIOCSIFADDR, IFF_UP = 0x8914, 0x8916, 0x1


@pytest.fixture(scope="session")
def offline():
    """Leave this process, and all that it starts, the loopback device alone.

    It gets a second address, since getaddrinfo finds no address where there is none but
    127.0.0.1, and Slurm's daemons need it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET):
        pytest.skip("no network namespace of our own could be had (unshare)")
    address = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton("10.0.0.1"))
    with socket.socket() as any_socket:
        up = struct.pack("16sh", b"lo", IFF_UP)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, up)
        fcntl.ioctl(any_socket, SIOCSIFADDR, struct.pack("16s16s", b"lo:1", address))
