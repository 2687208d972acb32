"""What is made of a picture, and which pictures are refused."""

import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms

from api.pictures.encoding import Outcome, Refused, _webp_pixels, encode
from tests.pictures.images import (
    BLUE,
    GREEN,
    JPEG,
    PNG,
    RED,
    archive,
    decoded,
    encoded,
    is_near,
    plain,
    png,
    png_chunk,
    thirds,
)
from tests.pictures.images import webp_head as webp


def square(content: bytes) -> Image.Image:
    large, small = map(decoded, encode(content))
    assert large.width == large.height
    assert small.size == (min(large.width, 128),) * 2
    return large


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize(("width", "height", "side"), [(1300, 700, 512), (90, 200, 90), (1, 3, 1)])
def test_the_middle_becomes_two_squares(kind: str, width: int, height: int, side: int) -> None:
    image = square(encoded(plain(width, height), kind))
    assert image.size == (side, side)
    assert is_near(image.convert("RGB").getpixel((side // 2, side // 2)), RED)


def test_what_is_cut_off_is_beside_the_middle() -> None:
    image = square(encoded(thirds(300, 900), "PNG"))
    assert all(is_near(image.getpixel((150, y)), GREEN) for y in (3, 150, 296))


@pytest.mark.parametrize(("orientation", "top"), [(1, RED), (3, BLUE), (4, BLUE), (2, RED)])
def test_it_stands_upright(orientation: int, top: tuple[int, ...]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = square(encoded(thirds(300, 300), "JPEG", exif=exif))
    assert is_near(image.getpixel((150, 5)), top)


@pytest.mark.parametrize(("orientation", "left"), [(5, RED), (6, BLUE), (7, BLUE), (8, RED)])
def test_it_is_turned_upright(orientation: int, left: tuple[int, ...]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = square(encoded(thirds(300, 300), "JPEG", exif=exif))
    assert is_near(image.getpixel((5, 150)), left)


def test_nothing_but_pixels_is_taken_over() -> None:
    exif = Image.Exif()
    exif[0x010E] = "MARK at home"
    exif.get_ifd(0x8825)[2] = (52.0, 22.0, 1.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options = {"exif": exif, "icc_profile": profile, "comment": b"MARK", "xmp": b"<x:xmpmeta>MARK</x:xmpmeta>"}
    sent = encoded(plain(200, 200), "JPEG", **options)
    assert sent.count(b"MARK") == 3
    for made in encode(sent):
        image = decoded(made)
        assert b"MARK" not in made
        assert not image.getexif()
        assert not {"exif", "icc_profile", "xmp"} & image.info.keys()


def test_transparency_stays() -> None:
    palette = plain(200, 200).quantize(2)
    for sent in (
        encoded(plain(200, 200, (*RED, 0), "RGBA"), "PNG"),
        encoded(palette, "GIF", transparency=palette.getpixel((0, 0))),
    ):
        assert square(sent).convert("RGBA").getpixel((9, 9))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("mode", ["L", "LA", "P", "CMYK", "I;16"])
def test_whatever_pixels_are_made_of_they_become_srgb(mode: str) -> None:
    grey = plain(200, 200, (128,), "L")
    image = Image.new("I;16", (200, 200), 128 * 257) if mode == "I;16" else grey.convert(mode)
    made = square(encoded(image, "JPEG" if mode == "CMYK" else "PNG"))
    assert is_near(made.convert("RGB").getpixel((100, 100)), (128, 128, 128))


def test_colours_of_a_profile_are_those_of_the_screen() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Its red is blue.
    swapped = srgb.replace(b"rXYZ", b"xXYZ").replace(b"bXYZ", b"rXYZ").replace(b"xXYZ", b"bXYZ")
    for profile, color in ((srgb, RED), (swapped, (40, 30, 200)), (b"no profile", RED)):
        image = square(encoded(plain(50, 50), "PNG", icc_profile=profile))
        assert is_near(image.getpixel((9, 9)), color)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_many_frames_the_first_counts(kind: str) -> None:
    frames = [plain(60, 60, (0, 0, number)) for number in range(200)]
    image = square(encoded(plain(60, 60), kind, save_all=True, append_images=frames))
    assert is_near(image.convert("RGB").getpixel((30, 30)), RED)


def scans(image: Image.Image) -> bytes:
    """A jpeg of 2 MB that is drawn again and again."""
    drawn = encoded(image, "JPEG", progressive=True)
    scan = drawn[drawn.rfind(b"\xff\xda") : -2]
    return drawn[:-2] + scan * (2_000_000 // len(scan)) + drawn[-2:]


GIF = encoded(plain(), "GIF")
WEBP = encoded(plain(), "WEBP")
BLACK = png_chunk(b"IDAT", zlib.compress(bytes(9 * 40), 9))


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (b"", Outcome.UNSUPPORTED),
        (b"GIF89a", Outcome.UNSUPPORTED),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Outcome.UNSUPPORTED),
        (encoded(plain(), "TIFF"), Outcome.UNSUPPORTED),
        (encoded(plain(), "BMP"), Outcome.UNSUPPORTED),
        (encoded(plain(), "AVIF"), Outcome.UNSUPPORTED),
        # Larger than 24 megapixels by their head, whatever is in them.
        (png(30_000, 30_000, BLACK), Outcome.TOO_LARGE),
        (png(4_899, 4_900, BLACK), Outcome.TOO_LARGE),
        (webp(16_384, 16_384), Outcome.TOO_LARGE),
        # So many passes over all pixels that it would take minutes.
        (scans(plain(6000, 4000, (0,), "L")), Outcome.TOO_LARGE),
        (GIF[:6] + b"\xff\xff\xff\xff" + GIF[10:], Outcome.TOO_LARGE),
        # Damaged, or cut off.
        (PNG[: len(PNG) // 2], Outcome.UNREADABLE),
        (JPEG[: len(JPEG) // 2], Outcome.UNREADABLE),
        (JPEG[:-40], Outcome.UNREADABLE),
        (GIF[:-1], Outcome.UNREADABLE),
        (WEBP[:-9], Outcome.UNREADABLE),
        (png(60, 40), Outcome.UNREADABLE),
        (webp(60, 40), Outcome.UNREADABLE),
        # More than a picture.
        (GIF + b"/*alert(1)*/", Outcome.UNREADABLE),
        (WEBP + archive(), Outcome.UNREADABLE),
        (JPEG + archive(), Outcome.UNREADABLE),
        (JPEG + b"<HTML><Script>alert(1)</Script>", Outcome.UNREADABLE),
        (encoded(plain(), "JPEG", comment=b"<?php system($_GET[0]) ?>"), Outcome.UNREADABLE),
        (PNG + archive(), Outcome.UNREADABLE),
    ],
)
def test_refuses(content: bytes, outcome: Outcome) -> None:
    with pytest.raises(Refused) as refused:
        encode(content)
    assert refused.value.outcome == outcome


def test_a_phone_may_add_to_a_jpeg() -> None:
    for content in (
        JPEG + b"\0\0\x01\x0bsefdSEFT" + bytes(range(256)),
        encoded(plain(), "MPO", save_all=True, append_images=[plain(20, 20, BLUE)]),
        encoded(plain(), "JPEG", exif=b"Exif\0\0broken"),
    ):
        image = square(content)
        assert image.size == (40, 40)
        assert is_near(image.getpixel((20, 20)), RED)


@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"exif": b"Exif\0\0"}])
def test_how_large_a_webp_is_stands_in_its_head(options: dict[str, Any]) -> None:
    content = encoded(plain(), "WEBP", **options)
    assert _webp_pixels(content) == 60 * 40
    assert _webp_pixels(PNG) == 0
