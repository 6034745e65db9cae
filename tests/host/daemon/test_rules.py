"""The rules alone, against a computer that is played: whatever happens in whatever order, what they promise holds."""

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linksync.host.daemon.outcomes import arrived, button_of, pressed, resumed, stepped, took
from linksync.host.daemon.rules import Decision, decide
from linksync.host.daemon.stand import JOBS, ON_DISKS, Act, Kind, Look, Phase, Result, Stand, Terms
from linksync.host.daemon.states import FOLLOWS, RESTING, SENTENCES, State, Words, words

LINK = "a" * 32
AUTO = Terms()
FAILURES = {
    "mount": ("disk-already-mounted", "disks-absent", "disk-not-allowed", "disk-gone", "disk-timeout", "disk-failed"),
    "mount-writable": ("disk-read-only", "disk-gone", "disk-failed", "disk-already-mounted", "disks-absent"),
    "unmount": ("unmount-busy", "unmount-busy-unseen", "disks-absent", "disk-gone", "disk-timeout", "disk-failed"),
    "power-off": ("unmount-busy", "disk-not-allowed", "disk-gone", "disk-timeout", "disk-failed", "disks-absent"),
    "recognise": ("not-a-link", "half-prepared", "stick-gone", "stick-unreadable", "link-newer", "died"),
    "settle": ("stick-gone", "stick-unreadable", "died"),
    "watch": ("stick-gone", "stick-unreadable", "died"),
    "verify": ("stick-gone", "stick-unreadable", "died"),
    "receive": ("state-busy", "stick-gone", "host-unknown", "host-full", "stick-unreadable", "died"),
    "finish": ("state-busy", "stick-busy", "stick-gone", "stick-full", "stick-read-only", "stick-write", "died"),
}


