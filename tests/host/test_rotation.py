"""A key that is replaced voids no history: not on the stick, not in an archive that knows the new version first."""

import subprocess
from pathlib import Path

from linksync.demo.world import World, signer_of
from linksync.people.start_page import RECIPE_SH

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


def test_after_a_revocation_the_recipe_for_strangers_and_linksync_agree_on_what_went_on(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    world.travel(3)
    told = world.verify()
    good = told.judged.history.chain.line[-2].seal.hash
    key = signer_of("gemeente-assen").public.fingerprint
    revoked = f'revoked:\n  - key: "{key}"\n    last_good:\n      {told.report.link}: {good}'
    world.page = world.page.replace("revoked: []", revoked)
    rotated(world, "gemeente-assen")
    anew = signer_of("gemeente-assen anew")
    outcome = world.hand_over("gemeente-assen", key=anew, relays=True)
    assert (outcome.problem, outcome.folder) == (None, "000004-gemeente-assen-2")
    recipe = tmp_path / "nakijken.sh"
    recipe.write_text(RECIPE_SH)
    for _ in range(2):
        assert world.verify("gemeente-assen").report.exit == 0
        command = ["sh", str(recipe), str(world.stick), world.organiser]
        run = subprocess.run(command, capture_output=True, text=True)
        assert (run.returncode, "000004-gemeente-assen stands beside the chain" in run.stdout) == (0, True), run.stdout
        world.visit()
        world.hand_over("zorghuis-heerenveen")
