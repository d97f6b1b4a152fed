"""Addresses and keys: what is understood, and that nothing secret is ever said."""

from __future__ import annotations

from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.library.servers import SERVERS
from cinegenre.library.servers.address import Address, is_address, parse_address
from cinegenre.library.servers.keys import KeyKind, Keys

SECRET = "s3cr3t"
LOGIN = KeyKind(variable="KODI_LOGIN", cure="see Kodi", needed=False, login=True)
TOKEN = KeyKind(variable="JELLYFIN_API_KEY", cure="see the dashboard")
KODI, TV, OTHER = (
    Address("kodi", "http://h:80"),
    Address("jellyfin", "https://tv"),
    Address("jellyfin", "https://other"),
)


@pytest.mark.parametrize(
    ("text", "shown", "slug"),
    [
        ("kodi+http://127.0.0.1:8080", "kodi+http://127.0.0.1:8080", "kodi-http-127.0.0.1-8080"),
        ("Jellyfin+HTTPS://tv.net/", "jellyfin+https://tv.net", "jellyfin-https-tv.net"),
        ("emby+http://[::1]:8096/e/", "emby+http://[::1]:8096/e", "emby-http-1-8096-e"),
    ],
)  # fmt: skip
def test_addresses(text: str, shown: str, slug: str) -> None:
    assert is_address(text)
    address = parse_address(text, SERVERS)
    assert (str(address), address.slug) == (shown, slug)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"kodi+http://user:{SECRET}@h:80", "has a password or a key in it"),
        (f"kodi+http://{SECRET}@h:80", "has a password or a key in it"),
        (f"plex+http://h:80/?X-Plex-Token={SECRET}", "has a password or a key in it"),
        (f"plex+http://h:80/#{SECRET}", "has a password or a key in it"),
        (f"http://u:{SECRET}@h:80", "has a password"),
        (f"kody+http://u:{SECRET}@h:80", "has a password"),
        (f"kodi+ftp://u:{SECRET}@h", "the address of a server is not a server's address"),
        (f"kodi+http://h:8o80/{SECRET}?", "names no host, or no port"),
        ("kodi+http://", "names no host"),
        ("kodi+http://h:99999", "names no host, or no port"),
        ("kodi+http://two hosts", "names no host"),
        ("http://h:80", "what kind of server is at http://h:80"),
        ("kody+http://h:80", "did you mean 'kodi'"),
        ("smb://nas/films", "is not a server's address"),
    ],
)
def test_what_is_no_address(text: str, why: str) -> None:
    with pytest.raises(UserError, match=why) as said:
        parse_address(text, SERVERS)
    assert SECRET not in str(said.value)
    assert len(str(said.value).splitlines()) == 1


@pytest.mark.parametrize("text", ["/films", "C:\\films", "films+http", "a://b", "."])
def test_folders(text: str) -> None:
    assert not is_address(text)


def test_keys_of_the_environment() -> None:
    keys = Keys.read(None, [KODI, TV], {"KODI_LOGIN": "me:pässwort", "JELLYFIN_API_KEY": " k "})
    kodi, tv = keys.of(KODI, LOGIN), keys.of(TV, TOKEN)
    assert kodi and tv
    assert (kodi.secret, kodi.source, tv.secret) == ("me:pässwort", "KODI_LOGIN", "k")
    empty = Keys.read(None, [KODI], {})
    assert empty.of(KODI, LOGIN) is None
    with pytest.raises(UserError, match=r"no key for jellyfin\+https://tv is given: see the dash"):
        empty.of(TV, TOKEN)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("abc\n", {TV: "abc"}),
        ("\ufeff# mine\n\n  abc  \n", {TV: "abc"}),
        ("jellyfin abc\nkodi me:a b\n", {TV: "abc", OTHER: "abc", KODI: "me:a b"}),
        ("jellyfin+https://tv/ one\njellyfin+https://other two", {TV: "one", OTHER: "two"}),
        ("me:my pass", {KODI: "me:my pass"}),
    ],
)  # fmt: skip
def test_keys_of_a_file(tmp_path: Path, text: str, found: dict[Address, str]) -> None:
    path = tmp_path / "key"
    path.write_text(text, encoding="utf-8")
    keys = Keys.read(path, found, {"JELLYFIN_API_KEY": "of the environment"})
    for address, secret in found.items():
        key = keys.of(address, LOGIN if address is KODI else TOKEN)
        assert key is not None
        assert key.secret == secret
        assert secret not in (repr(key) + repr(keys)).replace(str(path), "")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "holds no key"),
        (b"\xff\xfe\xff", "is not text"),
        (SECRET.encode(), "does not say which of 2 servers"),
        (f"jellyfin {SECRET}\tx".encode(), "has characters that no key has"),
        (f"jellyfin {SECRET}é".encode(), "has characters that no key has"),
        (f"kodi {SECRET}".encode(), "is not a user and a password"),
    ],
)
def test_key_files_that_are_none(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "key"
    path.write_bytes(data)
    with pytest.raises(UserError, match=why) as said:
        keys = Keys.read(path, [KODI, TV], {})
        keys.of(KODI, LOGIN)
        keys.of(TV, TOKEN)
    assert SECRET not in str(said.value)
    with pytest.raises(UserError, match="cannot be read"):
        Keys.read(tmp_path / "none", [KODI], {})