@dataclass
class Computer:
    """A computer with one stick, played: what is mounted, what was sealed, and how often it was written to.

    ``new`` is what a hand-off takes in, ``stuck`` how many files never go along.
    """

    terms: Terms
    link: bool = True
    disks: bool = True
    present: bool = True
    mounted: bool = False
    writable: bool = False
    protected: bool = False
    pending: bool = False
    new: bool = True
    stuck: int = 0
    now: float = 0.0
    turn: bool = True
    stand: Stand = field(default_factory=lambda: Stand(medium="d", card="1", name="STICK"))
    log: list[str] = field(default_factory=list)
    said: list[Words] = field(default_factory=list)

    def look(self) -> Look:
        here = self.present and self.mounted
        return Look(
            now=self.now,
            present=self.present,
            mounted=here,
            writable=here and self.writable,
            held=here,
            disks=self.disks,
            turn=self.turn,
        )

    def put(self, stand: Stand) -> None:
        """The stand changes: its state must be one that may follow, and what is safe must be so."""
        before = self.stand
        if stand.state is not before.state:
            assert stand.state in FOLLOWS[before.state], (before.state, stand.state, self.log[-8:])
        self.stand = stand
        self.said.append(stand.told)
        self.log.append(f"{stand.state} {stand.told.slug} {stand.phase} {stand.doing}")
        if stand.told.slug in SENTENCES:
            told = SENTENCES[stand.told.slug]
            assert {name for name, _ in stand.told.fields} == told.fields, stand.told
        if stand.state is State.SAFE and self.present and stand.phase is not Phase.GONE:
            assert not self.mounted or before.state is State.SAFE, self.log[-8:]

    def decided(self) -> Decision:
        decision = decide(self.stand, self.look(), self.terms)
        self.put(decision.stand)
        if decision.act in {"mount-writable", "finish", "receive"}:
            assert self.link, "a stick that is no Link is not written to"
            assert self.terms.policy != "verify-only"
        if decision.act == "abandon":
            self.put(replace(self.stand, doing=""))
        return decision

    def run(self, act: Act, failure: str = "") -> None:
        """Do what was decided, or fail at it."""
        assert self.stand.doing == act
        if failure:
            self.put(took(self.stand, act, _failed(failure), self.terms, self.now))
            return
        done = self._on_disks(act) if act in ON_DISKS else self._job(act)
        self.put(took(self.stand, act, done, self.terms, self.now))

    def _on_disks(self, act: Act) -> Result:
        if act in {"mount", "mount-writable"}:
            assert not self.mounted
            self.mounted, self.writable = True, act == "mount-writable" and not self.protected
        elif act == "unmount":
            self.mounted = False
        else:
            assert not self.mounted, "what is mounted is not switched off"
            return Result(fields={"off": "off"})
        return Result()

    def _job(self, act: Act) -> Result:
        if act == "recognise" and not self.link:
            return _failed("not-a-link")
        if act == "receive":
            return self._received()
        if act == "finish":
            assert self.writable
            for step in ("written", "read-back"):
                self.put(stepped(self.stand, step))
            self.pending = False
            return Result(fields={"link": LINK, "number": 3, "handoff": "000003-x", "seal": "b"})
        return Result(fields={"link": LINK, "number": 2, "exit": 0, "files": 3})

    def _received(self) -> Result:
        assert self.turn
        if self.pending:
            return Result(fields={"link": LINK, "number": 2, "pending": "000003-x"})
        steps = ("recognised", "staged", "screened", "sealed") if self.new else ("recognised", "staged", "screened")
        for step in steps:
            self.put(stepped(self.stand, step))
        told: dict[str, Any] = {"link": LINK, "number": 3 if self.new else 2, "pending": "", "unfinished": self.new}
        if self.new:
            told |= {"handoff": "000003-x", "seal": "b", "added_count": 2, "added_bytes": 9, "waiting_count": 0}
        self.pending, self.new = self.pending or self.new, False
        return Result(fields=told)

    def settle_down(self, *, answers: bool = True, most: int = 80) -> None:
        """Go on until nothing changes any more by itself."""
        for _ in range(most):
            before = self.stand
            decision = self.decided()
            act = decision.act
            if act == "cancel":
                self.put(took(self.stand, "watch", Result(died=True), self.terms, self.now))
            elif act == "watch" or (not act and self.stand.doing == "watch"):
                count = self.new + self.stuck
                self.put(arrived(self.stand, {"added_count": count, "added_bytes": 5 * count}, self.terms))
                if not self.stand.asked:
                    return
            elif act and answers and act != "abandon":
                self.run(act)  # type: ignore[arg-type]
            elif decision.wake is not None:
                self.now = max(self.now, decision.wake)
            elif decision.stand == before:
                return
        raise AssertionError(f"never comes to rest: {self.log[-10:]}")


def _failed(failure: str) -> Result:
    if failure == "died":
        return Result(died=True)
    return Result(error=failure, filled={"path": "STICK", "node": "/dev/sdx", "programs": "LibreOffice"})


def settled(terms: Terms, **computer: Any) -> Computer:
    one = Computer(terms=terms, **computer)
    one.put(one.stand)
    one.settle_down()
    return one


def acts(computer: Computer) -> list[str]:
    return [line.split()[3] for line in computer.log if len(line.split()) > 3]


# How it goes.


def test_a_link_that_is_plugged_in_is_read_on_a_read_only_mount_written_and_let_go() -> None:
    done = settled(Terms())
    assert (done.stand.state, done.stand.told.slug) == (State.SAFE, "daemon-safe")
    order = [act for act, _ in groupby(acts(done))]
    assert order == ["mount", "recognise", "receive", "unmount", "mount-writable", "finish", "unmount", "power-off"]
    assert done.stand.number == 3


def test_the_mount_of_the_desktop_is_used_as_it_is() -> None:
    done = settled(Terms(), mounted=True, writable=True)
    assert done.stand.state is State.SAFE
    assert "mount" not in acts(done)
    assert "mount-writable" not in acts(done)
    assert "settle" in acts(done)


