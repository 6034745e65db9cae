"""What happens to the contents of a stick: everyday changes, and what somebody may do to hide one (``E3``, ``E4``)."""

from linksync.custody.payload import MANIFEST
from linksync.demo.scenes import LESSON, PLAN, REPORT, Cases, Scene, prepared, travelled
from linksync.demo.sticks import ASSEN, EMMEN, ZWOLLE, relay_page

cases = Cases()


@cases("E301")
def flipped() -> Scene:
    """One bit of a sealed file is flipped."""
    stick = travelled()
    stick.change(REPORT, lambda data: bytes([data[0] ^ 1]) + data[1:])
    return Scene(stick=stick)


@cases("E301", "E306")
def altered_with_its_manifest() -> Scene:
    """A sealed file is altered, and the manifest with it, so that ``sha256sum -c`` on the manifest is content."""
    stick = travelled()
    before = stick.state.files[REPORT.encode()].hex().encode()
    stick.put(REPORT, "Wij volgden niets.\n")
    after = stick.digest(REPORT).hex().encode()
    stick.change(MANIFEST, lambda data: data.replace(before, after))
    return Scene(stick=stick)


@cases("E302")
def removed() -> Scene:
    """A sealed file is gone."""
    stick = travelled()
    stick.take(REPORT)
    return Scene(stick=stick)


@cases("E303")
def added() -> Scene:
    """A file that no hand-off has sealed: what is normal before the next one."""
    stick = travelled()
    stick.put(LESSON, "Twee docenten, een klas.\n")
    return Scene(stick=stick)


@cases("E303", "E306")
def added_and_put_in_the_manifest() -> Scene:
    """A file is added, and the manifest names it as if it were sealed."""
    stick = travelled()
    stick.put(LESSON, "Twee docenten, een klas.\n")
    line = stick.digest(LESSON).hex().encode() + b"  " + LESSON.encode() + b"\n"
    stick.change(MANIFEST, lambda data: data + line)
    return Scene(stick=stick)


@cases("E304")
def swapped() -> Scene:
    """Two sealed files have changed places."""
    stick = travelled()
    stick.files[REPORT.encode()], stick.files[PLAN.encode()] = (
        stick.files[PLAN.encode()],
        stick.files[REPORT.encode()],
    )
    return Scene(stick=stick)


@cases("E305")
def moved() -> Scene:
    """A sealed file stands under another name."""
    stick = travelled()
    stick.put(f"data/{ASSEN}/verslag van maandag.txt", stick.take(REPORT))
    return Scene(stick=stick)


@cases("E306")
def manifest_of_no_state() -> Scene:
    """The manifest leaves out a sealed file that is still there."""
    stick = travelled()
    line = stick.digest(PLAN).hex().encode() + b"  " + PLAN.encode() + b"\n"
    stick.change(MANIFEST, lambda data: data.replace(line, b""))
    return Scene(stick=stick)


@cases("E308", "W105")
def size_differs() -> Scene:
    """A sealed file has grown, as verifying without reading contents can see."""
    stick = travelled()
    stick.change(REPORT, lambda data: data + data)
    return Scene(stick=stick, quick=True)


@cases("E309")
def link_in_place_of_a_file() -> Scene:
    """A sealed file is replaced by a link to another file."""
    stick = travelled()
    stick.take(REPORT)
    stick.links[REPORT.encode()] = b"plan.txt"
    return Scene(stick=stick)


@cases("E401")
def held_by_policy() -> Scene:
    """A file whose name the relay's policy holds is taken in and waits for an archivist."""
    stick = travelled({**relay_page(), "policy": {"hold": ["*.iso"]}})
    stick.put(f"data/{EMMEN}/film.ISO", "Een schijf.\n")
    stick.hand_over(EMMEN)
    return Scene(stick=stick)


@cases("E402")
def refused_by_policy() -> Scene:
    """A file whose name the policy refuses is hashed and named, and not taken in."""
    stick = travelled({**relay_page(), "policy": {"refuse": ["*.exe"]}})
    stick.put(f"data/{EMMEN}/setup.exe", "MZ\n")
    stick.hand_over(EMMEN)
    return Scene(stick=stick)


@cases("E403")
def link_out_of_the_stick() -> Scene:
    """A link leads to a file of whoever plugs the stick in."""
    stick = travelled()
    stick.links[f"data/{EMMEN}/les.txt".encode()] = b"/etc/passwd"
    return Scene(stick=stick)


@cases("E403")
def linked_folder() -> Scene:
    """A link leads to a folder above the stick."""
    stick = travelled()
    stick.links[b"data/alles"] = b"../.."
    return Scene(stick=stick)


