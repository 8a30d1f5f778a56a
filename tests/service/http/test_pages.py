"""The pages as a browser gets them: complete without a script, escaped, in two languages, and the same acts as the API."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from schemas.alert import REASONS_FOR

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
PAGES = {
    "analyst": ("/alerts", "/alerts?view=mine", "/batches", "/runs"),
    "supervisor": ("/alerts?view=decided", "/runs"),
    "auditor": ("/alerts", "/runs", "/journal", "/batches"),
    "admin": ("/accounts",),
    "bank-a": ("/batches",),
}


class Reader(HTMLParser):
    """Collects what a test asks about a page: tags with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def _hidden(page: str, name: str) -> str:
    """The value of a hidden field in the forms of the page itself, which stand between those of the frame."""
    return unescape(re.findall(rf'name="{name}" value="([^"]*)"', page.partition("<footer>")[0])[-1])


def test_signing_in_leads_to_the_work_and_the_cookie_is_safe(world: Any, since: Since) -> None:
    browser = world.browser()
    assert browser.get("/").headers["location"] == "/sign-in"
    given = {"account": " Supervisor ", "password": world.passwords["supervisor"]}
    answer = browser.post("/sign-in", data=given)
    # at the first sign-in of an account the guide, then the work
    assert (answer.status_code, answer.headers["location"] in {"/guide", "/alerts"}) == (303, True)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-thalweg=")
    for part in ("Path=/", "Secure", "HttpOnly", "SameSite=strict"):
        assert part in cookie
    assert "Domain" not in cookie
    assert browser.get("/alerts").status_code == 200
    out = browser.post("/sign-out")
    assert out.headers["location"] == "/sign-in?notice=signed-out"
    browser.cookies.set("__Host-thalweg", cookie.split("=")[1].split(";")[0])
    assert browser.get("/alerts").status_code == 303
    assert since() == ["session.opened", "session.closed"]


def test_a_failed_sign_in_says_the_same_for_every_cause(world: Any, since: Since) -> None:
    pages = [
        world.browser().post("/sign-in", data={"account": account, "password": "not the password"}).text
        for account in ("auditor", "nobody9")
    ]
    assert pages[0].replace("auditor", "nobody9") == pages[1]
    assert "not the password" not in pages[0]
    assert since() == ["access.denied", "access.denied"]


@pytest.mark.parametrize(("account", "path"), [(account, path) for account, paths in PAGES.items() for path in paths])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_is_whole_without_a_script_and_labels_what_it_asks(
    world: Any, account: str, path: str, language: str
) -> None:
    browser = world.browser(account)
    browser.cookies.set("language", language)
    answer = browser.get(path)
    page = Reader(answer.text)
    assert answer.status_code == 200
    assert page.all("html")[0]["lang"] == language
    assert all((each["src"] or "").startswith("/static/") for each in page.all("script")), (
        "no script in the page itself"
    )
    assert not page.all("style")
    assert not [
        tag for tag, attributes in page.tags if "style" in attributes or any(n.startswith("on") for n in attributes)
    ]
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'"} <= {*policy}
    assert answer.headers["referrer-policy"] == "same-origin", "under no-referrer a browser's forms have no Origin"
    assert len(page.all("h1")) == 1
    labels = {each["for"] for each in page.all("label")}
    asked = [each for tag in ("input", "select", "textarea") for each in page.all(tag) if each.get("type") != "hidden"]
    assert all(each.get("aria-label") or each["id"] in labels for each in asked)
    addresses = [each.get("href") or "" for each in page.all("a") + page.all("link")]
    assert all(address.startswith(("/", "#", "data:")) for address in addresses)


def test_the_style_sheet_has_an_address_that_names_its_content(world: Any) -> None:
    browser = world.browser()
    address = Reader(browser.get("/sign-in").text).all("link")[0]["href"]
    answer = browser.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in answer.headers["cache-control"]
    script = browser.get(Reader(browser.get("/sign-in").text).all("script")[0]["src"])
    assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert browser.get("/static/0000000000000000/app.css").status_code == 404
    assert browser.get("/static/..%2f..%2f/app.css").status_code == 404
    assert "url(" not in answer.text


