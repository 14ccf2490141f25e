"""The coverage-guided fuzzer, as `make test-all` runs it: every target for a moment, counted, its corpus kept."""

from __future__ import annotations

import pytest

pytest.importorskip("atheris", reason="atheris is not installed: pip install -e '.[fuzz]'")

from tests.fuzz import __main__ as command
from tests.fuzz import campaign, results
from tests.fuzz.every_target import targets
from tests.fuzz.fuzz_target import Target

INPUTS = 2000


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", sorted(targets()))
def test_a_short_campaign(tmp_path, name):
    outcome = campaign.run(targets()[name], inputs=INPUTS, seconds=8.0, seed=1, corpus=tmp_path)
    assert not outcome.failures
    assert outcome.inputs > 0
    assert outcome.edges > 0
    assert any((tmp_path / "corpus").rglob("*"))


@pytest.mark.slow
def test_the_command_counts_and_records(tmp_path, capsys, monkeypatch):
    table = tmp_path / "RESULTS.md"
    table.write_text("# Figures\n\nMore.\n", "utf-8")
    monkeypatch.setattr(results, "RESULTS", table)
    arguments = ["--target", "sig:heart-rate", "--inputs", "3000", "--corpus", str(tmp_path), "--record"]
    assert command.main(arguments) == 0
    assert "3,000 inputs" in capsys.readouterr().out
    assert command.main(arguments) == 0
    text = table.read_text("utf-8")
    assert text.count("| `sig:heart-rate` | 3,000 |") == 1
    assert "More." in text
    assert command.main(["--target", "nobody"]) == 2


@pytest.mark.slow
def test_a_crash_is_kept_and_made_small(tmp_path, monkeypatch):
    """The child runs a target of the registry, so a promise is broken there by lowering its bound."""
    target = targets()["settings:typed"]
    harsh = Target(target.name, target.run, target.seeds, may_raise=())
    (tmp_path / "failing").write_bytes(b"volume=x" * 20)
    assert campaign._minimised(harsh, tmp_path / "failing") < 20
