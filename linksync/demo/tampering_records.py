"""What happens to the records: their shape, their folders, what a listed host seals in bad faith (``E1``)."""

from linksync.custody.findings import finding
from linksync.demo.scenes import LESSON, REPORT, Cases, Scene, prepared, travelled, travelled_on
from linksync.demo.sticks import ASSEN, EMMEN, ZWOLLE, Lie, Stick, relay_page

cases = Cases()

HANDOFF_2 = f"linksync/handoffs/000002-{ASSEN}"
HANDOFF_3 = f"linksync/handoffs/000003-{EMMEN}"
RELAY_1 = "linksync/relay/0001"


def lied(old: bytes, new: bytes, name: str = "handoff.yaml") -> Lie:
    """A lie that replaces some bytes in one file before it is sealed."""
    return Lie(files=lambda files: files | {name: files[name].replace(old, new)})


def resealed(lie: Lie) -> Stick:
    """A stick on which a listed host seals a lie in hand-off 3."""
    stick = travelled()
    stick.put(LESSON, "Twee docenten, een klas.\n")
    stick.hand_over(EMMEN, lie=lie)
    return stick


@cases("E101")
def no_link_at_all() -> Scene:
    """A stick with documents on it, as any other."""
    stick = Stick()
    stick.put("data/verslag.txt", "Zomaar een stick.\n")
    return Scene(stick=stick)


@cases("E102")
def half_prepared() -> Scene:
    """Preparing was cut off: the relay stands there and hand-off 1 does not."""
    stick = Stick()
    stick.sign_relay(relay_page())
    return Scene(stick=stick)


@cases("E103", "E217")
def relay_of_a_newer_format() -> Scene:
    """The relay is written in format 2, which this version cannot judge."""
    stick = prepared()
    newer = stick.copy()
    newer.files = {path: data for path, data in newer.files.items() if not path.startswith(b"linksync/relay/")}
    newer.relays = ()
    newer.sign_relay(relay_page(), lie=lied(b"format: 1\n", b"format: 2\n", "relay.yaml"))
    return Scene(stick=newer)


@cases("E103", "E303")
def hand_off_of_a_newer_format() -> Scene:
    """A later hand-off is written in format 2."""
    return Scene(stick=resealed(lied(b"format: 1\n", b"format: 2\n")))


@cases("E104")
def file_where_a_folder_belongs() -> Scene:
    """A plain file among the folders of hand-offs."""
    stick = travelled()
    stick.put("linksync/handoffs/000003-school-emmen", "Geen map.\n")
    return Scene(stick=stick)


@cases("E104")
def link_in_place_of_a_record() -> Scene:
    """A record is replaced by a link to the same bytes elsewhere, to be changed when nobody looks."""
    stick = travelled()
    stick.put("data/index.jsonl", stick.take(f"{HANDOFF_2}/index.jsonl"))
    stick.take("data/index.jsonl")
    stick.links[f"{HANDOFF_2}/index.jsonl".encode()] = b"../../../data/index.jsonl"
    return Scene(stick=stick)


@cases("E105")
def unlisted_file_in_a_sealed_folder() -> Scene:
    """A file that the seal does not list is put beside those that it lists."""
    stick = travelled()
    stick.put(f"{HANDOFF_2}/toelichting.txt", "Geloof mij.\n")
    return Scene(stick=stick)


@cases("E105")
def list_that_was_never_sealed() -> Scene:
    """A list of files to refuse is put into a sealed folder that has none."""
    stick = travelled()
    stick.put(f"{HANDOFF_2}/refused.sha256", stick.files[f"{HANDOFF_2}/added.sha256".encode()])
    return Scene(stick=stick)


@cases("E106")
def list_removed_from_a_sealed_folder() -> Scene:
    """The list of what a hand-off added is gone; the manifests, which a seal names, still tell the state."""
    stick = travelled()
    stick.take(f"{HANDOFF_2}/added.sha256")
    return Scene(stick=stick)


@cases("E107", "E303")
def seal_with_windows_line_ends() -> Scene:
    """A host seals lines that end in CR LF."""
    return Scene(stick=resealed(Lie(data=lambda data: data.replace(b"\n", b"\r\n"))))


