"""`headsup sensors` and `headsup doctor` fit the terminal, and lose no word of what is to be said."""

import pytest

from monitor.cli import main
from monitor.sensors.registry import families


@pytest.mark.parametrize("columns", [60, 80, 250])
def test_the_list_fits_the_terminal_and_says_all(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(["sensors"]) == 0
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= min(columns, 100)
    whole = " ".join(said.split())
    for family in (f for f in families() if f.service):
        assert f"checked {family.checked_against}" in whole
        assert f"worn {'; '.join(family.sites)}" in whole
        assert all(f"cannot {line}" in whole for line in family.cannot)


def test_the_doctor_breaks_no_remedy(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "70")
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    findings = [line for line in lines[:-1] if "->" not in line]
    assert findings
    assert max(map(len, findings)) <= 70
