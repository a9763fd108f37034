"use strict";
// The editor of a rule book: while somebody writes, the server says what is wrong. Without it the button does.

const form = document.querySelector("form.editor");
const area = form.elements.content;
const verdict = document.getElementById("verdict");
const said = verdict.querySelector("[data-said]");
const list = verdict.querySelector("[data-errors]");
const PAUSE = 500;
let waiting = 0;
let asked = 0;

function place(line, column) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + Math.max(column - 1, 0);
  area.focus();
  area.setSelectionRange(start, start);
  area.scrollTop = (line - 4) * parseFloat(getComputedStyle(area).lineHeight);
}

function item(wrong) {
  const row = document.createElement("li");
  const link = document.createElement("a");
  link.href = "#source";
  link.dataset.line = wrong.line;
  link.dataset.column = wrong.column;
  link.textContent = `${wrong.line}:${wrong.column}`;
  const text = document.createElement("span");
  text.textContent = wrong.text;
  row.append(link, " ", text);
  return row;
}

async function check() {
  const number = ++asked;
  const answer = await fetch(form.dataset.check, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (!answer.ok || number !== asked) return;
  const found = await answer.json();
  said.textContent = found.said;
  list.replaceChildren(...[...found.errors, ...found.warnings].map(item));
  verdict.className = `verdict ${found.errors.length ? "bad" : "good"}`;
}

area.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => check().catch(() => {}), PAUSE);
});
area.addEventListener("keydown", (event) => {
  // Tab leaves the field, as everywhere else: who writes YAML indents with spaces.
  if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    check().catch(() => {});
  }
});
list.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  if (!link) return;
  event.preventDefault();
  place(Number(link.dataset.line), Number(link.dataset.column));
});
