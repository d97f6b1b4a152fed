"""Files of every shape that Kodi's wiki and Jellyfin's documentation show, in our own words."""

from __future__ import annotations

import codecs

PLAIN = b"""<movie>
    <title>The Long Orbit</title>
    <plot>A crew wakes too early.</plot>
</movie>
"""

KODI = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>
<!-- created on 2024-01-01 -->
<movie>
    <title>Tom &amp; Ada&apos;s Orbit</title>
    <originaltitle>L&#8217;Orbite</originaltitle>
    <ratings>
        <rating name="imdb" max="10" default="true">
            <value>7.6</value>
        </rating>
    </ratings>
    <outline></outline>
    <plot>She says: 1 &lt; 2 &amp; waits.</plot>
    <genre>Action</genre>
    <genre>Adventure</genre>
    <studio>North Pictures</studio>
    <set>
        <name>Orbits</name>
        <overview>All of <![CDATA[<genre>them</genre>]]></overview>
    </set>
    <director>A. Voss</director>
    <uniqueid type="tmdb">18</uniqueid>
    <uniqueid type="imdb" default="true">tt0000018</uniqueid>
    <actor>
        <name>B. Lind</name>
        <role>Ada</role>
    </actor>
</movie>
"""

JELLYFIN = (
    '﻿<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n'
    "<movie>\r\n"
    "  <plot><![CDATA[Zwei Männer & ein <Boot>.]]></plot>\r\n"
    "  <outline />\r\n"
    "  <lockdata>false</lockdata>\r\n"
    "  <dateadded>2024-01-01 00:00:00</dateadded>\r\n"
    "  <title>Das Boot</title>\r\n"
    "  <year>1981</year>\r\n"
    "  <genre>Drama</genre>\r\n"
    "  <genre>War</genre>\r\n"
    "  <art>\r\n"
    "    <poster>/films/Das Boot/poster.jpg</poster>\r\n"
    "  </art>\r\n"
    "  <fileinfo><streamdetails><video><codec>h264</codec></video></streamdetails></fileinfo>\r\n"
    "</movie>"
).encode()

LOCKED = b"<movie>\n<title>A</title>\n<lockdata>true</lockdata>\n</movie>\n"
LOCKED_FIELD = b"<movie>\n<title>A</title>\n<lockedfields>Cast|Genres</lockedfields>\n</movie>\n"

COMBINED = b"""<movie>
    <title>Star Cut</title>
    <genre clear="true">SciFi</genre>
    <genre>Romance</genre>
</movie>
https://www.themoviedb.org/movie/11-star-cut
"""

LINK = b"https://www.themoviedb.org/movie/11-star-cut\n"
TEMPLATE = b"""<movie>
    <title>A</title>
    <genre></genre>
    <tag></tag>
    <genre />
</movie>
"""
JOINED = b"<movie><title>A</title><genre>Action / Comedy</genre></movie>"
NAMES_INSIDE = b"<movie>\n<genre>\n <name>Action</name>\n <name>Comedy</name>\n</genre>\n</movie>"
LISTED = b"<movie><genre>Action, Comedy</genre><genre><![CDATA[War|Crime]]></genre></movie>"
WRAPPED = b"<movie>\n<genre>War</genre>\n<genres><genre>Action</genre></genres>\n</movie>"
ONE_LINE = b"<movie><title>A</title><year>1999</year></movie>"
NESTED = b"""<movie xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
\t<title a='>' b="'">A</title>
\t<!-- <genre>Horror</genre> -->
\t<extra><genre>Inner</genre></extra>
\t<genre xsi:type="x"><!-- no --><![CDATA[Drama]]></genre><year>1999</year>
</movie>
"""
TWO_ROOTS = b"<movie>\n  <title>A</title>\n</movie>\n<movie>\n  <title>B</title>\n</movie>\n"
SHOW = b"""<?xml version="1.0" encoding="utf-8"?>
<tvshow>
  <title>Orbit, the series</title>
  <plot>A crew wakes.</plot>
</tvshow>
"""
WIDE = '<?xml version="1.0" encoding="UTF-16"?>\r\n<movie>\r\n\t<title>Ö</title>\r\n</movie>\r\n'
LATIN = '<?xml version="1.0" encoding="windows-1252"?>\n<movie>\n <title>“Été”</title>\n</movie>\n'

SHAPES: dict[str, bytes] = {
    "plain": PLAIN,
    "kodi": KODI,
    "jellyfin": JELLYFIN,
    "combined": COMBINED,
    "template": TEMPLATE,
    "joined": JOINED,
    "names_inside": NAMES_INSIDE,
    "listed": LISTED,
    "wrapped": WRAPPED,
    "one_line": ONE_LINE,
    "nested": NESTED,
    "two_roots": TWO_ROOTS,
    "show": SHOW,
    "leading_blank_line": b"\n" + KODI,
    "old_mac_line_ends": PLAIN.replace(b"\n", b"\r"),
    "utf16_le": codecs.BOM_UTF16_LE + WIDE.encode("utf-16-le"),
    "utf16_be": codecs.BOM_UTF16_BE + WIDE.encode("utf-16-be"),
    "utf16_said_only": WIDE.encode(),
    "windows_1252": LATIN.encode("cp1252"),
    "doctype": b"<!DOCTYPE movie>\n" + PLAIN,
    "no_child": b"<movie>\n</movie>",
    "nothing_in_it": b"<movie></movie>",
}
"""What can be changed."""

BOMB = (
    b'<?xml version="1.0"?>\n<!DOCTYPE movie [<!ENTITY a "aaaaaaaaaa">'
    b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>\n'
    b"<movie><title>&c;</title></movie>"
)
EXTERNAL = (
    b'<!DOCTYPE movie [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n'
    b"<movie><title>&x;</title></movie>"
)
BROKEN: dict[str, bytes] = {
    "bomb": BOMB,
    "external_entity": EXTERNAL,
    "undeclared_entity": b"<movie><title>&x;</title></movie>",
    "not_closed": b"<movie><title>A</title>",
    "crossed": b"<movie><title>A</movie></title>",
    "bare_ampersand": b"<movie><plot>Tom & Ada</plot></movie>",
    "wrong_bytes": b'<?xml version="1.0" encoding="utf-8"?><movie><title>\xff</title></movie>',
    "odd_encoding": b'<?xml version="1.0" encoding="rot13"?><movie/>',
    "deep": b"<movie>" + b"<a>" * 3000 + b"</a>" * 3000 + b"</movie>",
    "comment_without_end": b"<movie><!-- <title>A</title></movie>",
}
"""What must be refused, in a moment and a few bytes."""
