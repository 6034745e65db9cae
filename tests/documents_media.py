"""Pictures, sound and film, by one run each of ffmpeg, and what a camera writes beside them, by exiftool."""

import subprocess
from pathlib import Path

from media import need

PICTURE = (320, 200)
"""Width and height of every picture and film, in pixels."""
SECONDS = 2.0
"""How long sound and film last."""
TITLE, ARTIST = "Overleg aan de kade", "Omroep Delfzijl"
"""What sound and film say of themselves, where their format can."""
TAKEN = "2011-11-05T15:42:07"
"""When the camera took its pictures."""
PLACE = (52.9966, 6.5623)
"""Where: Assen, in degrees."""

PICTURES = ("plain.jpg", "plain.png", "plain.gif", "plain.bmp", "plain.tif", "plain.webp")
CAMERA = ("camera.jpg", "camera-south-west.jpg", "camera.png", "camera.tif", "camera.webp")
SOUNDS = {
    "sound.mp3": ("-c:a", "libmp3lame"),
    "sound.wav": ("-c:a", "pcm_s16le"),
    "sound.flac": ("-c:a", "flac"),
    "sound.ogg": ("-c:a", "libvorbis"),
    "sound.opus": ("-c:a", "libopus"),
    "sound.m4a": ("-c:a", "aac"),
    "sound.aiff": ("-c:a", "pcm_s16be", "-write_id3v2", "1"),
    "sound.wma": ("-c:a", "wmav2"),
}
_H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-pix_fmt", "yuv420p")
FILMS = {
    "film.mp4": (*_H264, "-metadata", f"creation_time={TAKEN}Z"),
    "film-fast-start.mp4": (*_H264, "-movflags", "+faststart"),
    "film-in-pieces.mp4": (*_H264, "-movflags", "+frag_keyframe+empty_moov"),
    "film.mov": _H264,
    "film.mkv": _H264,
    "film.webm": ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libvorbis"),
    "film.avi": ("-c:v", "mpeg4", "-c:a", "libmp3lame"),
    "film.3gp": ("-c:v", "mpeg4", "-c:a", "aac"),
    "film.wmv": ("-c:v", "wmv2", "-c:a", "wmav2"),
}


def make_media(folder: Path) -> None:
    """All of the names above, in a folder."""
    size = f"{PICTURE[0]}x{PICTURE[1]}"
    _ffmpeg(
        folder,
        [("-f", "lavfi", "-i", f"testsrc=size={size}:duration=1:rate=1")],
        dict.fromkeys(PICTURES, ("-frames:v", "1")),
    )
    told = ("-metadata", f"title={TITLE}", "-metadata", f"artist={ARTIST}")
    sine = ("-f", "lavfi", "-i", f"sine=frequency=440:duration={SECONDS}")
    film = ("-f", "lavfi", "-i", f"testsrc=size={size}:duration={SECONDS}:rate=10")
    _ffmpeg(folder, [sine], {name: (*told, *how) for name, how in SOUNDS.items()})
    _ffmpeg(folder, [film, sine], {name: (*told, *how) for name, how in FILMS.items()})
    _camera(folder)


def _ffmpeg(folder: Path, sources: list[tuple[str, ...]], targets: dict[str, tuple[str, ...]]) -> None:
    command = [need("ffmpeg"), "-nostdin", "-loglevel", "error", "-y", "-bitexact"]
    for source in sources:
        command += source
    for name, how in targets.items():
        command += [*how, str(folder / name)]
    subprocess.run(command, check=True, capture_output=True)


def _camera(folder: Path) -> None:
    """Pictures with the date, the way they are turned and the place that a telephone writes."""
    for name in CAMERA:
        (folder / name).write_bytes((folder / f"plain.{name.rpartition('.')[2]}").read_bytes())
    date = TAKEN.replace("-", ":").replace("T", " ")
    told = [f"-DateTimeOriginal={date}", f"-CreateDate={date}", "-Orientation#=6", "-Artist=Anneke de Vries"]
    told += [f"-ImageDescription={TITLE}", "-Make=Nokia", "-Model=N8", "-overwrite_original", "-q"]
    here = [f"-GPSLatitude={PLACE[0]}", "-GPSLatitudeRef=N", f"-GPSLongitude={PLACE[1]}", "-GPSLongitudeRef=E"]
    there = [f"-GPSLatitude={PLACE[0]}", "-GPSLatitudeRef=S", f"-GPSLongitude={PLACE[1]}", "-GPSLongitudeRef=W"]
    names = [str(folder / name) for name in CAMERA if name != "camera-south-west.jpg"]
    command = [need("exiftool"), *told, *here, *names, "-execute", *told, *there, str(folder / "camera-south-west.jpg")]
    subprocess.run(command, check=True, capture_output=True)
