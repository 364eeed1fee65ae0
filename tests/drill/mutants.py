"""Photos and videos of ../shared, damaged: flipped bytes, runs of noise, cuts, doubled pieces, extreme numbers."""
SIZE_MAX = 3_000_000
SAMPLES = ["formats/jpg/el_torcal_rocks.jpg", "formats/heic/IMG_2682.heic", "formats/avif/8bit-sRGB.avif",
           "formats/jxl/8bit-sRGB.jxl", "formats/png/density_plot.png", "formats/webp/denali.webp", "formats/mp4/testsrc.mp4",
           "albums/nature/cyclamen_persicum.jpg", "metadata/gps-position/thompson-springs.jpg"]


def samples(folder):
    return [path for path in (folder / "testdata" / name for name in SAMPLES) if path.stat().st_size < SIZE_MAX]


def flip(rnd, data):
    for _ in range(rnd.randint(1, 20)):
        data[rnd.randrange(len(data))] = rnd.randrange(256)


def flip_head(rnd, data):
    for _ in range(rnd.randint(1, 8)):
        data[rnd.randrange(min(512, len(data)))] = rnd.randrange(256)


def noise(rnd, data):
    at, n = rnd.randrange(len(data)), rnd.randint(1, 4096)
    data[at:at + n] = rnd.randbytes(len(data[at:at + n]))


def cut(rnd, data):
    del data[rnd.randrange(1, len(data)):]


def double(rnd, data):
    at = rnd.randrange(len(data))
    data[at:at] = data[at:at + rnd.randint(1, 4096)]


def numbers(rnd, data):
    """Sizes and offsets in the head become extreme."""
    at = rnd.randrange(min(2048, max(1, len(data) - 4)))
    data[at:at + 4] = rnd.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\xff\xff"])


MUTATIONS = [flip, flip_head, noise, cut, double, numbers]


def mutants(folder, rnd, count):
    """(suffix, content) of so many."""
    sources = samples(folder)
    for i in range(count):
        source = sources[i % len(sources)]
        data = bytearray(source.read_bytes())
        rnd.choice(MUTATIONS)(rnd, data)
        yield source.suffix, bytes(data)