def test_the_page_of_an_alert_says_why_and_takes_no_markup_from_data(world: Any, since: Since) -> None:
    data = f"{HEADER}PAGE-1,2026-03-02,cash_deposit,9500.00,EUR,,<script>alert(1)</script>\n"
    batch = world.submit("bank-a", data.encode())["batch"]
    alert = world.alert(batch, ("PAGE-1",))
    text = world.browser("analyst").get(f"/alerts/{alert}").text
    page = Reader(text)
    assert all("src" in each for each in page.all("script"))
    assert "<b>ACC-" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    for shown in (
        "6 cash deposits in 7 days",
        "at least 3",
        "2×",
        "A shop that banks its takings",
        "FATF R.29",
        "9,500.00",
    ):
        assert shown in page.text.replace("\u00a0", " "), shown
    assert "may be a victim: protect" in page.text
    assert "suspect" not in page.text.lower().replace("suspicion", "")
    assert since() == ["batch.accepted", "run.finished", "alert.read"]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Accounts known as payroll or aid programme are left alone; this one is not listed so for these days."),
        (
            "fr",
            "Les comptes connus comme paie ou programme d’aide ne sont pas retenus ; celui-ci n’est pas inscrit ainsi",
        ),
    ],
)
def test_the_page_says_whom_a_detector_leaves_alone(world: Any, language: str, told: str) -> None:
    alert = world.alert(findings=[world.finding(exclusions=["payroll", "aid_programme"])])
    browser = world.browser("analyst")
    browser.headers["accept-language"] = language
    assert told in Reader(browser.get(f"/alerts/{alert}").text).text
    shown = world.program("analyst").get(f"/v1/alerts/{alert}").json()["alert"]["findings"][0]
    assert shown["explanation"]["exclusions"] == ["payroll", "aid_programme"]


def test_the_same_alert_speaks_french(world: Any) -> None:
    alert = world.alert()
    browser = world.browser("analyst")
    browser.headers["accept-language"] = "fr-SN,fr;q=0.9,en;q=0.5"
    text = Reader(browser.get(f"/alerts/{alert}").text).text
    for shown in (
        "Pourquoi cette alerte",
        "6 dépôts d’espèces",
        "au moins 3",
        "peut être une victime : à protéger",
        "Transmettre",
    ):
        assert shown in text, shown


def test_a_decision_by_form_is_the_decision_of_the_api_names_its_alert_and_offers_the_next(
    world: Any, since: Since
) -> None:
    best, first, second = (
        world.alert(severity="critical", score=90_000 - n, detectors=["fan-out-burst"]) for n in range(3)
    )
    view = "?view=critical&detector=fan-out-burst"
    browser = world.browser("analyst")
    page = browser.get(f"/alerts/{first}{view}").text
    form = {"decision": "escalate:suspicion_confirmed", "note": "two shops"}
    form |= {"revision": _hidden(page, "revision"), "back": _hidden(page, "back")}
    read = len(since())
    answer = browser.post(f"/alerts/{first}/decisions", data=form)
    assert answer.headers["location"] == f"/alerts/{first}{view}&notice=decided"
    told = browser.get(answer.headers["location"]).text
    assert f"Alert {first}: Escalated." in told
    assert "The decision is recorded." in told
    (following,) = [each["href"] for each in Reader(told).all("a") if each.get("rel") == "next"]
    assert following == f"/alerts/{second}{view}", "the one after it, not the best, which was passed over"
    assert since()[read:] == ["alert.decided"], "the next alert is offered, not opened: that would count as reading it"
    assert world.program("analyst").get(f"/v1/alerts/{first}").json()["state"] == "escalated"
    again = browser.post(f"/alerts/{second}/decisions", data=form | {"revision": "1"})
    assert f"/alerts/{best}{view}" in [
        each["href"] for each in Reader(browser.get(again.headers["location"]).text).all("a")
    ]
    last = browser.post(f"/alerts/{best}/decisions", data=form | {"revision": "1"})
    assert "There is no other alert in this view." in browser.get(last.headers["location"]).text


def test_what_was_typed_into_a_stale_form_is_not_lost(world: Any) -> None:
    alert, browser = world.alert(), world.browser("analyst")
    form = {"decision": "dismiss:data_error", "note": "called <them> & wrote", "revision": "1"}
    taken = {"act": "assign", "assignee": "analyst2", "revision": "1"}
    world.browser("analyst2").post(f"/alerts/{alert}/assignment", data=taken)
    stale = browser.post(f"/alerts/{alert}/decisions", data=form)
    assert stale.status_code == 409
    assert ">called &lt;them&gt; &amp; wrote</textarea>" in stale.text
    (marked,) = [each["value"] for each in Reader(stale.text).all("input") if "checked" in each]
    assert marked == "dismiss:data_error"
    world.browser("analyst2").post(f"/alerts/{alert}/decisions", data=form | {"revision": "2", "note": "mine"})
    late = browser.post(f"/alerts/{alert}/decisions", data=form | {"revision": "2"})
    assert late.status_code == 409
    assert "What you had written" in late.text, "no form is left to hold it"
    assert "called &lt;them&gt; &amp; wrote" in late.text
    note = browser.post(f"/alerts/{alert}/notes", data={"text": " " * 3, "revision": "3"})
    assert note.status_code == 422


