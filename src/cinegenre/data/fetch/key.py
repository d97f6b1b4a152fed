"""TMDB's key, which must never be printed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import UserError

TOKEN, API_KEY = "TMDB_TOKEN", "TMDB_API_KEY"
"""The environment variables, in the order in which they are read."""

CURE = (
    f"get a free one at https://www.themoviedb.org/settings/api and put it into {API_KEY} "
    f"or {TOKEN}, or into a file for --key-file"
)

_V3 = re.compile(r"[0-9a-fA-F]{32}")
_V4 = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


@dataclass(frozen=True)
class Key:
    """A v3 API key (32 hexadecimal digits) or a v4 read access token (three parts with dots)."""

    secret: str = field(repr=False)
    source: str

    @property
    def is_token(self) -> bool:
        """Whether it goes into the header (v4), and not into the query (v3)."""
        return "." in self.secret


def find_key(path: str | Path | None = None, environ: Mapping[str, str] = os.environ) -> Key:
    """The key in the file `path`, else in the environment.

    Raises `UserError`, which never quotes the value, if there is none or it does not look like one.
    """
    if path is not None:
        return _checked(_in_file(Path(path)), f"the key file {path}")
    for name in (TOKEN, API_KEY):
        if environ.get(name, "").strip():
            return _checked(environ[name].strip(), name)
    raise UserError("no TMDB key is given", CURE)


def _in_file(path: Path) -> str:
    """The first line that is not empty."""
    try:
        # A key has about 250 characters; a large file was probably named by mistake.
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(10_000)
    except UnicodeDecodeError:
        raise UserError(f"the key file {path} is not text", "write the key alone into it") from None
    except OSError as error:
        raise UserError(
            f"the key file {path} cannot be read ({error.strerror})", "check the path"
        ) from None
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _checked(secret: str, source: str) -> Key:
    if not (_V3.fullmatch(secret) or _V4.fullmatch(secret)):
        raise UserError(
            f"what {source} holds ({len(secret)} characters) is not a TMDB key",
            "a v3 key has 32 hexadecimal digits, a v4 token three parts with dots between",
        )
    return Key(secret, source)