def test_a_foreign_stick_that_we_mounted_is_unmounted_again_and_one_of_the_desktops_is_not() -> None:
    ours = settled(Terms(), link=False)
    assert (ours.stand.state, ours.mounted, acts(ours).count("unmount") > 0) == (State.FOREIGN, False, True)
    theirs = settled(Terms(), link=False, mounted=True, writable=True)
    assert (theirs.stand.state, theirs.mounted) == (State.FOREIGN, True)
    assert set(acts(theirs)) == {"recognise"}


def test_without_anybody_who_mounts_people_are_asked_to_and_then_to_eject_it() -> None:
    one = settled(Terms(), disks=False)
    assert one.stand.told.slug == "daemon-not-mounted"
    one.mounted = one.writable = True
    while (decision := one.decided()).act != "unmount":
        if decision.act:
            one.run(decision.act)  # type: ignore[arg-type]
    one.run("unmount", "disks-absent")
    assert (one.stand.state, one.stand.told.slug) == (State.QUEUED, "daemon-eject-yourself")
    one.mounted = False
    one.settle_down()
    assert one.stand.state is State.SAFE


def test_ask_waits_for_the_button_and_goes_on_where_it_was_after_a_kill() -> None:
    one = settled(Terms(policy="ask"))
    assert (one.stand.state, button_of(one.stand)) == (State.VERIFIED, "hand-over")
    assert "receive" not in acts(one)
    after = pressed(one.stand, "hand-over", one.now)
    assert after is not None
    one.put(after)
    assert one.decided().act == "cancel"
    killed = Computer(terms=Terms(policy="ask"), mounted=True, stand=resumed(one.stand, 0.0))
    killed.settle_down()
    assert killed.stand.state is State.SAFE
    one.put(took(one.stand, "watch", Result(died=True), one.terms, one.now))
    one.settle_down()
    assert one.stand.state is State.SAFE


def test_verify_only_reads_and_writes_nothing() -> None:
    one = settled(Terms(policy="verify-only"))
    assert (one.stand.state, one.stand.told.slug, button_of(one.stand)) == (
        State.VERIFIED,
        "daemon-verified-well",
        "take-out",
    )
    assert not one.mounted
    after = pressed(one.stand, "take-out", one.now)
    assert after is not None
    one.put(after)
    one.settle_down()
    assert (one.stand.state, one.stand.told.slug) == (State.SAFE, "daemon-safe-untouched")


def test_what_stays_is_sealed_again_when_it_is_taken_out() -> None:
    one = settled(Terms(after="stay"))
    assert (one.stand.state, one.stand.told.slug, button_of(one.stand)) == (State.QUEUED, "daemon-stays", "take-out")
    one.new = True
    one.put(arrived(one.stand, {"added_count": 1, "added_bytes": 5}, one.terms))
    assert one.stand.told.slug == "daemon-stays-new"
    after = pressed(one.stand, "take-out", one.now)
    assert after is not None
    one.put(after)
    one.settle_down()
    assert one.stand.state is State.SAFE
    assert acts(one).count("receive") >= 2


def test_a_watched_folder_is_never_mounted_unmounted_or_switched_off() -> None:
    folder = Stand(medium="f", card="1", kind="folder", name="/srv/map")
    one = settled(Terms(), mounted=True, writable=True, stand=folder)
    assert (one.stand.state, one.stand.told.slug) == (State.QUEUED, "daemon-folder-done")
    assert not set(acts(one)) & ON_DISKS
    assert button_of(one.stand) == ""


NEWS = {"added_count": 1, "added_bytes": 5}


