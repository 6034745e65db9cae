"""A key that is replaced voids no history: not on the stick, not in an archive that knows the new version first."""

from pathlib import Path

from linksync.demo.world import World, signer_of

FIRST, SECOND = "gemeente-groningen", "bibliotheek-leeuwarden"


def rotated(world: World, *holders: str) -> None:
    """The next version of the relay, in which these have new keys."""
    page = world.page
    for holder in holders:
        page = page.replace(signer_of(holder).public.line, signer_of(f"{holder} anew").public.line)
    world.sign_relay(page)


def test_an_organiser_with_a_new_key_leaves_the_journey_as_it_is(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    world.travel(2)
    archive = world.archive()
    rotated(world, "ncsi")
    archive.learn_relay(world.relays)
    synced = world.sync(SECOND)
    told = world.verify(SECOND).report
    assert (told.exit, [found.code for found in told.findings]) == (0, ["W115"])
    assert {one.folder for one in synced.sent} >= {"000002-gemeente-groningen", "000003-bibliotheek-leeuwarden"}
    seals = [node.seal.hash for node in world.verify().judged.history.chain.line]
    assert all(world.archive().holds_handoff(seal) for seal in seals)


def test_the_last_hand_off_by_a_key_that_is_no_longer_listed_waits_until_somebody_goes_on_from_it(
    tmp_path: Path,
) -> None:
    world = World.begin(tmp_path)
    world.travel(2)
    archive = world.archive()
    rotated(world, SECOND)
    archive.learn_relay(world.relays)
    world.sync(FIRST)
    seals = [node.seal.hash for node in world.verify().judged.history.chain.line]
    assert [archive.holds_handoff(seal) for seal in seals] == [True, True, False]
    assert world.verify(FIRST).report.exit == 40
    world.visit()
    assert world.hand_over("gemeente-assen", relays=True).problem is None
    world.sync("gemeente-assen")
    assert all(world.archive().holds_handoff(seal) for seal in seals)
    assert world.verify(FIRST).report.exit == 0
