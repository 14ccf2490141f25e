"""SIMULATED recordings, made once."""

import pytest

from tests.batch.recordings import make, make_many


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """One calibrated recording of 100 s."""
    return make(tmp_path_factory.mktemp("made") / "one.headsup", 100.0)


@pytest.fixture(scope="session")
def many(tmp_path_factory):
    """A folder of seven recordings, two files that are none, and a link that leads back."""
    folder = tmp_path_factory.mktemp("many")
    make_many(folder, 7, longest_s=90.0)
    (folder / "athlete-0" / "notes.headsup").write_text("not a recording")
    (folder / "empty.headsup").touch()
    (folder / "athlete-1" / "again").symlink_to(folder, target_is_directory=True)
    return folder