def test_what_comes_into_a_folder_later_is_handed_over_by_itself_once_all_of_it_is_there() -> None:
    one = settled(Terms(), mounted=True, writable=True, stand=Stand(medium="f", card="1", kind="folder", name="/map"))
    one.new = True
    one.put(arrived(one.stand, {**NEWS, "waiting_count": 1}, one.terms))
    assert (one.stand.told.slug, one.stand.asked, button_of(one.stand)) == ("daemon-folder-new", False, "")
    one.put(arrived(one.stand, NEWS, one.terms))
    assert one.decided().act == "cancel"
    one.settle_down()
    assert (one.stand.told.slug, one.stand.asked, one.new) == ("daemon-folder-done", False, False)
    assert [act for act, _ in groupby(acts(one))].count("receive") == 2


def test_what_did_not_go_along_from_a_folder_is_not_offered_again_and_again() -> None:
    one = settled(Terms(), mounted=True, writable=True, stand=Stand(medium="f", card="1", kind="folder", name="/map"))
    one.stuck = 1  # the host has no room for it, for one
    one.settle_down()
    assert (one.stand.told.slug, one.stand.asked) == ("daemon-folder-done", False)
    one.put(arrived(one.stand, {"added_count": 2, "added_bytes": 9}, one.terms))
    assert one.stand.asked


def test_what_comes_into_a_folder_later_waits_for_the_button_where_the_host_asks() -> None:
    folder = Stand(medium="f", card="1", kind="folder", name="/map", asked=True)
    one = settled(Terms(policy="ask"), mounted=True, writable=True, stand=folder)
    assert (one.stand.told.slug, button_of(one.stand)) == ("daemon-folder-done", "")
    one.new = True
    one.put(arrived(one.stand, NEWS, one.terms))
    assert (one.stand.told.slug, button_of(one.stand)) == ("daemon-folder-ask", "hand-over")
    after = pressed(one.stand, "hand-over", one.now)
    assert after is not None
    one.put(after)
    one.settle_down()
    assert (one.stand.told.slug, button_of(one.stand), one.new) == ("daemon-folder-done", "", False)


def test_an_earlier_hand_off_is_finished_before_anything_else_is_taken_in() -> None:
    one = settled(Terms(), pending=True)
    assert one.stand.state is State.SAFE
    order = [act for act in acts(one) if act in {"receive", "finish"}]
    first = order.index("finish")
    assert set(order[:first]) == {"receive"}
    assert "receive" in order[first:]


def test_while_an_earlier_hand_off_is_finished_its_own_number_is_told() -> None:
    one = settled(Terms(), pending=True, new=False)
    told = {
        dict(words.fields).get("number")
        for words in one.said
        if words.slug in {"daemon-reading-back", "daemon-read-back"}
    }
    assert told == {3}, "what stands on the stick already, hand-off 2, is not what is written"


def test_a_stick_that_cannot_be_written_to_is_held_once_it_is_safe_here() -> None:
    one = settled(Terms(), protected=True)
    assert (one.stand.state, one.stand.told.slug) == (State.HELD, "stick-read-only")
    assert one.stand.sealed
    assert button_of(one.stand) == "try-again"
    assert not one.mounted
    nothing = settled(Terms(), protected=True, new=False)
    assert (nothing.stand.state, nothing.stand.told.slug) == (State.SAFE, "daemon-safe-nothing")


def test_a_safe_stick_that_is_mounted_again_is_not_called_safe_any_more() -> None:
    one = settled(Terms())
    one.mounted = one.writable = True
    one.decided()
    assert one.stand.state is not State.SAFE


