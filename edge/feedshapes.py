"""The bounded texts and numbers that values of the feed are made of (pure)."""

from typing import Annotated

from msgspec import Meta

Word = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._~:+-]+\Z")]
Short = Annotated[str, Meta(max_length=200)]
Long = Annotated[str, Meta(max_length=8000)]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Stamp = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z\Z")]
Texts = Annotated[dict[Annotated[str, Meta(pattern=r"^[a-z]{2}\Z")], Long], Meta(max_length=40)]
Amount = Annotated[int, Meta(ge=0, le=10**12)]
