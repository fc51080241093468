"""Presets and policy files."""

from __future__ import annotations

import tomllib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis.errors import ParameterError
from odr_analysis.fields import LARGEST_FILE
from odr_analysis.policy import SWITCHES, Policy
from odr_analysis.presets import PRESETS, load_policy, preset, to_toml


def written(tmp_path, text, name="mine.toml"):
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refused(tmp_path, text):
    path = written(tmp_path, text)
    with pytest.raises(ParameterError) as caught:
        load_policy(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


def test_the_presets_are_named_dated_and_sourced():
    assert list(PRESETS) == ["amazon-current", "amazon-2016", "as-reported"]
    for name, given_ in PRESETS.items():
        assert preset(name).name == name
        assert load_policy(name) == given_.policy
        assert len(given_.since) > 20
        assert len(given_.sources) > 20
    assert any(year in PRESETS["amazon-current"].since for year in ("2026", "2020"))
    assert "2016" in PRESETS["amazon-2016"].since


def test_the_default_policy_is_amazons_current_one():
    assert preset("amazon-current") == Policy()


def differences(name):
    usual = Policy().to_dict()
    return {k: v for k, v in preset(name).to_dict().items() if v != usual[k] and k != "name"}


def test_what_the_rules_of_2016_change():
    assert differences("amazon-2016") == {
        "lag_days": 30,
        "count_withdrawn_claims": True,
        "count_denied_claims": True,
        "count_won_chargebacks": True,
    }


def test_what_as_reported_changes():
    assert differences("as-reported") == {
        "count_withdrawn_claims": True,
        "count_denied_claims": True,
        "count_amazon_funded_claims": True,
        "count_protected_claims": True,
        "count_appealed_claims": True,
        "count_won_chargebacks": True,
        "count_struck_feedback": True,
        "count_inferred_defects": False,
    }
    rules = preset("as-reported").to_dict()
    off = {k for k, v in rules.items() if v is False and k.startswith("count_")}
    assert off == {"count_removed_feedback", "count_inferred_defects", "count_recovered_defects"}


def test_an_unknown_preset_is_told_with_the_nearest():
    with pytest.raises(ParameterError, match="did you mean 'amazon-2016'"):
        preset("amazon2016")
    with pytest.raises(ParameterError, match=r"'zzz'\. Presets: amazon-current, amazon-2016, as-"):
        preset("zzz")


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("", {}),
        ('base = "amazon-current"', {}),
        ("window_days = 30 # days\n\nlag_days = 0", {"window_days": 30, "lag_days": 0}),
        ("target = 0.02", {"target": 0.02}),
        ("warning_from = 0", {"warning_from": 0.0}),
        ('name = "Konto Süd"\ncount_pending_claims = false',
         {"name": "Konto Süd", "count_pending_claims": False}),
        ('day_boundary = "marketplace"\r\nnegative_stars = 3\r\n',
         {"day_boundary": "marketplace", "negative_stars": 3}),
        ("\ufefflag_days = 14", {"lag_days": 14}),
    ],
)  # fmt: skip
def test_a_file_changes_what_it_names(tmp_path, text, changes):
    path = written(tmp_path, text)
    expected = Policy(**{"name": "mine", **changes})
    assert load_policy(path) == load_policy(str(path)) == expected


def test_a_file_may_stand_on_another_preset(tmp_path):
    path = written(tmp_path, 'base = "amazon-2016"\ncount_denied_claims = false\n', "old.toml")
    policy = load_policy(path)
    assert policy == preset("amazon-2016").with_changes(count_denied_claims=False, name="old")