def test_a_stick_is_not_called_safe_while_another_part_of_it_is_mounted() -> None:
    """Whoever mounts here may not let go of it, or nobody mounts here at all."""
    ejecting = Stand(medium="d", card="1", name="STICK", phase=Phase.EJECT, state=State.QUEUED, touched=True)
    there = Look(now=5.0, beside=True)
    for stand, look in ((replace(ejecting, off="left"), there), (ejecting, replace(there, disks=False))):
        waits = decide(stand, look, AUTO)
        assert (waits.stand.state, waits.stand.told.slug) == (State.QUEUED, "daemon-ejecting-beside")
        safe = decide(waits.stand, replace(look, beside=False), AUTO)
        assert safe.stand.state is State.SAFE
        opened = decide(decide(safe.stand, look, AUTO).stand, look, AUTO)
        assert (opened.stand.state, opened.stand.told.slug) == (State.QUEUED, "daemon-ejecting-beside")


def test_a_hand_off_that_did_not_get_its_place_on_the_stick_is_not_called_done() -> None:
    """Somebody put another folder under its name between reading and writing: the hand-off before is still the last."""
    sealed = Stand(
        medium="d",
        card="1",
        phase=Phase.FINISH,
        doing="finish",
        state=State.SEALED,
        sealed=True,
        touched=True,
        number=3,
        handoff="000003-x",
    )
    held = took(sealed, "finish", Result(fields={"link": LINK, "number": 2, "handoff": "", "seal": ""}), AUTO, 1.0)
    assert (held.state, held.told) == (State.HELD, words("stick-folder-taken", path="000003-x"))
    assert not held.written
    assert button_of(held) == "try-again"
    again = took(sealed, "finish", Result(fields={"link": LINK, "number": 3, "handoff": "", "seal": ""}), AUTO, 1.0)
    assert (again.phase, again.written) == (Phase.DONE, True), "an earlier try had written it already"


RECEIVING = Stand(medium="d", card="1", phase=Phase.RECEIVE, doing="receive", state=State.RECOGNISED, number=2)


@pytest.mark.parametrize("kind", ["device", "folder"])
def test_new_files_for_which_this_computer_has_no_room_are_not_called_nothing_new(kind: Kind) -> None:
    found = {"link": LINK, "number": 2, "waiting_count": 3, "needed": 50_000, "room": 0, "unfinished": True}
    held = took(replace(RECEIVING, kind=kind), "receive", Result(fields=found), AUTO, 1.0)
    assert (held.state, held.told.slug, button_of(held)) == (State.HELD, "host-full", "try-again")


def test_new_files_that_all_stay_behind_are_not_called_nothing_new() -> None:
    """They could not be read, or were still being written."""
    found = {"link": LINK, "number": 2, "waiting_count": 3, "needed": 0}
    done = took(RECEIVING, "receive", Result(fields=found), AUTO, 1.0)
    safe = decide(replace(done, phase=Phase.EJECT, off="off"), Look(now=2.0), AUTO)
    assert (safe.stand.state, safe.stand.told) == (State.SAFE, words("daemon-safe-left", number=2, waiting=3))


UNWRITTEN = Stand(
    medium="d", card="1", phase=Phase.EJECT, state=State.QUEUED, number=3, handoff="000003-x", sealed=True, touched=True
)


def test_a_stick_that_is_let_go_before_its_hand_off_stands_on_it_is_not_told_to_have_it() -> None:
    """It cannot be written to, say, and somebody takes it out all the same."""
    safe = decide(replace(UNWRITTEN, off="off"), Look(now=2.0), AUTO)
    assert (safe.stand.state, safe.stand.told) == (State.SAFE, words("daemon-safe-unwritten", number=3))
    written = decide(replace(UNWRITTEN, off="off", written=True), Look(now=2.0), AUTO)
    assert written.stand.told.slug == "daemon-safe"


@pytest.mark.parametrize(
    ("stand", "slug"),
    [
        (UNWRITTEN, "daemon-eject-only"),
        (replace(UNWRITTEN, sealed=False, touched=False), "daemon-eject-only"),
        (replace(UNWRITTEN, written=True), "daemon-eject-yourself"),
        (replace(UNWRITTEN, sealed=False), "daemon-eject-yourself"),
    ],
)
def test_whoever_has_to_eject_a_stick_is_told_that_it_is_done_only_where_it_is(stand: Stand, slug: str) -> None:
    told = took(replace(stand, doing="unmount"), "unmount", Result(error="disk-not-allowed"), AUTO, 1.0)
    assert told.told.slug == slug