@cases("E107", "E303", "E306")
def seal_converted_on_the_way() -> Scene:
    """An editor changed the line ends of a seal after it was signed."""
    stick = travelled_on()
    stick.change(f"{HANDOFF_3}/seal.sha256", lambda data: data.replace(b"\n", b"\r\n"))
    return Scene(stick=stick)


@cases("E108", "E303")
def seal_that_omits_the_record() -> Scene:
    """A host seals a hand-off without its ``handoff.yaml``, which could then say anything."""
    lie = Lie(entries=lambda lines: {path: d for path, d in lines.items() if not path.endswith(b"/handoff.yaml")})
    return Scene(stick=resealed(lie))


@cases("E108", "E303")
def seal_that_names_no_relay() -> Scene:
    """A host seals a hand-off that says by which relay version nobody is to judge it."""
    lie = Lie(entries=lambda lines: {path: d for path, d in lines.items() if b"linksync/relay/" not in path})
    return Scene(stick=resealed(lie))


@cases("E109", "E303")
def seal_that_lists_a_foreign_path() -> Scene:
    """A host seals a path outside its own folder."""
    return Scene(stick=resealed(Lie(entries=lambda lines: lines | {REPORT.encode(): bytes(32)})))


@cases("E109")
def hand_off_copied_under_another_name() -> Scene:
    """A sealed folder is copied: its seal lists the paths of the folder that it was made for."""
    stick = travelled()
    for path in stick.below(HANDOFF_2):
        stick.put(path.replace(b"000002-gemeente-assen", b"000003-gemeente-assen"), stick.files[path])
    return Scene(stick=stick)


@cases("E110", "E303")
def record_with_a_key_twice() -> Scene:
    """A host seals a record that says two things of one."""
    return Scene(stick=resealed(lied(b"number: 3\n", b"number: 3\nnumber: 4\n")))


@cases("E111", "E303")
def aliases_that_multiply() -> Scene:
    """A host seals a page in which aliases stand for aliases: a few lines that unfold to millions."""
    laughs = b"a: &a [lol, lol, lol, lol, lol]\n"
    for before, name in zip(b"abcdefgh", b"bcdefghi", strict=True):
        laughs += b"%c: &%c [%s]\n" % (name, name, b", ".join([b"*%c" % before] * 9))
    return Scene(stick=resealed(Lie(files=lambda files: files | {"handoff.yaml": laughs})))


@cases("E111", "E303")
def nested_without_end() -> Scene:
    """A host seals a page of 100,000 open brackets, on which some readers crash."""
    return Scene(stick=resealed(Lie(files=lambda files: files | {"handoff.yaml": b"[" * 100_000})))


@cases("E112", "E303")
def unknown_field() -> Scene:
    """A host seals a record with a field that the format does not know."""
    return Scene(stick=resealed(lied(b"number: 3\n", b"number: 3\napproved: true\n")))


@cases("E112", "E303")
def unlike_itself() -> Scene:
    """A host seals a number as text."""
    return Scene(stick=resealed(lied(b"number: 3\n", b'number: "3"\n')))


@cases("E113", "E303")
def list_with_windows_line_ends() -> Scene:
    """A host seals a list whose lines end in CR LF."""
    return Scene(stick=resealed(lied(b"\n", b"\r\n", "added.sha256")))


@cases("E113", "E303")
def list_out_of_order() -> Scene:
    """A host seals a list whose lines are not sorted, so that it has two spellings."""
    stick = travelled()
    stick.put(LESSON, "Twee docenten, een klas.\n")
    stick.put(f"data/{EMMEN}/rooster.txt", "Maandag en dinsdag.\n")
    turned = Lie(files=lambda files: files | {"added.sha256": _turned(files["added.sha256"])})
    stick.hand_over(EMMEN, lie=turned)
    return Scene(stick=stick)


def _turned(data: bytes) -> bytes:
    return b"".join(reversed(data.splitlines(keepends=True)))


@cases("E114", "E303")
def list_that_leads_out_of_the_stick() -> Scene:
    """A host seals a path with ``..``, which ``sha256sum -c`` would follow."""
    return Scene(stick=resealed(lied(LESSON.encode(), b"data/../../etc/passwd", "added.sha256")))


