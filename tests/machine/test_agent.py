"""Signing through a real ssh-agent."""

import os
import subprocess
from pathlib import Path

import pytest
from media import need

from linksync.custody import sshsig
from linksync.errors import MediumError, RefusedError
from linksync.machine.agent import agent_signer
from linksync.machine.key_files import load_public, new_key


@pytest.fixture
def agent(tmp_path: Path, ssh_agent: None) -> Path:
    """An agent that holds a key whose file needs a passphrase; gives the folder of the key."""
    new_key(tmp_path / "key", comment="", passphrase=b"geheim")
    ask = tmp_path / "ask"
    ask.write_text("#!/bin/sh\necho geheim\n")
    ask.chmod(0o700)
    environment = {**os.environ, "SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force"}
    subprocess.run([need("ssh-add"), str(tmp_path / "key")], check=True, capture_output=True, env=environment)
    return tmp_path


def test_a_signature_by_the_agent_is_the_one_that_the_key_makes(agent: Path) -> None:
    signer = agent_signer(load_public(agent / "key.pub"))
    armour = sshsig.sign(b"zo", namespace="linksync-handoff-v1", signer=signer)
    assert sshsig.check(b"zo", sshsig.parse(armour))


def test_a_key_that_the_agent_does_not_hold_is_said_before_anything_is_done(agent: Path) -> None:
    new_key(agent / "other", comment="", passphrase=None)
    with pytest.raises(RefusedError, match="agent-without-key"):
        agent_signer(load_public(agent / "other.pub"))


def test_no_agent_and_a_dead_one_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    public = new_key(tmp_path / "key", comment="", passphrase=None)
    with pytest.raises(RefusedError, match="agent-none"):
        agent_signer(public)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "gone"))
    with pytest.raises(MediumError, match="agent-unreachable"):
        agent_signer(public)


def test_a_key_that_was_taken_out_of_the_agent_meanwhile_is_refused(agent: Path) -> None:
    signer = agent_signer(load_public(agent / "key.pub"))
    subprocess.run([need("ssh-add"), "-D"], check=True, capture_output=True)
    with pytest.raises(RefusedError, match="agent-refused"):
        signer.sign(b"zo")
