"""A calibration in a recording that cannot be read is one sentence, with the way out."""

from types import SimpleNamespace

import pytest

from monitor.errors import ProfileError
from monitor.review.analyse import recorded_profile


@pytest.mark.parametrize("text", ["not json", "[]", '{"format": "headsup-profile", "version": 99}'])
def test_it_names_the_way_out(text):
    with pytest.raises(ProfileError) as caught:
        recorded_profile(SimpleNamespace(profile_json=text))
    assert str(caught.value).startswith("calibration profile 'of this recording': ")
    assert str(caught.value).endswith("; name another: --profile NAME")


def test_none_is_none():
    assert recorded_profile(SimpleNamespace(profile_json="")) is None
