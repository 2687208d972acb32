"""JSON documents of profile pictures."""

from api.http.schemas import Document


class Picture(Document):
    """Where the caller's picture is now: a path of this service."""

    profile_picture: str

    example = {"profilePicture": "/uploads/5f1d7a84c3b24f6e9a0c1d2e3f405162.webp"}
