"""Pictures as parents send them, and worse."""

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any, Final

from PIL import Image

RED: Final = (200, 30, 40)
GREEN: Final = (30, 160, 60)
BLUE: Final = (40, 50, 200)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def decoded(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    assert image.format == "WEBP"
    image.load()
    return image


def plain(width: int = 60, height: int = 40, color: tuple[int, ...] = RED, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), color)


PNG: Final = encoded(plain(), "PNG")
JPEG: Final = encoded(plain(), "JPEG")


def thirds(width: int, height: int) -> Image.Image:
    """Red, green and blue from top to bottom."""
    image = plain(width, height, GREEN)
    image.paste(RED, (0, 0, width, height // 3))
    image.paste(BLUE, (0, height - height // 3, width, height))
    return image


def is_near(color: Any, wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= 12 for one, other in zip(color, wanted, strict=True))


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG of one bit a pixel that says it's so large, and has these chunks before its end."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + b"".join(chunks) + png_chunk(b"IEND", b"")


def webp_head(width: int, height: int) -> bytes:
    """A webp that says it's so large, and goes no further."""
    head = b"\x10\0\0\0" + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    chunks = b"VP8X" + struct.pack("<I", len(head)) + head
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def archive() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("run.sh", "rm -rf /")
    return file.getvalue()
