// Zoom, details and highlights. Without it every number and every name is on the page all the same.
(() => {
  "use strict";
  const NEAREST = 21.5, FARTHEST = 34, DEEPEST = 40, MANY = 140;

  for (const section of document.querySelectorAll(".day")) {
    const svg = section.querySelector(".ground"), stage = section.querySelector(".stage");
    const tip = section.querySelector(".tip"), tools = section.querySelector(".tools");
    const rule = section.querySelector(".rule path"), ruleWords = section.querySelector(".rule-words");
    const wide = +stage.dataset.wide, high = +stage.dataset.high;
    const metres = +section.querySelector(".map").dataset.metres;
    const pins = [...svg.querySelectorAll(".pin")].map((pin) => {
      const stop = pin.closest(".stop"), at = stop.transform.baseVal[0].matrix;
      return { pin, stop, x: at.e, y: at.f, leader: stop.querySelector(".leader"), colour: stop.querySelector(".shape") };
    });
    const homes = [...svg.querySelectorAll(".house")].map((one) => {
      const at = one.transform.baseVal[0].matrix;
      return [at.e, at.f];
    });
    const view = { x: 0, y: 0, zoom: 1 };
    const lang = document.documentElement.lang;
    tools.hidden = false;

    // Pixels to a unit of the drawing.
    const scale = () => {
      const box = svg.getBoundingClientRect();
      return Math.min(box.width / wide, box.height / high) * view.zoom || 1;
    };
    const show = () => {
      if (!svg.getBoundingClientRect().width) return;
      view.x = Math.min(Math.max(view.x, 0), wide - wide / view.zoom);
      view.y = Math.min(Math.max(view.y, 0), high - high / view.zoom);
      svg.setAttribute("viewBox", `${view.x} ${view.y} ${wide / view.zoom} ${high / view.zoom}`);
      stage.classList.toggle("near", view.zoom > 1);
      const by = scale();
      svg.style.setProperty("--k", 1 / by);
      const left = view.x, right = view.x + wide / view.zoom, top = view.y, bottom = view.y + high / view.zoom;
      const seen = pins.filter((one) => one.x > left && one.x < right && one.y > top && one.y < bottom);
      const dense = seen.length > MANY;
      svg.classList.toggle("dense", dense);
      spread(dense ? [] : seen, by);
      name(by);
      measure(by);
    };
    const measure = (by) => {
      let best = 1;
      for (let power = 1; power <= 1e6; power *= 10)
        for (const digit of [1, 2, 5]) if ((digit * power / metres) * by <= 170) best = digit * power;
      const share = ((best / metres) * by * wide) / svg.getBoundingClientRect().width;
      rule.setAttribute("d", `M1 0V7H${share}V0`);
      const number = (value) => value.toLocaleString(lang);
      ruleWords.textContent = best >= 1000 ? `${number(best / 1000)}\u00a0km` : `${number(best)}\u00a0m`;
    };
    // Numbers that would hide each other move apart, as far as there is room.
    const spread = (pins, by) => {
      const at = pins.map((one, n) => [one.x * by + Math.cos(n * 2.4) * 0.5, one.y * by + Math.sin(n * 2.4) * 0.5]);
      for (let round = 0; round < 40; round++) {
        let moved = false;
        const push = at.map(() => [0, 0]);
        for (let a = 0; a < at.length; a++) {
          for (const [x, y] of homes) {
            const across = at[a][0] - x * by, down = at[a][1] - y * by, far = Math.hypot(across, down);
            if (far >= NEAREST) continue;
            const share = (0.55 * (NEAREST - far)) / Math.max(far, 0.1);
            push[a][0] += across * share; push[a][1] += down * share;
            moved = true;
          }
          for (let b = a + 1; b < at.length; b++) {
            const x = at[a][0] - at[b][0], y = at[a][1] - at[b][1], far = Math.hypot(x, y);
            if (far >= NEAREST) continue;
            const share = (0.55 * (NEAREST - far)) / Math.max(far, 0.1);
            push[a][0] += x * share; push[a][1] += y * share;
            push[b][0] -= x * share; push[b][1] -= y * share;
            moved = true;
          }
        }
        if (!moved) break;
        at.forEach((one, n) => {
          const home = [pins[n].x * by, pins[n].y * by];
          for (const axis of [0, 1]) one[axis] += push[n][axis] + (home[axis] - one[axis]) * 0.04;
          const x = one[0] - home[0], y = one[1] - home[1], far = Math.hypot(x, y);
          if (far > FARTHEST) { one[0] = home[0] + (x * FARTHEST) / far; one[1] = home[1] + (y * FARTHEST) / far; }
        });
      }
      pins.forEach((one, n) => {
        let x = at[n][0] - one.x * by, y = at[n][1] - one.y * by;
        if (Math.hypot(x, y) < 1.5) x = y = 0;
        one.pin.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
        if (!one.leader) {
          one.leader = document.createElementNS("http://www.w3.org/2000/svg", "path");
          one.leader.setAttribute("class", "leader");
          one.leader.setAttribute("stroke-width", "1.4");
          one.pin.before(one.leader);
        }
        one.leader.setAttribute("d", `M0 0L${x.toFixed(1)} ${y.toFixed(1)}`);
      });
    };

    // Names stand where they hide no number and no other name; within the window, the heaviest first.
    const towns = [...svg.querySelectorAll(".town")].map((one) => {
      const at = one.transform.baseVal[0].matrix;
      return { text: one.querySelector("text"), x: at.e, y: at.f, half: 0 };
    });
    const name = (by) => {
      const box = svg.getBoundingClientRect();
      const left = view.x * by - (box.width - (wide / view.zoom) * by) / 2;
      const top = view.y * by - (box.height - (high / view.zoom) * by) / 2;
      const taken = [[left + box.width - 56, top, left + box.width, top + 136]];
      for (const one of svg.querySelectorAll(".stop .shape, .house")) {
        const at = one.getBoundingClientRect(), x = at.left - box.left + left, y = at.top - box.top + top;
        taken.push([x, y, x + at.width, y + at.height]);
      }
      for (const one of towns) {
        one.half ||= one.text.getComputedTextLength() / 2 + 2;
        const x = one.x * by, y = one.y * by;
        const within = Math.min(Math.max(x, left + one.half + 4), left + box.width - one.half - 4);
        const below = Math.abs(within - x) > one.half ? undefined : [4, -15, 24, -26, 36].find((by) => {
          const mine = [within - one.half, y + by - 12, within + one.half, y + by + 4];
          if (mine[1] < top || mine[3] > top + box.height) return false;
          return taken.every((o) => mine[2] <= o[0] || o[2] <= mine[0] || mine[3] <= o[1] || o[3] <= mine[1]);
        });
        one.text.setAttribute("visibility", below === undefined ? "hidden" : "visible");
        if (below === undefined) continue;
        one.text.setAttribute("y", below);
        one.text.setAttribute("x", within - x);
        taken.push([within - one.half, y + below - 12, within + one.half, y + below + 4]);
      }
    };

    const zoomTo = (factor, at) => {
      const before = view.zoom, zoom = factor ? Math.min(Math.max(before * factor, 1), DEEPEST) : 1;
      const box = svg.getBoundingClientRect(), middle = at || { x: box.left + box.width / 2, y: box.top + box.height / 2 };
      const by = scale(), left = (box.width - (wide / before) * by) / 2, top = (box.height - (high / before) * by) / 2;
      const px = middle.x - box.left - left, py = middle.y - box.top - top;
      view.x += px / by; view.y += py / by;
      view.zoom = zoom;
      const now = scale();
      view.x -= px / now; view.y -= py / now;
      tip.hidden = true;
      show();
    };
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) zoomTo(+button.dataset.zoom);
    });
    svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey && view.zoom === 1 && event.deltaY > 0) return;
      event.preventDefault();
      zoomTo(Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / 180), { x: event.clientX, y: event.clientY });
    }, { passive: false });
    svg.addEventListener("dblclick", (event) => zoomTo(2, { x: event.clientX, y: event.clientY }));

    // One finger or the mouse moves, two fingers zoom.
    const fingers = new Map();
    let moved = 0;
    svg.addEventListener("pointerdown", (event) => {
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      moved = 0;
    });
    svg.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      moved += Math.hypot(now.x - before.x, now.y - before.y);
      if (fingers.size === 1 && view.zoom > 1 && moved > 3) {
        if (!svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
        const by = scale();
        view.x -= (now.x - before.x) / by; view.y -= (now.y - before.y) / by;
        svg.classList.add("moving");
        tip.hidden = true;
        show();
      } else if (fingers.size === 2) {
        const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
        const far = (a) => Math.hypot(a.x - other.x, a.y - other.y) || 1;
        zoomTo(far(now) / far(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
      }
      fingers.set(event.pointerId, now);
    });
    for (const over of ["pointerup", "pointercancel", "lostpointercapture"])
      svg.addEventListener(over, (event) => { fingers.delete(event.pointerId); svg.classList.remove("moving"); });

    // A stop on the map and its line in the list are one thing.
    const lineOf = (link) => document.getElementById(link.dataset.stop);
    const linkOf = (line) => svg.querySelector(`[data-stop="${line.id}"]`);
    const meet = (link, on) => {
      link.closest(".stop").classList.toggle("met", on);
      lineOf(link).classList.toggle("met", on);
    };
    const tell = (link) => {
      const line = lineOf(link), box = stage.getBoundingClientRect(), at = link.getBoundingClientRect();
      tip.replaceChildren(...[...line.children].map((one) => one.cloneNode(true)));
      tip.className = `tip ${link.closest(".stop").getAttribute("class").match(/\bc\d\b/)[0]}`;
      tip.hidden = false;
      const x = at.left - box.left + at.width / 2, y = at.top - box.top;
      const left = Math.min(Math.max(x - tip.offsetWidth / 2, 6), box.width - tip.offsetWidth - 6);
      const above = y - tip.offsetHeight - 8;
      tip.style.left = `${left}px`;
      tip.style.top = `${above > 4 ? above : y + at.height + 8}px`;
    };
    for (const link of svg.querySelectorAll("[data-stop]")) {
      const title = link.querySelector("title");
      link.setAttribute("aria-label", title.textContent);
      title.remove();
      const begin = () => { meet(link, true); tell(link); };
      const end = () => { meet(link, false); tip.hidden = true; };
      link.addEventListener("pointerenter", begin);
      link.addEventListener("pointerleave", end);
      link.addEventListener("focus", begin);
      link.addEventListener("blur", end);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        if (moved > 6) return;
        const line = lineOf(link);
        line.closest("details").open = true;
        line.scrollIntoView({ block: "nearest", behavior: "smooth" });
      });
    }
    for (const line of section.querySelectorAll("li.visit")) {
      line.addEventListener("pointerenter", () => meet(linkOf(line), true));
      line.addEventListener("pointerleave", () => meet(linkOf(line), false));
    }

    // Open rounds, and the one under the pointer, stand out.
    const cards = [...section.querySelectorAll(".card, .week tbody tr")];
    const light = (over) => {
      const chosen = new Set(cards.filter((one) => one.open || one === over).map((one) => one.dataset.hand));
      svg.classList.toggle("lit", chosen.size > 0);
      for (const one of svg.querySelectorAll("[data-hand]")) one.classList.toggle("lit", chosen.has(one.dataset.hand));
    };
    for (const card of cards) {
      card.addEventListener("toggle", () => light());
      card.addEventListener("pointerenter", () => light(card));
      card.addEventListener("pointerleave", () => light());
    }
    section.previousElementSibling.addEventListener("change", () => {
      section.querySelector(".tab.now")?.scrollIntoView({ block: "nearest", inline: "center" });
    });
    new ResizeObserver(show).observe(svg);
  }

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
})();