@cases("E114", "E303")
def list_with_an_absolute_path() -> Scene:
    """A host seals an absolute path."""
    return Scene(stick=resealed(lied(LESSON.encode(), b"/etc/passwd", "added.sha256")))


@cases("E114", "E303")
def seal_that_leads_out_of_the_stick() -> Scene:
    """A host seals a path with ``..`` in the seal itself."""
    return Scene(stick=resealed(Lie(entries=lambda lines: lines | {b"linksync/../../etc/passwd": bytes(32)})))


@cases("E115", "E303")
def list_that_names_the_records() -> Scene:
    """A host seals a list that names linksync's own folder, in another case."""
    return Scene(stick=resealed(lied(LESSON.encode(), b"LINKSYNC/relay/0001/relay.yaml", "added.sha256")))


@cases("E115", "E303")
def list_that_names_what_linksync_writes() -> Scene:
    """A host seals a list that names the START page, which every hand-off writes anew."""
    return Scene(stick=resealed(lied(LESSON.encode(), b"start-hier.html", "added.sha256")))


@cases("E116", "E226", "E303", "E306")
def huge_signature() -> Scene:
    """A signature is larger than any can be."""
    stick = travelled_on()
    stick.put(f"{HANDOFF_3}/seal.sha256.sig", b"-----BEGIN SSH SIGNATURE-----\n" + b"A" * 5000)
    return Scene(stick=stick)


@cases("E116", "E303")
def huge_list() -> Scene:
    """A host seals more lines than the relay's policy allows in a list."""
    stick = travelled({**relay_page(), "policy": {"list_lines": 3}})
    for number in range(4):
        stick.put(f"data/{EMMEN}/blad {number}.txt", f"Blad {number}.\n")
    stick.hand_over(EMMEN)
    return Scene(stick=stick)


@cases("E117", "E303")
def number_other_than_the_folder_says() -> Scene:
    """A host seals hand-off 3 as number 9 in its record."""
    return Scene(stick=resealed(lied(b"number: 3\n", b"number: 9\n")))


@cases("E118")
def counts_that_hide_a_file() -> Scene:
    """A host's page says that nothing was added, while its list adds a file."""
    return Scene(stick=resealed(lied(b"  added: 1\n  changed", b"  added: 0\n  changed")))


@cases("E118", "E120", "E303")
def list_without_its_index() -> Scene:
    """A host seals a list from which a file is left out that its index tells of."""
    stick = travelled()
    stick.put(LESSON, "Twee docenten, een klas.\n")
    stick.put(f"data/{EMMEN}/rooster.txt", "Maandag en dinsdag.\n")
    first = Lie(files=lambda files: files | {"added.sha256": files["added.sha256"].splitlines(keepends=True)[0]})
    stick.hand_over(EMMEN, lie=first)
    return Scene(stick=stick)


@cases("E118", attested=("E118",))
def wrong_counts_that_were_recorded() -> Scene:
    """Counts that do not fit, which the next hand-off found and recorded: a note from then on."""
    stick = resealed(lied(b"  added: 1\n  changed", b"  added: 0\n  changed"))
    stick.put(f"data/{ZWOLLE}/zorg.txt", "Zelf roosteren.\n")
    stick.hand_over(ZWOLLE, facts={"findings": (finding("E118", f"{HANDOFF_3}/handoff.yaml"),)})
    return Scene(stick=stick)


@cases("E119")
def something_among_the_records() -> Scene:
    """A folder that the format does not know, among linksync's own."""
    stick = travelled()
    stick.put("linksync/notities/lees.txt", "Hoort hier niet.\n")
    return Scene(stick=stick)


@cases("E119")
def folder_that_is_no_hand_off() -> Scene:
    """A folder among the hand-offs whose name is none."""
    stick = travelled()
    stick.put("linksync/handoffs/3-school-emmen/handoff.yaml", "format: 1\n")
    return Scene(stick=stick)


@cases("E120")
def state_of_another_stick() -> Scene:
    """A host seals other manifests than its lists add up to."""
    wrong = Lie(files=lambda files: files | {"state.sha256": b"0" * 64 + b"  manifest-sha256.txt\n"})
    return Scene(stick=resealed(wrong))
