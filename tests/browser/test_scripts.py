"""Our own scripts before objects that name the prototype: hostile answers, options, credentials."""

import json
import re
from html import escape

import pytest
from playwright.async_api import Browser

from tests.ground import ROOT

HOSTILE = (
    '{"__proto__": {"bent": 1, "possible": true, "lines": [{"text": "bent"}]},'
    ' "constructor": {"prototype": {"bent": 1, "possible": true}},'
)
OPTIONS = (
    HOSTILE + ' "challenge": "AAAA", "user": {"__proto__": {"bent": 1}, "id": "AAAA"}, "allowCredentials":'
)
OPTIONS += ' [{"__proto__": {"bent": 1}, "id": "AAAA"}]}'
PAGES = {
    "static/passkey.js": f"""
        <form data-passkey="create" data-options="{escape(OPTIONS)}" hidden>
          <input name="credential"><p data-failed hidden></p><button>go</button></form>""",
    "static/editor.js": """
        <form class="editor" data-check="/check"><textarea name="content"></textarea></form>
        <div id="verdict"><p data-said></p><ul data-errors></ul></div>""",
    "static/planning.js": """
        <dialog id="moving"><form><input name="visit"><input name="technician"><input name="day">
          <input name="position"><button class="primary"></button></form>
          <div class="told"></div><p class="wait"></p><button class="close"></button></dialog>
        <p class="chip" draggable="true" data-visit="__proto__">V</p>
        <div class="drop" data-technician="constructor" data-day="__proto__" style="height: 99px"></div>""",
}
ANSWER = (
    HOSTILE + ' "said": "read", "errors": [{"__proto__": {"bent": 1}, "line": "__proto__"}], "warnings": []}'
)
PREPARED = """
    window.PublicKeyCredential = function () {};
    HTMLFormElement.prototype.submit = function () { window.done = true; };
    window.fetch = async () => ({ ok: true, status: 200, headers: { get: () => "application/json" },
        json: async () => { setTimeout(() => { window.done = true; }, 0); return JSON.parse(ANSWER); } });
    const credential = JSON.parse(ANSWER);
    Object.assign(credential, { id: "x", rawId: new ArrayBuffer(2), type: "public-key",
        response: { clientDataJSON: new ArrayBuffer(2), ...JSON.parse(ANSWER) },
        getClientExtensionResults: () => JSON.parse(ANSWER) });
    Object.defineProperty(navigator, "credentials",
        { value: { create: async () => credential, get: async () => credential } });
    const known = (one) => Reflect.ownKeys(one).map(String).sort().join();
    const roots = [Object, Array, Function, String, Promise, HTMLElement].map((one) => one.prototype);
    window.known = () => roots.map(known).join(";");
    window.before = window.known();
""".replace("ANSWER", json.dumps(ANSWER))
USED = {
    "static/passkey.js": "document.querySelector('button').click()",
    "static/editor.js": "document.querySelector('textarea').dispatchEvent(new Event('input'))",
    "static/planning.js": """
        const carry = (kind, one) => one.dispatchEvent(
            new DragEvent(kind, { bubbles: true, dataTransfer: new DataTransfer() }));
        carry('dragstart', document.querySelector('.chip'));
        carry('drop', document.querySelector('.drop'));
    """,
}


@pytest.mark.parametrize("script", PAGES)
async def test_no_prototype_is_changed_by_what_others_send(browser: Browser, script: str) -> None:
    page = await browser.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.set_content(PAGES[script])
    await page.evaluate(PREPARED)
    await page.add_script_tag(content=(ROOT / "templates" / "web" / script).read_text("utf-8"))
    await page.evaluate(f"() => {{ {USED[script]} }}")
    await page.wait_for_function("window.done")
    assert await page.evaluate("window.known() === window.before && ({}).bent === undefined")
    assert await page.evaluate("[].bent === undefined && document.body.bent === undefined")
    if script == "static/planning.js":
        assert await page.locator(".primary").is_disabled(), "what was inherited allowed the move"
    assert wrong == []
    await page.close()


def test_no_script_merges_objects_or_runs_texts() -> None:
    scripts = sorted((ROOT / "templates" / "web").rglob("*.js"))
    assert len(scripts) >= len(PAGES)
    for one in scripts:
        text = one.read_text("utf-8")
        found = re.search(
            r"Object\.assign|__proto__|\beval\b|new Function|(inn|out)erHTML|for \((const|let) \w+ in\b", text
        )
        assert found is None, (one.name, found)
