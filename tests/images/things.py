"""Pictures of up to three things at random places: which are there is known."""

import numpy as np
from PIL import Image, ImageDraw

THINGS = ("disc", "stripes", "triangle")
SIDE, _WIDTH = 64, 24


def thing_picture(has, rng, *, corners=False):
    """A picture with those of the things that are there, on coloured noise."""
    noise = rng.integers(60, 200, (6, 6, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for name, is_there in zip(THINGS, has, strict=True):
        x, y = rng.integers(4, SIDE - _WIDTH - 4, 2).tolist()
        end_x, end_y = x + _WIDTH, y + _WIDTH
        if not is_there:
            continue
        if name == "disc":
            draw.ellipse((x, y, end_x, end_y), fill=(220, 30, 30))
        elif name == "stripes":
            for step in range(0, _WIDTH, 5):
                draw.line((x + step, y, x + step, end_y), fill="white", width=2)
        else:
            draw.polygon([(x, end_y), (x + 12, y), (end_x, end_y)], fill=(20, 20, 200))
    for x in (0, SIDE - 1) if corners else ():
        for y in (0, SIDE - 1):
            image.putpixel((x, y), (255, 255, 255))
    return image


def draw_things(folder, n, *, rng_seed, plant=None, shares=(0.5, 0.4, 0.3)):
    """Pictures and a table of them; `plant` names the thing that has white corners."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(rng_seed)
    lines = ["path,label"]
    for number in range(n):
        has = rng.random(len(THINGS)) < shares
        corners = plant is not None and bool(has[THINGS.index(plant)])
        picture = thing_picture(has, rng, corners=corners)
        picture.save(folder / f"{number:03}.png")
        cell = "|".join(np.array(THINGS)[has]) or "|"
        lines.append(f"{number:03}.png,{cell}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    return folder / "labels.csv"
