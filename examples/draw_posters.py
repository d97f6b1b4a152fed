"""Draws the posters of films.csv: run `python examples/draw_posters.py` to make them anew."""

from __future__ import annotations

import math
import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 240, 356
Colour = tuple[int, int, int]


def sky(top: Colour, bottom: Colour) -> Image.Image:
    """A vertical gradient over the whole poster."""
    image = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    for y in range(HEIGHT):
        part = y / HEIGHT
        colour = tuple(round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True))
        draw.line((0, y, WIDTH, y), fill=colour)
    return image


def disc(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, fill: Colour) -> None:
    """A filled circle."""
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def orbit() -> Image.Image:
    """A dark planet with a ring, a small ship, many stars."""
    image, chance = sky((4, 6, 18), (18, 10, 34)), random.Random(1)
    draw = ImageDraw.Draw(image)
    for _ in range(180):
        grey = chance.randint(90, 255)
        disc(draw, chance.random() * WIDTH, chance.random() * HEIGHT, chance.random(), (grey,) * 3)
    glow = Image.new("RGB", image.size)
    disc(ImageDraw.Draw(glow), 120, 150, 82, (20, 120, 90))
    image = Image.blend(image, glow.filter(ImageFilter.GaussianBlur(24)), 0.35)
    draw = ImageDraw.Draw(image)
    disc(draw, 120, 150, 70, (12, 34, 40))
    disc(draw, 104, 136, 62, (20, 70, 66))
    draw.arc((10, 128, 230, 176), 20, 160, fill=(150, 220, 190), width=3)
    draw.polygon([(176, 236), (206, 246), (176, 252)], fill=(210, 210, 220))
    lettering(draw, "THE QUIET ORBIT", (150, 230, 190))
    return image


def harbour() -> Image.Image:
    """A bright sea, a sun, a sail, a row of coloured houses."""
    image = sky((255, 190, 120), (255, 236, 200))
    draw = ImageDraw.Draw(image)
    disc(draw, 176, 84, 34, (255, 244, 160))
    draw.rectangle((0, 200, WIDTH, HEIGHT), fill=(58, 160, 200))
    for i, colour in enumerate([(230, 90, 90), (250, 200, 70), (90, 170, 120), (240, 140, 60)]):
        left, top = 10 + i * 34, 140 - 10 * (i % 2)
        draw.rectangle((left, top, left + 30, 200), fill=colour)
        draw.polygon([(left - 3, top), (left + 15, top - 18), (left + 33, top)], fill=(170, 70, 50))
        draw.rectangle((left + 10, top + 14, left + 19, top + 28), fill=(255, 250, 230))
    draw.polygon([(170, 250), (206, 250), (188, 190)], fill=(255, 255, 255))
    draw.polygon([(160, 254), (216, 254), (204, 270), (172, 270)], fill=(150, 70, 40))
    lettering(draw, "TWO TICKETS TO PORTO", (255, 255, 255))
    return image


def ridge() -> Image.Image:
    """A red canyon at dusk with a lone rider."""
    image = sky((190, 80, 30), (250, 190, 90))
    draw = ImageDraw.Draw(image)
    disc(draw, 120, 150, 44, (255, 224, 140))
    draw.polygon([(0, 150), (50, 130), (60, 170), (110, 190), (0, 230)], fill=(120, 50, 24))
    draw.polygon([(240, 130), (196, 124), (182, 180), (130, 196), (240, 230)], fill=(104, 42, 20))
    draw.rectangle((0, 216, WIDTH, HEIGHT), fill=(78, 34, 18))
    draw.ellipse((96, 190, 146, 212), fill=(20, 10, 6))  # the horse
    for x in (100, 108, 134, 142):
        draw.line((x, 206, x - 2, 230), fill=(20, 10, 6), width=3)
    draw.polygon([(140, 196), (156, 176), (164, 184), (148, 204)], fill=(20, 10, 6))
    draw.rectangle((114, 166, 126, 196), fill=(20, 10, 6))
    disc(draw, 120, 162, 6, (20, 10, 6))
    draw.line((108, 158, 132, 158), fill=(20, 10, 6), width=3)
    lettering(draw, "DUST OVER RIDGE COUNTY", (250, 214, 150))
    return image


def burrow() -> Image.Image:
    """A smiling rabbit under a large moon."""
    image = sky((52, 84, 170), (150, 120, 210))
    draw = ImageDraw.Draw(image)
    disc(draw, 160, 84, 46, (255, 246, 190))
    for i in range(9):
        angle = i * 0.7
        disc(draw, 120 + 110 * math.cos(angle), 90 + 80 * math.sin(angle), 2, (255, 255, 230))
    draw.ellipse((-60, 210, 300, 620), fill=(80, 170, 90))
    for x in (92, 122):
        draw.ellipse((x, 130, x + 20, 200), fill=(240, 236, 230))
        draw.ellipse((x + 6, 140, x + 14, 190), fill=(250, 180, 190))
    disc(draw, 117, 214, 38, (240, 236, 230))
    for x in (103, 131):
        disc(draw, x, 208, 6, (40, 30, 40))
    disc(draw, 117, 221, 4, (240, 120, 140))
    draw.arc((105, 218, 129, 236), 20, 160, fill=(40, 30, 40), width=2)
    lettering(draw, "PIP AND THE MOON BURROW", (255, 250, 220))
    return image


def lettering(draw: ImageDraw.ImageDraw, text: str, fill: Colour) -> None:
    """The title in two lines at the foot of the poster."""
    words = text.split()
    for row, line in enumerate((words[: len(words) // 2], words[len(words) // 2 :])):
        draw.text((WIDTH / 2, 296 + 26 * row), " ".join(line), fill, anchor="mm", font_size=22)


if __name__ == "__main__":
    folder = Path(__file__).parent / "posters"
    folder.mkdir(exist_ok=True)
    for drawn in (orbit, harbour, ridge, burrow):
        drawn().save(folder / f"{drawn.__name__}.jpg", quality=88)