@cases("E404")
def name_with_a_line_feed() -> Scene:
    """A name with a line feed, which could put a line of its own into a list."""
    stick = travelled()
    stick.put(b"data/" + b"0" * 64 + b"  x\n" + b"0" * 64 + b"  y.txt", "Twee regels.\n")
    return Scene(stick=stick)


@cases("E404")
def name_with_a_carriage_return() -> Scene:
    """A name with a carriage return, over which tools disagree."""
    stick = travelled()
    stick.put(b"data/les\r.txt", "Een regel.\n")
    return Scene(stick=stick)


@cases("E404")
def records_folder_in_another_case() -> Scene:
    """A folder beside the records whose name some systems take for the same."""
    stick = travelled()
    stick.put("LinkSync/handoffs/000009-mallory/handoff.yaml", "format: 1\n")
    return Scene(stick=stick)


@cases("W107")
def name_that_bagit_cannot_read() -> Scene:
    """A name that holds ``%0A``: it is sealed, and the hand-off says that the stick is no bag by it."""
    stick = travelled()
    stick.put(f"data/{EMMEN}/korting 10%0ASAP.txt", "Wees snel.\n")
    stick.hand_over(EMMEN)
    return Scene(stick=stick)


@cases("W108")
def case_twins() -> Scene:
    """Two names that differ in case alone, both sealed."""
    stick = travelled()
    stick.put(f"data/{ASSEN}/Verslag.txt", "Een ander verslag.\n")
    stick.hand_over(ZWOLLE)
    return Scene(stick=stick)


@cases("W109")
def spelling_twins() -> Scene:
    """Two names that differ in Unicode spelling alone (NFC and NFD), both sealed."""
    stick = travelled()
    stick.put(f"data/{EMMEN}/één.txt", "Samengesteld.\n")
    stick.put(f"data/{EMMEN}/e\u0301e\u0301n.txt", "Ontleed.\n")
    stick.hand_over(EMMEN)
    return Scene(stick=stick)


@cases("W109", "E303")
def sealed_name_in_another_spelling() -> Scene:
    """A file of nearly the same name is put beside a sealed one, as if it were the sealed one."""
    stick = travelled()
    stick.put(f"data/{EMMEN}/één.txt", "Echt.\n")
    stick.hand_over(EMMEN)
    stick.put(f"data/{EMMEN}/e\u0301e\u0301n.txt", "Vals.\n")
    return Scene(stick=stick)


@cases("W102")
def litter() -> Scene:
    """What macOS leaves in every folder; no one gave it."""
    stick = travelled()
    stick.put("data/.DS_Store", b"\0\0\0\x01Bud1\0\0\x10\0")
    return Scene(stick=stick)


@cases("E303")
def litter_by_name_alone() -> Scene:
    """A file that bears the name of litter and holds something else."""
    stick = travelled()
    stick.put("data/Thumbs.db", "Dit is geen rommel.\n")
    return Scene(stick=stick)


@cases("W103")
def system_folder() -> Scene:
    """A folder of an operating system, which is named and never opened."""
    stick = travelled()
    stick.put(".Trash-1000/files/weg.txt", "Weggegooid.\n")
    return Scene(stick=stick)


@cases("W104")
def manifest_of_the_state_before() -> Scene:
    """The stick was pulled out between the signature and the manifest: the next run writes it."""
    stick = travelled()
    before = stick.files[MANIFEST.encode()]
    stick.put(LESSON, "Twee docenten, een klas.\n")
    stick.hand_over(EMMEN)
    stick.put(MANIFEST, before)
    return Scene(stick=stick)


@cases("W104")
def manifest_gone() -> Scene:
    """The manifest is not there."""
    stick = travelled()
    stick.take(MANIFEST)
    return Scene(stick=stick)


@cases("W105")
def contents_not_read() -> Scene:
    """A sound stick whose contents were not read, as it says."""
    return Scene(stick=travelled(), quick=True)


@cases("W110")
def still_waiting() -> Scene:
    """A file that the last hand-off named as waiting, since the host had no room."""
    stick = travelled()
    big = f"data/{EMMEN}/film.mp4".encode()
    stick.hand_over(EMMEN, facts={"waiting": {big: "no-room"}})
    stick.put(big, "Een grote film.\n")
    return Scene(stick=stick)


@cases("W111")
def special_file_that_was_named() -> Scene:
    """A link that the last hand-off named."""
    stick = travelled()
    link = f"data/{EMMEN}/snelkoppeling".encode()
    stick.links[link] = b"les.txt"
    stick.hand_over(EMMEN, facts={"special": {link: "link"}})
    return Scene(stick=stick)


@cases("W112")
def left_behind_when_cut_off() -> Scene:
    """An unfinished file of linksync's own."""
    stick = prepared()
    stick.put("linksync/.new-0123456789ab", "half")
    return Scene(stick=stick)
