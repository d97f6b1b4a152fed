"""What lies in a poster's place and is none, with the words that say what it is."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import struct
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from . import broken

HEIC = b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf" + bytes(60)
JXL = b"\xff\x0a\xc8\x02v\x0c\0\x13\x88\x02\0\x14\x01\xb5\x9f " + bytes(40)


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("poster.jpg", broken.grey_jpeg())
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("poster.jpg"))
    return out.getvalue()


def _sqlite() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.db"
        base = sqlite3.connect(path)
        base.execute("create table films (title)")
        base.commit()
        base.close()
        return path.read_bytes()


def _mp4(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + b"\0\0\2\0isommp42" + bytes(64)


LFS = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)
TMDB = json.dumps({"status_code": 34, "status_message": "The resource could not be found."})
S3 = "<?xml version='1.0' encoding='UTF-8'?>\n<Error><Code>AccessDenied</Code></Error>"
SVG = (
    "<?xml version='1.0'?>\n<!-- drawn -->\n<svg xmlns='http://www.w3.org/2000/svg'><title/></svg>"
)

KINDS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (bytes, "is empty (0 bytes)"),
    "zeros": (lambda: bytes(5000), "is nothing but zeros"),
    "html": (lambda: b"\n<!DOCTYPE html><html><body>404</body></html>", "is a web page (HTML)"),
    "html_behind_bom": (lambda: b"\xef\xbb\xbf <HTML lang=en><head>", "is a web page (HTML)"),
    "html_utf_16": (lambda: "<html><body>".encode("utf-16"), "is a web page (HTML)"),
    "xhtml": (lambda: b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC 'x'>", "is a web page (HTML)"),
    "lfs": (lambda: LFS, "is a Git LFS pointer: run: git lfs pull"),
    "annex": (lambda: b"../.git/annex/objects/SHA256E-s1--a.jpg", "a git-annex pointer: run: git"),
    "json": (TMDB.encode, "is JSON ("),
    "json_list": (lambda: b'[{"error": "no"}]', "is JSON ("),
    "xml": (S3.encode, "AccessDenied"),
    "svg": (SVG.encode, "is an SVG drawing"),
    "svg_alone": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>", "is an SVG drawing"),
    "text": (lambda: b"404: Not Found", 'is text ("404: Not Found")'),
    "latin_text": ("Kein Plakat für den Film, ätsch".encode, "is text ("),
    "base64": (lambda: b"/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBg", "is base64 text"),
    "data_uri": (lambda: b"data:image/jpeg;base64,/9j/4AAQSk", "is a data: address"),
    "shortcut": (lambda: b"[InternetShortcut]\r\nURL=https://x.invalid/", "is a shortcut"),
    "zip": (_zip, "is a ZIP archive: unpack it"),
    "gzip": (lambda: gzip.compress(broken.grey_jpeg()), "is a gzip archive: unpack it"),
    "tar": (_tar, "is a tar archive: unpack it"),
    "rar": (lambda: b"Rar!\x1a\x07\x01\0" + bytes(90), "is a RAR archive: unpack it"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c\0\4" + bytes(90), "is a 7z archive: unpack it"),
    "pdf": (lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF"),
    "postscript": (broken.postscript, "is PostScript"),
    "mp4": (lambda: _mp4(b"isom"), "is a video (MP4)"),
    "quicktime": (lambda: _mp4(b"qt  "), "is a video (QuickTime)"),
    "matroska": (lambda: b"\x1a\x45\xdf\xa3\x01" + bytes(90), "is a video (Matroska or WebM)"),
    "avi": (lambda: b"RIFF\x20\0\0\0AVI LIST" + bytes(90), "is a video (AVI)"),
    "mpeg": (lambda: b"\0\0\1\xba" + bytes(90), "is a video (MPEG)"),
    "psd": (lambda: b"8BPS\0\1" + bytes(90), "is a Photoshop document"),
    "tga": (lambda: b"\0\0\2" + bytes(9) + b"\x3c\0\x5a\0\x18\0" + bytes(90), "is a TGA picture"),
    "read_as_utf_8": (
        lambda: broken.grey_jpeg().decode("utf-8", "replace").encode(),
        "is a picture that was sent or saved as text: copy or send its bytes as they are",
    ),
    "latin_as_utf_8": (
        lambda: broken.rgba_png().decode("latin-1").encode(),
        "is a picture that was sent or saved as text",
    ),
    "line_ends": (
        lambda: broken.rgba_png().replace(b"\r\n", b"\n"),
        "is a picture that was sent or saved as text",
    ),
    "icon": (lambda: b"\0\0\1\0\1\0\x10\x10" + bytes(90), "is a Windows icon"),
    "apple_double": (lambda: b"\0\5\x16\7\0\2\0\0Mac OS X" + bytes(90), "a Mac's companion file"),
    "thumbs_db": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90), "Windows thumbnail"),
    "sqlite": (_sqlite, "is an SQLite database"),
    "parquet": (lambda: b"PAR1\x15\x04\x15" + bytes(90), "is a Parquet table"),
    "numpy": (lambda: b"\x93NUMPY\1\0v\0" + bytes(90), "is a NumPy array"),
    "pickle": (lambda: b"\x80\4\x95\x0b\0\0\0\0" + bytes(90), "is a Python pickle"),
    "noise": (lambda: bytes(range(255, 127, -1)) * 4, "is no picture that is known"),
    "cut_jpeg": (broken.truncated_jpeg, "is a JPEG picture that is damaged or cut off"),
    "cut_png": (broken.truncated_png, "is a PNG picture that is damaged or cut off"),
    "cut_gif": (lambda: broken.animated_gif()[:40], "is a GIF picture that is damaged or cut off"),
    "cut_webp": (lambda: broken.animated_webp()[:60], "is a WebP picture that is damaged"),
    "head_of_a_jpeg": (lambda: b"\xff\xd8\xff\xe0\0\x10JF", "is a JPEG picture that is damaged"),
}
"""What is given, and part of what is said of it."""


def write(folder: Path) -> dict[str, Path]:
    """One file `NAME.jpg` each."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.jpg" for name in KINDS}
    for name, path in paths.items():
        path.write_bytes(KINDS[name][0]())
    return paths
