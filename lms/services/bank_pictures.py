"""Pictures in questions: whatever comes in is decoded, stripped and encoded anew by us; nothing of the file stays."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from lms.extensions import db
from lms.models.bank import Picture
from lms.services.writing import writing

if TYPE_CHECKING:
    from PIL import Image

LARGEST_FILE = 5 * 1024 * 1024
MOST_PIXELS = 20_000_000
WIDEST = 1600  # a picture is shown no wider; larger ones are scaled down
FORMATS = ("PNG", "JPEG", "WEBP")


class PictureRefused(ValueError):
    """``problem``: empty, large (bytes), pixels, kind (not PNG, JPEG or WebP) or broken."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Encoded:
    media_type: str
    width: int
    height: int
    content: bytes


def encode(raw: bytes) -> Encoded:
    """The picture without its metadata, upright, at most :data:`WIDEST` wide. Raises :class:`PictureRefused`."""
    from PIL import Image, UnidentifiedImageError  # 2 MiB that only who takes pictures in needs

    if not raw:
        raise PictureRefused("empty")
    if len(raw) > LARGEST_FILE:
        raise PictureRefused("large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit below is stricter
            image = Image.open(io.BytesIO(raw), formats=FORMATS)
            if image.width * image.height > MOST_PIXELS:
                raise PictureRefused("pixels")
            image.load()
            kept = _upright(image)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise PictureRefused("kind" if isinstance(error, UnidentifiedImageError) else "pixels") from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        if isinstance(error, PictureRefused):
            raise
        raise PictureRefused("broken") from error
    out = io.BytesIO()
    if kept.mode == "RGB" and image.format == "JPEG":
        kept.save(out, "JPEG", quality=88, optimize=True)
        return Encoded("image/jpeg", kept.width, kept.height, out.getvalue())
    kept.save(out, "PNG", optimize=True)
    return Encoded("image/png", kept.width, kept.height, out.getvalue())


def _upright(image: "Image.Image") -> "Image.Image":
    """Turned as the camera held it, in plain RGB(A), and on a fresh canvas so that no metadata comes along."""
    from PIL import Image, ImageOps

    turned = ImageOps.exif_transpose(image)
    mode = "RGBA" if turned.has_transparency_data else "RGB"
    turned = turned.convert(mode)
    turned.thumbnail((WIDEST, WIDEST * 4))
    fresh = Image.new(mode, turned.size)
    fresh.paste(turned)
    return fresh


def keep(actor_id: int, now: datetime, raw: bytes) -> str:
    """Encode and keep a picture; its SHA-256, by which stems name it. The same picture is kept once."""
    encoded = encode(raw)
    digest = hashlib.sha256(encoded.content).hexdigest()
    with writing(actor_id, now) as deed:
        if deed.session.get(Picture, digest) is None:
            deed.session.add(
                Picture(
                    sha256=digest,
                    media_type=encoded.media_type,
                    width=encoded.width,
                    height=encoded.height,
                    content=encoded.content,
                    uploaded_by=actor_id,
                    uploaded_at=now,
                )
            )
            deed.note("picture.kept", f"picture:{digest}", bytes=len(encoded.content))
    return digest


def picture(digest: str) -> tuple[str, bytes] | None:
    """(media type, content), or None."""
    found = db.session.get(Picture, digest)
    return (found.media_type, found.content) if found else None
