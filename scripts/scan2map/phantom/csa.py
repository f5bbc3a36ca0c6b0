"""Siemens' private CSA header ("SV10"), as classic syngo scanners write it."""

import struct

SYNGO_TYPES = {"IS": 6, "US": 10, "FD": 4, "DS": 3, "CS": 16, "SH": 22, "UN": 0}
"""Number that stands for each value representation inside the header."""


def csa_header(elements):
    """Pack a CSA header.

    Parameters
    ----------
    elements : list of (str, str, sequence)
        Name, value representation (a key of `SYNGO_TYPES`) and values of each
        element; values are numbers or text.

    Returns
    -------
    bytes
        Its length is a multiple of 4.
    """
    packed = [b"SV10\x04\x03\x02\x01", struct.pack("<II", len(elements), 77)]
    for name, kind, values in elements:
        items = [_text(kind, value) for value in values]
        items += [b""] * (6 - len(items))  # scanners write at least six, some empty
        packed.append(
            struct.pack("<64si4siii", name.encode(), len(values), kind.encode(),
                        SYNGO_TYPES[kind], len(items), 77)
        )  # fmt: skip
        packed += [_item(item) for item in items]
    return b"".join(packed)


def _item(text):
    size = len(text)
    lengths = (size, size, 77, size) if size else (0, 0, 205, 0)
    return struct.pack("<4i", *lengths) + text + b"\0" * (-size % 4)


def _text(kind, value):
    if isinstance(value, str):
        return value.encode() + b"\0"
    if kind == "FD":
        return f"{value:.8f}".encode() + b"\0"
    return f"{value:<8d}".encode() + b"\0"
