# SPDX-License-Identifier: MIT
"""URLs of pictures that Visage serves, signed where there is a key.

One file without dependencies, for Python 3.8 and later; copy it to where your application finds its
modules.

    visage = VisageUrl("https://images.example.org", open("visage.key").read().strip())
    visage.url("people", "anna", size=128)
    visage.url("people", "anna", preset="avatar", dpr=2, format="webp", expires=time.time() + 3600)

The key is the first line that is one in the source's sign_key_file. It is a secret.

And grants, with which a browser may upload somebody's picture:

    upload_grant(key, "users", "anna", expires=time.time() + 600, max_bytes=5_000_000)

Their key is that of grant_key_file.
"""

import base64
import hashlib
import hmac
import re
from typing import Optional, Union
from urllib.parse import quote

__all__ = ["VisageUrl", "upload_grant"]

_BASE = re.compile(r"(https?://[^/?#\s]+)?((?:/[^/?#\s]+)*)/?")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_VERSION = re.compile(r"[0-9a-f]{16}")
_NO_ID = re.compile(r"[\x00-\x1f\x7f?]|^$|^/|/\Z|//|(?:^|/)\.\.?(?:/|\Z)")
_ENDING = re.compile(r"(?:\.(?:webp|jpe?g|png)|/info)\Z")
_EXTENSIONS = {None: "", "webp": ".webp", "jpeg": ".jpg", "jpg": ".jpg", "png": ".png"}


class VisageUrl:
    """Makes the URLs of one Visage; with a key, of its sources that have this key."""

    def __init__(self, base: str, key: Union[str, bytes, None] = None) -> None:
        """`base` is "https://host", with Visage's `prefix` behind it where it has one; "" or the
        prefix alone makes URLs without a host. `key` is None for sources without signatures.
        """
        parts = _BASE.fullmatch(base)
        if not parts:
            raise ValueError("the base is not http(s)://host or a path")
        self._origin, self._prefix = parts[1] or "", parts[2]
        self._key = None if key is None else _key(key)

    def url(
        self,
        source: str,
        id: str,
        *,
        preset: Optional[str] = None,
        size: Optional[int] = None,
        dpr: int = 1,
        format: Optional[str] = None,
        version: Optional[str] = None,
        expires: Union[int, float, None] = None,
        info: bool = False,
    ) -> str:
        """The URL of a picture; ValueError for what Visage would refuse.

        source   as the configuration names it
        id       not percent-encoded; a "/" parts segments
        preset   either this, a preset of the configuration,
        size     or this, the side of a square in pixels, 1 to 9999
        dpr      device pixels to each: 1, 2 or 3
        format   "webp", "jpeg" or "png"; None leaves it to the browser's Accept
        version  the first 16 digits of the original's SHA-256, for the URL that means this version
                 for ever; needs a format
        expires  seconds since 1970 until which the signature is good; None: for ever
        info     True for what is known of the picture, as JSON; without format and version
        """
        if format not in _EXTENSIONS:
            raise ValueError("a format is webp, jpeg or png")
        if info and (format is not None or version is not None):
            raise ValueError("info is about the current picture, in any format")
        path = (
            self._prefix
            + _version(version, format)
            + f"/{_rendering(preset, size, dpr)}/{_name(source, 'source')}/{_id(id, format, info)}"
            + ("/info" if info else _EXTENSIONS[format])
        )
        return self._origin + path + self._signature(path, expires)

    def _signature(self, path: str, expires: Union[int, float, None]) -> str:
        query = ""
        if expires is not None:
            if self._key is None or not 0 <= expires < 10**15:
                raise ValueError("what expires needs a key and a time since 1970")
            query = f"?exp={int(expires)}"
        if self._key is None:
            return ""
        return f"{query}{'&' if query else '?'}sig={_hmac(self._key, path + query)}"


def upload_grant(
    key: Union[str, bytes],
    source: str,
    user: str,
    *,
    expires: Union[int, float],
    max_bytes: int = 0,
) -> str:
    """A grant: whoever has it may upload, replace and delete this user's picture until it expires.
    ValueError for what Visage would refuse.

    key        the first in the source's grant_key_file
    source     as the configuration names it
    user       the id of the user's picture
    expires    seconds since 1970
    max_bytes  the largest upload; 0: as the source says
    """
    if not 0 <= expires < 10**15:
        raise ValueError("not a time since 1970")
    if not 0 <= max_bytes < 10**15:
        raise ValueError("not a number of bytes")
    text = [_base64(_checked(user).encode()), str(int(expires)), f"{max_bytes:d}"]
    signed = "\n".join(["visage-grant", "1", _name(source, "source"), *text])
    return ".".join(["1", *text, _hmac(_key(key), signed)])


def _key(key: Union[str, bytes]) -> bytes:
    key = key.encode() if isinstance(key, str) else key
    if len(key) < 16:
        raise ValueError("a key has at least 16 bytes")
    return key


def _hmac(key: bytes, text: str) -> str:
    return _base64(hmac.new(key, text.encode("ascii"), hashlib.sha256).digest())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _name(name: str, what: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name of a {what}")
    return name


def _rendering(preset: Optional[str], size: Optional[int], dpr: int) -> str:
    if (preset is None) == (size is None):
        raise ValueError("either a preset or a size is wanted")
    if size is not None and not 1 <= size <= 9999:
        raise ValueError("a size is 1 to 9999")
    if dpr not in (1, 2, 3):
        raise ValueError("dpr is 1, 2 or 3")
    drawn = f"s{size:d}" if preset is None else _name(preset, "preset")
    return drawn + (f"@{dpr:d}x" if dpr > 1 else "")


def _version(version: Optional[str], format: Optional[str]) -> str:
    if version is None:
        return ""
    if not _VERSION.fullmatch(version) or format is None:
        raise ValueError("a version has 16 digits 0-9 a-f, and needs a format")
    return f"/v/{version}"


def _checked(id: str) -> str:
    if len(id.encode()) > 2048 or _NO_ID.search(id):
        raise ValueError("not an id")
    return id


def _id(id: str, format: Optional[str], info: bool) -> str:
    _checked(id)
    if format is None and not info and _ENDING.search(id):
        raise ValueError("an id that ends like this needs a format")
    return quote(id, safe="/:@=+")
