// A page about work that is under way shows how far it is, without being loaded anew: where somebody reads,
// and what has the focus, stay. Without scripts the browser loads the page itself.
"use strict";

(() => {
  const me = document.currentScript;
  const every = 1000 * Math.max(1, Number(me.dataset.seconds) || 2);
  const FOCUSABLE = "a[href], button, input, select, textarea, summary";

  const spoken = document.createElement("p");
  spoken.className = "unseen";
  spoken.setAttribute("role", "status");

  const textOf = (page) => [...page.querySelectorAll("main [role=status]")]
    .map((one) => one.textContent.replace(/\s+/g, " ").trim()).join(" ");

  function put(next) {
    const old = document.querySelector("main");
    const focused = [...old.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
    const named = focused < 0 ? "" : document.activeElement.textContent;
    const made = document.importNode(next, true);
    old.replaceWith(made);
    const again = focused < 0 ? null : made.querySelectorAll(FOCUSABLE)[focused];
    if (document.activeElement === document.body && again && again.textContent === named) {
      again.focus({ preventScroll: true });
    }
  }

  function types() {
    const one = document.activeElement;
    const inside = one && one.closest("main");
    return Boolean(inside) && ["INPUT", "TEXTAREA", "SELECT"].includes(one.tagName);
  }

  async function look() {
    if (document.hidden || types()) return true;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (answer.redirected || answer.status === 401) {
      location.reload();
      return false;
    }
    if (!answer.ok) return true;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("main");
    if (!next) return true;
    const goesOn = page.querySelector("script[data-follow]") !== null;
    put(next);
    document.title = page.title;
    // Each step would be too much to hear: the end is told.
    if (!goesOn) spoken.textContent = textOf(page);
    return goesOn;
  }

  async function follow() {
    let goesOn = true;
    try {
      goesOn = await look();
    } catch {
      // The network is away for a moment.
    }
    if (goesOn) setTimeout(follow, every);
  }

  document.body.append(spoken);
  setTimeout(follow, every);
})();