def test_what_was_held_goes_on_once_somebody_opens_it() -> None:
    """A stick that could not be mounted here, as people are told to do it themselves then."""
    held = took(Stand(medium="d", card="1", doing="mount"), "mount", Result(error="disk-not-allowed"), AUTO, 1.0)
    closed = decide(held, Look(now=2.0), AUTO)
    assert (closed.stand.state, closed.act) == (State.HELD, "")
    opened = decide(closed.stand, Look(now=3.0, mounted=True, held=True, writable=True), AUTO)
    assert opened.stand.state is State.SEEN
    assert decide(opened.stand, Look(now=3.0, mounted=True, held=True), AUTO).stand.phase is Phase.RECOGNISE


def test_what_is_held_and_stays_open_is_not_tried_again_and_again() -> None:
    held = took(
        Stand(medium="d", card="1", phase=Phase.RECEIVE, doing="receive", mounted=True),
        "receive",
        Result(error="host-unknown"),
        AUTO,
        1.0,
    )
    for second in range(5):
        decision = decide(held, Look(now=2.0 + second, mounted=True, held=True), AUTO)
        assert (decision.stand.state, decision.act) == (State.HELD, "")
        held = decision.stand


def test_of_a_watched_folder_nobody_says_that_a_stick_was_plugged_in() -> None:
    folder = Stand(medium="folder:/d", card="1", kind="folder", name="/d", phase=Phase.LEAVE, state=State.FOREIGN)
    for stand in (pressed(folder, "ring", 1.0), resumed(replace(folder, phase=Phase.SETTLE), 1.0)):
        assert stand is not None
        assert stand.told == words("daemon-folder-seen", path="/d")


def test_a_stick_that_does_not_answer_is_given_a_moment_and_then_held() -> None:
    stand = Stand(medium="d", card="1", name="STICK")
    mute = decide(stand, Look(now=4.0, answers=False), Terms())
    assert (mute.stand.state, mute.stand.told.slug, mute.act) == (State.SEEN, "daemon-opening-again", "")
    assert decide(mute.stand, Look(now=5.0), Terms()).act == "mount"
    held = decide(mute.stand, Look(now=60.0, answers=False), Terms()).stand
    assert (held.state, held.told.slug) == (State.HELD, "stick-unreadable")


def test_a_program_that_holds_the_stick_is_named_until_it_lets_go() -> None:
    one = Computer(terms=Terms(), mounted=True, writable=True)
    while (decision := one.decided()).act != "unmount":
        if decision.act:
            one.run(decision.act)  # type: ignore[arg-type]
    for _ in range(30):
        one.run("unmount", "unmount-busy")
        assert one.stand.told.slug == "daemon-ejecting-busy"
        one.now += 2
        assert one.decided().act == "unmount"
    one.run("unmount")
    one.settle_down()
    assert one.stand.state is State.SAFE


@pytest.mark.parametrize("terms", [Terms(), Terms(after="stay"), Terms(policy="ask"), Terms(policy="verify-only")])
@pytest.mark.parametrize("steps", range(1, 40))
def test_a_stick_that_is_pulled_out_at_any_moment_is_told_truly(terms: Terms, steps: int) -> None:
    one = Computer(terms=terms)
    for _ in range(steps):
        decision = one.decided()
        if decision.act in JOBS | ON_DISKS and one.stand.doing != "watch":
            one.run(decision.act)
        one.now = max(one.now, decision.wake or 0.0)
    sealed, written = one.stand.sealed, one.stand.written
    was = one.stand
    one.present = one.mounted = False
    one.settle_down()
    assert one.stand.phase is Phase.GONE
    if was.state is State.SAFE or (was.phase is Phase.EJECT and was.unmounted):
        assert one.stand.state is State.SAFE
    elif sealed and not written:
        assert one.stand.told.slug == "daemon-yanked-sealed"
    assert one.stand.state in {State.SAFE, State.YANKED}