def test_the_queue_is_sorted_as_asked_and_keeps_its_order_from_page_to_page(world: Any) -> None:
    ends = ("2026-01-05", "2026-03-05", "2026-02-05")
    made = [world.alert(family="arms", detectors=["round-trip"], window_end=f"{end}T23:59:59Z") for end in ends]
    browser = world.browser("analyst")
    for sort, order in (("newest", (1, 2, 0)), ("oldest", (0, 2, 1))):
        text = browser.get(f"/alerts?detector=round-trip&sort={sort}").text
        assert re.findall(r'href="/alerts/(a_\w+)\?', text) == [made[place] for place in order]
        assert f'href="/alerts/{made[0]}?view=open&amp;detector=round-trip&amp;sort={sort}"' in text
        assert f'<option value="{sort}" selected>' in text
    assert browser.get("/alerts?sort=upside-down").status_code == 200


def test_a_stale_form_shows_both_revisions_and_records_nothing(world: Any, since: Since) -> None:
    alert = world.alert()
    browser = world.browser("analyst")
    revision = _hidden(browser.get(f"/alerts/{alert}").text, "revision")
    world.browser("analyst2").post(
        f"/alerts/{alert}/assignment", data={"act": "assign", "assignee": "analyst2", "revision": revision}
    )
    size = world.house.journal.size
    form = {"decision": "dismiss:data_error", "revision": revision}
    answer = browser.post(f"/alerts/{alert}/decisions", data=form)
    assert answer.status_code == 409
    assert "You saw revision 1; revision 2 is shown below." in answer.text
    assert _hidden(answer.text, "revision") == "2"
    assert world.entries(size) == []
    assert since()[:2] == ["run.finished", "alert.read"]


@pytest.mark.parametrize(
    "form",
    [
        {"decision": ""},
        {"decision": "dismiss:because"},
        {"decision": "dismiss:"},
        {"decision": "dismiss:suspicion_confirmed"},
        {"decision": "erase:data_error"},
        {"decision": "assign:data_error"},
        {"note": "x" * 4001},
    ],
)
def test_a_form_that_lacks_something_comes_back_with_what(world: Any, form: dict[str, str]) -> None:
    alert = world.alert()
    whole = {"decision": "dismiss:data_error", "revision": "1"} | form
    answer = world.browser("analyst").post(f"/alerts/{alert}/decisions", data=whole)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert world.house.alerts.acts(alert) == []


def test_the_form_offers_the_acts_that_the_table_has_for_this_person(world: Any) -> None:
    def offered(account: str) -> list[str | None]:
        page = Reader(world.browser(account).get(f"/alerts/{alert}").text)
        return [each["value"] for each in page.all("input") if each["name"] == "decision"]

    def fitting(*acts: str) -> list[str]:
        return [f"{act}:{reason}" for act in acts for reason in REASONS_FOR[act]]

    alert = world.alert()
    assert offered("analyst") == fitting("escalate", "dismiss")
    assert offered("auditor") == []
    form = {"decision": "dismiss:data_error", "revision": "1"}
    world.browser("analyst").post(f"/alerts/{alert}/decisions", data=form)
    assert offered("analyst") == []
    assert offered("supervisor") == fitting("reopen")


def test_an_assignment_and_a_note_by_form(world: Any, since: Since) -> None:
    alert = world.alert()
    browser = world.browser("analyst")
    asked = {"act": "assign", "assignee": "analyst", "revision": "1", "back": "?view=mine&x=y"}
    assert browser.post(f"/alerts/{alert}/assignment", data=asked).headers["location"] == (
        f"/alerts/{alert}?view=mine&notice=assigned"
    )
    assert alert in browser.get("/alerts?view=mine").text
    browser.post(f"/alerts/{alert}/notes", data={"text": "Called <b>them</b>", "revision": "2"})
    assert "Called &lt;b&gt;them&lt;/b&gt;" in browser.get(f"/alerts/{alert}").text
    assert [entry for entry in since() if entry != "alert.read"] == ["run.finished", "alert.assigned", "alert.noted"]


def test_an_empty_queue_and_an_empty_filter_say_different_things(world: Any) -> None:
    browser = world.browser("analyst2")
    filtered = browser.get("/alerts?detector=no-such-detector")
    assert "No alert fits this filter." in filtered.text


def test_preferences_are_kept_in_the_browser_and_lead_back_here_only(world: Any, since: Since) -> None:
    browser = world.browser("analyst")
    answer = browser.post("/preferences", data={"language": "fr", "theme": "dark", "back": "/alerts?view=mine"})
    assert answer.headers["location"] == "/alerts?view=mine"
    page = browser.get("/alerts").text
    assert 'lang="fr" dir="ltr" data-theme="dark"' in page
    for evil in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil"):
        assert browser.post("/preferences", data={"back": evil}).headers["location"] == "/"
    assert since() == []


