"""The two icons of the app, drawn here: a speech bubble with three rising bars."""

import struct
import zlib
from collections.abc import Callable
from math import hypot

COLOR = 192  # pixels a side, as Teams wants them
OUTLINE = 32
BLUE = (0x2B, 0x57, 0x97)
WHITE = (0xFF, 0xFF, 0xFF)
Shape = Callable[[float, float], float]  # distance in pixels, negative inside


def color_icon() -> bytes:
    """White bubble on blue, without transparency."""

    bubble, bars = _bubble(COLOR), _bars(COLOR)

    def pixel(x: float, y: float) -> bytes:
        white = _covered(bubble(x, y)) * (1 - _covered(bars(x, y)))
        mixed = (round(b + (w - b) * white) for b, w in zip(BLUE, WHITE, strict=True))
        return bytes((*mixed, 255))

    return _png(COLOR, pixel)


def outline_icon() -> bytes:
    """White lines on nothing."""

    bubble, bars = _bubble(OUTLINE), _bars(OUTLINE)

    def pixel(x: float, y: float) -> bytes:
        line = _covered(abs(bubble(x, y)) - 1.1)
        return bytes((*WHITE, round(255 * max(line, _covered(bars(x, y))))))

    return _png(OUTLINE, pixel)


def _bubble(side: int) -> Shape:
    body = _rounded(side, 0.5, 0.45, 0.34, 0.27, 0.1)
    tail = _rounded(side, 0.36, 0.75, 0.055, 0.075, 0.04)
    return lambda x, y: min(body(x, y), tail(x, y))


def _bars(side: int) -> Shape:
    bars = [
        _rounded(side, 0.34, 0.53, 0.045, 0.07, 0.02),
        _rounded(side, 0.50, 0.48, 0.045, 0.12, 0.02),
        _rounded(side, 0.66, 0.43, 0.045, 0.17, 0.02),
    ]
    return lambda x, y: min(bar(x, y) for bar in bars)


def _rounded(side: int, *box: float) -> Shape:
    """A box with round corners: middle, half width and height, radius, in shares of the side."""
    cx, cy, w, h, radius = box

    def distance(x: float, y: float) -> float:
        dx = abs(x / side - cx) - w + radius
        dy = abs(y / side - cy) - h + radius
        outside = hypot(max(dx, 0), max(dy, 0))
        return (outside + min(max(dx, dy), 0) - radius) * side

    return distance


def _covered(distance: float) -> float:
    """How much of a pixel lies inside an edge at this distance."""
    return min(1.0, max(0.0, 0.5 - distance))


def _png(side: int, pixel: Callable[[float, float], bytes]) -> bytes:
    rows = [b"\0" + b"".join(pixel(x + 0.5, y + 0.5) for x in range(side)) for y in range(side)]
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    data = zlib.compress(b"".join(rows), 9)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", data), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
