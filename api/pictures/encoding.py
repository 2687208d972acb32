"""Makes the two sizes of a profile picture, in a process of its own: `python -I encoding.py < picture`.

What clients send is decoded here by libraries in C, so this process has nothing to lose: no database, no secrets, no
files, and hard limits of time and memory. It imports nothing of ours, and starts in some 50 ms.

The exit status is an `Outcome`; standard output then has each size as a webp, behind its length (4 bytes, big endian).
"""

import os
import resource
import struct
import sys
from enum import IntEnum
from io import BytesIO
from typing import Final

# The last is named so that Pillow doesn't look for it in all that it has, which takes 0.1 s.
from PIL import Image, ImageFile, PngImagePlugin, UnidentifiedImageError, WebPImagePlugin

# Sides of the squares in pixels: for screens with two pixels where others have one.
SIDES: Final = (512, 128)
MOST_PIXELS: Final = 24_000_000
QUALITY: Final = 80
FORMATS: Final = ("JPEG", "PNG", "GIF", WebPImagePlugin.WebPImageFile.format)
# Of the processor, and of address space, which 24 megapixels with transparency take half of.
SECONDS: Final = 3
BYTES: Final = 1024**3
NICENESS: Final = 5
# An image is made smaller by averages before the slower filter, down to this many times the size.
_GAP: Final = 2.0
_ORIENTATION: Final = 0x0112
# How a file ends; a jpeg may have anything behind it, as phones add to it.
_ENDS: Final = {"PNG": b"IEND\xaeB`\x82", "GIF": b";"}
# Scans of a jpeg, each of which goes over all pixels; a progressive one has ten, and what a phone adds may look so.
_MOST_SCANS: Final = 200
# Of pages, scripts and documents, which no picture has; and of an archive, which is read from its end.
_FOREIGN: Final = (b"<script", b"<html", b"<!doctype", b"<?php", b"%pdf-")
_ARCHIVE: Final = b"PK\x05\x06"
_ARCHIVE_END: Final = 64 * 1024 + 22


class Outcome(IntEnum):
    """What became of a picture. 1 and 2 are Python's own, for errors that aren't expected."""

    MADE = 0
    UNSUPPORTED = 10
    TOO_LARGE = 11
    UNREADABLE = 12


class Refused(Exception):  # noqa: N818
    """A picture isn't taken."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.name)
        self.outcome = outcome


def encode(content: bytes) -> list[bytes]:
    """Squares from the middle of a picture, upright, in sRGB and without anything but pixels, as webp.

    One that is smaller than a side of `SIDES` isn't made larger. Of several frames the first counts.

    Raises:
        Refused: it is none, or too large, or broken, or something else besides.

    """
    if _webp_pixels(content) > MOST_PIXELS:
        # Its decoder would take memory for all of it at once, before Pillow knows how large it is.
        raise Refused(Outcome.TOO_LARGE)
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            _check(image, content)
            square = _square(image)
    except UnidentifiedImageError:
        raise Refused(Outcome.UNSUPPORTED) from None
    except (Image.DecompressionBombError, MemoryError):
        raise Refused(Outcome.TOO_LARGE) from None
    except Refused:
        raise
    except Exception:  # noqa: BLE001  decoders raise all sorts
        raise Refused(Outcome.UNREADABLE) from None
    return [_webp(square, side) for side in SIDES]


def _square(image: ImageFile.ImageFile) -> Image.Image:
    """The middle of a picture, upright, in RGB or RGBA, and not larger than the largest side."""
    # Of a jpeg, this decodes only as many pixels as are needed.
    image.draft("RGB", (2 * SIDES[0], 2 * SIDES[0]))
    image.load()
    pixels = _plain(image)
    side = min(pixels.size)
    left, top = (pixels.width - side) // 2, (pixels.height - side) // 2
    small = pixels.resize(
        (min(side, SIDES[0]),) * 2,
        Image.Resampling.LANCZOS,
        box=(left, top, left + side, top + side),
        reducing_gap=_GAP,
    )
    turn = _TURNS.get(_orientation(image))
    return _in_srgb(small if turn is None else small.transpose(turn), image.info.get("icc_profile"))


# By the number that a camera writes.
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _orientation(image: Image.Image) -> int:
    """How the camera was held, 0 where that isn't told in a way that can be read."""
    try:
        return int(image.getexif().get(_ORIENTATION, 0))
    except Exception:  # noqa: BLE001  whatever else is wrong with metadata, which is dropped
        return 0


def _plain(image: Image.Image) -> Image.Image:
    """A picture whose pixels can be averaged: in RGB, RGBA or CMYK."""
    if image.mode in {"I;16", "I;16B", "I", "F"}:
        # 16 bits a pixel, of which the upper half is kept.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if image.mode in {"RGB", "RGBA", "CMYK"} and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """A picture in sRGB; a profile that can't be used counts for nothing."""
    wanted = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        from PIL import ImageCms  # noqa: PLC0415  few pictures need it

        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=wanted)
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return image.convert(wanted)


def _webp(square: Image.Image, side: int) -> bytes:
    image = square if square.width <= side else square.resize((side, side), Image.Resampling.LANCZOS, reducing_gap=_GAP)
    # A new one has no metadata that could be written.
    image.info = {}
    file = BytesIO()
    image.save(file, "WEBP", quality=QUALITY, method=4, exif=b"", xmp=b"", icc_profile=b"")
    return file.getvalue()


def _webp_pixels(content: bytes) -> int:
    """Pixels of a webp by its head (RFC 9649), 0 of anything else."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return 0
    kind, head = content[12:16], content[20:30].ljust(10, b"\0")
    if kind == b"VP8X":
        return (1 + int.from_bytes(head[4:7], "little")) * (1 + int.from_bytes(head[7:10], "little"))
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (1 + (bits & 0x3FFF)) * (1 + (bits >> 14 & 0x3FFF))
    return (int.from_bytes(head[6:8], "little") & 0x3FFF) * (int.from_bytes(head[8:10], "little") & 0x3FFF)


def _check(image: ImageFile.ImageFile, content: bytes) -> None:
    """Refuse what has too many pixels or scans, and files that are something else besides or go on behind their end.

    Nothing but pixels is taken over, but whoever sends such a file means no good, or it's broken.
    """
    if image.width * image.height > MOST_PIXELS:
        raise Refused(Outcome.TOO_LARGE)
    if image.format in {"JPEG", "MPO"} and content.count(b"\xff\xda") > _MOST_SCANS:
        raise Refused(Outcome.TOO_LARGE)
    end = _ENDS.get(image.format or "", b"")
    goes_on = not content.rstrip(b"\0").endswith(end) or (
        image.format == "WEBP" and int.from_bytes(content[4:8], "little") + 8 not in {len(content), len(content) - 1}
    )
    lower = content.lower()
    if goes_on or any(mark in lower for mark in _FOREIGN) or _ARCHIVE in content[-_ARCHIVE_END:]:
        raise Refused(Outcome.UNREADABLE)


def main() -> int:
    """Read a picture, write its sizes, and return the outcome."""
    for kind, limit in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    os.nice(NICENESS)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    PngImagePlugin.MAX_TEXT_MEMORY = PngImagePlugin.MAX_TEXT_CHUNK
    try:
        sizes = encode(sys.stdin.buffer.read())
    except Refused as refused:
        return refused.outcome
    for size in sizes:
        sys.stdout.buffer.write(struct.pack(">I", len(size)) + size)
    return Outcome.MADE


if __name__ == "__main__":
    sys.exit(main())
