"""How to reach a server, read from what people type."""

import pytest

from custom_components.power_scheduler.stores.redis_settings import (
    Address,
    RedisMode,
    RedisSettings,
)


@pytest.mark.parametrize(
    ("url", "addresses", "db", "tls"),
    [
        ("redis://nas", [Address("nas", 6379)], 0, False),
        (" redis://nas:6380/2 ", [Address("nas", 6380)], 2, False),
        ("rediss://nas.home/", [Address("nas.home", 6379)], 0, True),
        ("redis://[fd00::1]:7000", [Address("fd00::1", 7000)], 0, False),
        ("redis://[fd00::1]", [Address("fd00::1", 6379)], 0, False),
    ],
)
def test_a_url_says_where_servers_are(
    url: str, addresses: list[Address], db: int, *, tls: bool
) -> None:
    """One or several, with the usual port unless another is given."""
    settings = RedisSettings.from_url(url)
    assert list(settings.addresses) == addresses
    assert (settings.db, settings.tls) == (db, tls)
    assert (settings.username, settings.password) == (None, None)


@pytest.mark.parametrize("mode", list(RedisMode))
def test_a_url_may_name_several(mode: RedisMode) -> None:
    """Sentinels and nodes of a cluster do; a form can tell that one server must not."""
    settings = RedisSettings.from_url("redis://a:26379,b,[::1]:7", mode=mode)
    assert settings.addresses == (
        Address("a", 26379),
        Address("b", 6379),
        Address("::1", 7),
    )


def test_a_cluster_has_no_numbered_databases() -> None:
    """Nothing that was typed is ignored in silence."""
    with pytest.raises(ValueError, match="cluster"):
        RedisSettings.from_url("redis://a/1", mode=RedisMode.CLUSTER)


def test_a_url_may_hold_credentials() -> None:
    """They are percent-encoded there, and may hold what else would end them."""
    settings = RedisSettings.from_url("redis://me:p%40ss%2Fw:rd@nas")
    assert (settings.username, settings.password) == ("me", "p@ss/w:rd")
    assert RedisSettings.from_url("redis://:secret@nas").username is None


def test_credentials_of_their_own_go_first() -> None:
    """And are taken as they are."""
    settings = RedisSettings.from_url(
        "redis://me:old@nas",
        username="you",
        password="p%40",  # noqa: S106
        mode=RedisMode.CLUSTER,
    )
    assert (settings.username, settings.password) == ("you", "p%40")
    assert settings.mode is RedisMode.CLUSTER


@pytest.mark.parametrize(
    "url",
    [
        "",
        "secret",
        "http://me:secret@nas",
        "redis://",
        "redis://me:secret@",
        "redis://me:secret@nas:port",
        "redis://me:secret@nas:70000",
        "redis://me:secret@nas/history",
        "redis://me:secret@nas/-1",
        "redis://me:secret@nas,,nas",
        "redis://me:secret@nas/0/1",
        "redis://me:secret@n as",
        "redis://me:secret@nas?ssl_cert_reqs=none",
        "redis://me:secret@[fd00::1",
        "unix:///run/redis?password=secret",
    ],
)
def test_anything_else_is_refused_without_repeating_it(url: str) -> None:
    """A password that is typed into the wrong place stays where it is."""
    with pytest.raises(ValueError, match="URL") as caught:
        RedisSettings.from_url(url)
    assert "secret" not in str(caught.value)


def test_the_text_of_settings_shows_no_password() -> None:
    """Not even by accident, in a log of ours or of others."""
    settings = RedisSettings.from_url(
        "redis://me:hidden1@nas,[fd00::1]",
        mode=RedisMode.SENTINEL,
        sentinel_password="hidden2",  # noqa: S106
        ca="hidden3",
    )
    assert "hidden" not in f"{settings} {settings!r} {settings.place}"
    assert settings.place == "nas:6379, [fd00::1]:6379"
