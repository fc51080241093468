"""Delivery to a real mail server and webhook on loopback, and what a failure states."""

from __future__ import annotations

import sys

import pytest

from odr_analysis.batch.alerts.alert_rules import Recipient
from odr_analysis.batch.alerts.message import Message
from odr_analysis.batch.alerts.through_apprise import check_recipients, deliver, private_url
from odr_analysis.errors import OdrError, ParameterError
from tests.unit.batch.alerts.receivers import free_port, mail_server, webhook

MESSAGE = Message("ODR 30 Sep 2026: 1 report failed", "1 report failed:\n- <b>Shop</b> & co: out.")
SECRET = "s3cr3t-pass"


def test_a_mail_comes_in_with_its_text_and_its_page(tmp_path):
    page = tmp_path / "index.html"
    page.write_text("<p>all accounts</p>")
    with mail_server() as (mails, url):
        assert deliver(Recipient(f"{url}ops@example.com"), MESSAGE, page) == ""
    ((to, mail),) = mails.got
    assert to == ["ops@example.com"]
    assert mail["Subject"] == MESSAGE.title
    text = mail.get_body(("html", "plain"))
    assert text.get_content_type() == "text/plain", "where a name cannot become a tag"
    assert "- <b>Shop</b> & co: out." in text.get_content()
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "index.html"
    assert b"all accounts" in attached.get_payload(decode=True)


def test_a_webhook_gets_the_same_words():
    with webhook() as (got, url):
        assert deliver(Recipient(url), MESSAGE) == ""
    (body,) = got
    assert body["title"] == MESSAGE.title
    assert body["message"].replace("\r\n", "\n") == MESSAGE.body


def test_a_failure_is_a_reason_and_no_exception(capfd, caplog):
    with webhook() as (got, url), mail_server() as (mails, mail_url):
        bad = url.replace("json://", f"json://user:{SECRET}@").replace("/hook", "/hook/bad")
        why = [
            deliver(Recipient(bad), MESSAGE),
            deliver(Recipient(f"{mail_url}bounce@example.com"), MESSAGE),
            deliver(Recipient(f"json://u:{SECRET}@127.0.0.1:{free_port()}/hook"), MESSAGE),
        ]
    assert all(why)
    assert got == []
    assert mails.got == []
    assert "500" in why[0]
    assert "onnection" in why[2]
    printed = capfd.readouterr()
    assert SECRET not in "".join([*why, printed.out, printed.err, caplog.text])


def test_no_line_has_a_password():
    recipient = Recipient(f"mailto://user:{SECRET}@example.com?pass={SECRET}")
    assert SECRET not in private_url(recipient)
    assert private_url(recipient).startswith("mailto://")
    for url in (f"slack://{SECRET}", f"nosuch://u:{SECRET}@x", f"mailto://u:{SECRET}@?to=x"):
        with pytest.raises(ParameterError, match=r"recipients\.ops: ") as caught:
            check_recipients({"ops": Recipient(url)})
        assert SECRET not in str(caught.value)


def test_recipients_are_checked_before_a_batch_starts():
    check_recipients({"ops": Recipient("json://localhost"), "a": Recipient("mailto://a:b@x.com")})
    with pytest.raises(ParameterError, match="no service 'jsn'; did you mean 'json'"):
        check_recipients({"ops": Recipient("jsn://localhost")})


def test_without_the_library_the_line_to_install_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(OdrError, match=r'pip install "odr-analysis\[alerts\]"'):
        check_recipients({"ops": Recipient("json://localhost")})