def test_a_preset_comes_before_a_file_of_its_name(tmp_path, monkeypatch):
    written(tmp_path, "lag_days = 3", "as-reported")
    monkeypatch.chdir(tmp_path)
    assert load_policy("as-reported").lag_days == 15
    assert load_policy("./as-reported").lag_days == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("windowdays = 30", "line 1: unknown key 'windowdays'; did you mean 'window_days'? Known"),
        ("\n\nCOUNT_PENDING_CLAIM = true",
         "line 3: unknown key 'COUNT_PENDING_CLAIM'; did you mean 'count_pending_claims'?"),
        ("bas = 1", "line 1: unknown key 'bas'; did you mean 'base'?"),
        ("zzz = 1", "line 1: unknown key 'zzz'. Known keys: base, name, window_days"),
        ("[switches]\nlag_days = 3", "line 1: unknown key 'switches'. Known keys"),
        ('"lag days" = 3', "line 1: unknown key 'lag days'; did you mean 'lag_days'?"),
        ("window_days = 60.5", "line 1: window_days must be int, got 60.5."),
        ("window_days = true", "line 1: window_days must be int, got True."),
        ('target = "1%"', "line 1: target must be float, got '1%'."),
        ("target = 2026-01-01", "line 1: target must be float, got datetime.date(2026, 1, 1)."),
        ("count_pending_claims = 0", "line 1: count_pending_claims must be bool, got 0."),
        ("name = [1, 2]", "line 1: name must be str, got a list."),
        ("lag_days.x = 3", "line 1: lag_days must be int, got a table."),
        (f"lag_days = 0x{'f' * 9000}", "lag_days must be int, got a number of more than 64 bits."),
        ("base = 3", "line 1: base must be the name of a preset, got 3."),
        ('base = "amazon-curent"', "got 'amazon-curent'; did you mean 'amazon-current'? Presets:"),
        ("window_days = 0", "policy: window_days must be at least 1"),
        ("target = nan", "policy: target must be a fraction between 0 and 1, got nan."),
        ("warning_from = 0.5", "policy: warning_from must lie between 0 and target"),
        ("lag_days = 3\nlag_days = 4", "is no TOML file: Cannot overwrite a value"),
        ("window_days: 60", "is no TOML file:"),
        (f"lag_days = {'9' * 9000}", "is no TOML file:"),
        ("name = " + "[" * 9000, "is no file of a policy; its values are nested."),
        (b"\xff\xfe\x00", "is not UTF-8 text. Save it as UTF-8."),
        ("#" * (LARGEST_FILE + 1), "65,537 bytes are too many for a file of a policy"),
    ],
    ids=lambda v: str(v)[:20],
)  # fmt: skip
def test_a_file_at_fault_is_told_with_its_key_and_the_nearest_valid_one(tmp_path, text, message):
    assert message in refused(tmp_path, text)


def test_every_fault_of_a_file_is_told_at_once(tmp_path):
    message = refused(tmp_path, 'base = "x"\nwindow = 3\n\nlag_days = "15"\ntarge = 1\n')
    for part in ("base must be", "line 2: unknown key 'window'", "line 4: lag_days must be int",
                 "line 5: unknown key 'targe'; did you mean 'target'?"):  # fmt: skip
        assert part in message


def test_what_is_neither_preset_nor_file(tmp_path):
    with pytest.raises(ParameterError, match="neither a preset nor a file; did you mean 'as-repo"):
        load_policy("as-reportet")
    with pytest.raises(ParameterError, match=r"is a folder\. Name a file of a policy"):
        load_policy(tmp_path)
    with pytest.raises(ParameterError, match="neither a preset nor a file"):
        load_policy("a\0b")
    with pytest.raises(ParameterError, match="cannot be read"):
        load_policy("x" * 5000)


fractions = st.floats(1e-9, 1, exclude_min=True, exclude_max=True)


@st.composite
def policies(draw):
    target = draw(fractions)
    switches = {k: draw(st.booleans()) for k in SWITCHES if k.startswith("count_")}
    return Policy(
        name=draw(st.text()),
        window_days=draw(st.integers(1, 3650)),
        lag_days=draw(st.integers(0, 3650)),
        target=target,
        warning_from=draw(st.floats(0, target)),
        negative_stars=draw(st.integers(1, 4)),
        day_boundary=draw(st.sampled_from(["utc", "marketplace"])),
        level=draw(fractions),
        **switches,
    )


@given(policy=policies())
def test_what_is_written_reads_back_equal(policy, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "written.toml"
    path.write_bytes(to_toml(policy).encode())
    assert load_policy(path) == policy


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_written_reads_back_equal_and_says_where_it_differs(tmp_path, name):
    text = to_toml(preset(name))
    assert load_policy(written(tmp_path, text)) == preset(name)
    assert set(tomllib.loads(text)) == {"base", *Policy().to_dict()}
    noted = {line.split(" ")[0] for line in text.splitlines()[1:] if "# amazon-current:" in line}
    assert noted == set(differences(name))


@given(text=st.text() | st.lists(st.sampled_from(['a', '"', "'", "[", "]", "=", "\n", "{", "1",
       "lag_days", ".", "#", "true", "\\", "base", " "])).map("".join))  # fmt: skip
def test_any_text_is_a_policy_or_a_parameter_error(text, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(text.encode())
    loaded = None
    with suppress(ParameterError):
        loaded = load_policy(path)
    assert loaded is None or loaded == load_policy(written_again(path, loaded))


def written_again(path, policy):
    path.write_bytes(to_toml(policy).encode())
    return path
