"""What Chromium's camera sees, as a file of raw frames that a test draws anew while the camera runs (YUV4MPEG2)."""

from pathlib import Path

import segno

WIDTH, HEIGHT = 640, 480
_HEADER = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
_GREY = b"\x80" * (WIDTH * HEIGHT // 2)
_FRAMES = 2
PAPER, WALL, INK = 225, 140, 40
"""Brightness of a printed code in a classroom."""


class CameraFile:
    """The file, and what is held before the camera."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._write([bytes([WALL] * WIDTH)] * HEIGHT)

    def holds(self, text: str, *, cell_pixels: int = 5, left: int = 120, top: int = 60) -> None:
        """Somebody holds that code, printed, before the camera; the camera plays the file again and again."""
        cells = segno.make_qr(text, error="m", boost_error=False).matrix_iter(border=4)
        rows = [bytearray([WALL] * WIDTH) for _ in range(HEIGHT)]
        for down, row in enumerate(cells):
            line = b"".join(bytes([INK if dark else PAPER] * cell_pixels) for dark in row)
            for at in range(top + down * cell_pixels, top + (down + 1) * cell_pixels):
                rows[at][left : left + len(line)] = line
        self._write([bytes(row) for row in rows])

    def _write(self, rows: list[bytes]) -> None:
        frame = b"FRAME\n" + b"".join(rows) + _GREY
        mode = "r+b" if self.path.exists() else "wb"
        with self.path.open(mode) as file:  # the same file, of the same size: the camera has it open
            file.write(_HEADER + frame * _FRAMES)