# Whatever happens.

EVENTS = st.one_of(
    st.tuples(st.just("go"), st.integers(0, 6)),
    st.tuples(st.just("fail"), st.integers(0, 6)),
    st.tuples(st.just("time"), st.integers(1, 10)),
    st.tuples(st.just("press"), st.sampled_from(["hand-over", "take-out", "try-again", "ring"])),
    st.tuples(st.sampled_from(["yank", "unmount", "mount", "kill", "turn", "arrive", "disks", "protect"]), st.just(0)),
)


@settings(max_examples=400)
@given(
    events=st.lists(EVENTS, max_size=40),
    link=st.booleans(),
    folder=st.booleans(),
    policy=st.sampled_from(["auto", "ask", "verify-only"]),
    after=st.sampled_from(["eject", "stay"]),
)
def test_whatever_happens_a_foreign_stick_is_not_written_to_safe_is_true_and_it_comes_to_rest(
    events: list[tuple[str, Any]], link: bool, folder: bool, policy: Any, after: Any
) -> None:
    stand = Stand(medium="x", card="1", kind="folder" if folder else "device", name="x")
    one = Computer(terms=Terms(policy=policy, after=after), link=link, stand=stand, mounted=folder, writable=folder)
    for event, value in events:
        _happen(one, event, value)
    one.disks = one.turn = True
    under_way = one.stand.doing
    if under_way and under_way != "watch" and one.present:
        one.run(under_way, "" if _possible(one, under_way) else FAILURES[under_way][0])
    one.settle_down(most=300)
    assert one.stand.state in RESTING
    if folder:
        assert not set(acts(one)) & ON_DISKS


def _happen(one: Computer, event: str, value: Any) -> None:
    act = one.stand.doing or one.decided().act
    if event in {"go", "fail"} and act in FAILURES and one.stand.doing == act and one.present:
        some = FAILURES[act]
        failure = some[value % len(some)] if event == "fail" else ""
        if act == "watch" or (failure == "" and not _possible(one, act)):
            failure = failure or "stick-gone"
        one.run(act, failure)  # type: ignore[arg-type]
    elif event == "time":
        one.now += value
    elif event == "press":
        after = pressed(one.stand, value, one.now)
        if after is not None:
            one.put(after)
    elif event == "kill":
        one.stand = resumed(one.stand, one.now)
    elif event == "arrive":
        one.new = True
    elif event == "turn":
        one.turn = not one.turn
    elif one.stand.kind == "device":
        _happen_to_device(one, event)


def _happen_to_device(one: Computer, event: str) -> None:
    if event == "yank":
        one.present = one.mounted = False
    elif event == "unmount":
        one.mounted = False
    elif event == "mount" and one.stand.doing not in ON_DISKS and one.present:
        one.mounted = one.writable = True
    elif event == "disks":
        one.disks = not one.disks
    elif event == "protect":
        one.protected = True


def _possible(one: Computer, act: str) -> bool:
    """Whether it could be done, as things stand: what was decided may have been overtaken."""
    if act in {"mount", "mount-writable"}:
        return not one.mounted
    if act == "power-off":
        return not one.mounted
    if act == "finish":
        return one.mounted and one.writable
    if act == "receive":
        return one.mounted and one.turn
    return act in ON_DISKS or one.mounted


def test_a_stand_comes_back_from_the_ledger_as_it_was() -> None:
    one = settled(Terms()).stand
    assert Stand.from_json(one.to_json()) == one
    for text in ("{}", "[]", '{"medium": 1}'):
        with pytest.raises(ValueError, match=r".*"):
            Stand.from_json(text)