def test_a_partner_submits_by_form_and_sees_what_became_of_it(world: Any, since: Since) -> None:
    browser = world.browser("bank-a")
    data = HEADER + "FORM-1,2026-03-02,transfer,10.00,EUR,A,B\n"
    answer = browser.post("/batches", files={"file": ("été.csv", data)}, data={"mapping": ""})
    page = Reader(browser.get(answer.headers["location"]).text)
    assert "1 = 1 accepted + 0 duplicates + 0 rejected" in page.text
    assert "été.csv" in page.text
    assert since() == ["batch.accepted"]
    none = browser.post("/batches", data={"mapping": ""}, files={"other": ("x", b"")})
    assert none.status_code == 422
    assert 'role="alert"' in none.text
    unknown = browser.post("/batches", files={"file": ("a.csv", data)}, data={"mapping": "no-such"})
    assert unknown.status_code == 422
    bad = browser.post("/batches", files={"file": ("b.csv", HEADER + "FORM-9,2026-03-02,transfer,1.001,EUR,A,B\n")})
    refused = Reader(browser.get(bad.headers["location"]).text).text
    assert "Refused because" in refused
    assert "1.001" in refused


def test_the_admin_sees_a_new_secret_once(world: Any, since: Since) -> None:
    browser = world.browser("admin")
    made = browser.post("/accounts", data={"account": "d.ba", "name": "D <i>Ba</i>", "role": "analyst"})
    secret = re.search(r"d\.ba</bdi>: <code>([^<]+)</code>", made.text)
    assert secret
    assert world.house.accounts.by_password("d.ba", secret[1]) is None, "another opens it"
    again = browser.get("/accounts")
    assert secret[1] not in again.text
    assert "D &lt;i&gt;Ba&lt;/i&gt;" in again.text
    key = re.search(r"<code>(thalweg_[^<]+)</code>", browser.post("/accounts/bank-a/keys").text)
    assert key
    public = key[1].split("_")[1]
    assert browser.post(f"/keys/{public}/revocation").status_code == 303
    assert browser.post("/accounts/d.ba/changes", data={"act": "open"}).status_code == 403
    browser.post("/accounts/bank-b/changes", data={"act": "close"})
    assert not world.house.accounts.find("bank-b").active
    browser.post("/accounts/bank-b/changes", data={"act": "open"})
    wrong = browser.post("/accounts", data={"account": "D Ba", "name": "D", "role": "analyst"})
    assert wrong.status_code == 422
    assert since() == ["account.created", "key.issued", "key.revoked", "access.denied", *["account.changed"] * 2]


def test_errors_are_pages_with_a_way_back(world: Any) -> None:
    browser = world.browser("analyst")
    missing = browser.get("/alerts/a_none")
    assert missing.status_code == 404
    assert Reader(missing.text).all("a")[-1]["href"] == "/"
    denied = browser.get("/accounts")
    assert denied.status_code == 403
    browser.cookies.set("language", "fr")
    assert "Il n’y a pas d’alerte de ce nom" in browser.get("/alerts/a_none").text
    auditor = world.browser("auditor")
    auditor.cookies.set("language", "fr")
    assert "alerte lue" in auditor.get("/journal").text or "accès refusé" in auditor.get("/journal").text


def _position(cursor: str) -> str:
    """What a cursor says: where a page ended."""
    return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()


def test_no_name_of_a_person_stands_in_an_address(world: Any) -> None:
    alert = world.alert()
    for account, path in (("analyst", "/alerts"), ("analyst", f"/alerts/{alert}"), ("auditor", "/journal")):
        page = Reader(world.browser(account).get(path).text)
        for each in page.all("a") + page.all("form"):
            address = each.get("href") or each.get("action") or ""
            address = re.sub(r"cursor=([\w-]+)", lambda found: f"cursor={_position(found[1])}", address)
            assert re.fullmatch(r"[#/][a-z0-9_/?=&.%|-]*(#[a-z]+)?", address), address
            assert "ACC-" not in address


def test_a_full_queue_is_small_on_a_slow_line(world: Any) -> None:
    for number in range(30):
        world.alert(family="wildlife_timber", score=1000 + number)
    browser = world.browser("analyst")
    page = browser.get("/alerts")
    style = browser.get(Reader(page.text).all("link")[0]["href"])
    assert page.headers["content-encoding"] == style.headers["content-encoding"] == "gzip"
    cold = int(page.headers["content-length"]) + int(style.headers["content-length"])
    assert cold <= 15 * 1024
    assert int(page.headers["content-length"]) <= 8 * 1024
