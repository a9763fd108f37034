// A visit is carried to another round; what that costs is asked and told before anything is changed.
const dialog = document.querySelector("#moving");
const form = dialog?.querySelector("form");
const told = dialog?.querySelector(".told");
const wait = dialog?.querySelector(".wait");
let carried = null;

const line = (text, kind) => {
  const one = document.createElement("p");
  one.textContent = text;
  if (kind) one.className = kind;
  return one;
};

// Before the first visit of the cell whose middle lies below (by day: right of) the pointer.
const positionIn = (cell, event) => {
  const chips = [...cell.querySelectorAll(".chip")].filter((chip) => chip.dataset.visit !== carried);
  const across = cell.classList.contains("track");
  const index = chips.findIndex((chip) => {
    const box = chip.getBoundingClientRect();
    return across ? event.clientX < box.left + box.width / 2 : event.clientY < box.top + box.height / 2;
  });
  return index < 0 ? chips.length : index;
};

const tell = async (cell, position) => {
  form.elements.visit.value = carried;
  form.elements.technician.value = cell.dataset.technician ?? "";
  form.elements.day.value = cell.dataset.day ?? "";
  form.elements.position.value = cell.dataset.tray ? "" : String(position);
  told.replaceChildren();
  wait.hidden = false;
  form.querySelector(".primary").disabled = true;
  dialog.showModal();
  const answer = await fetch("/console/planning/try", { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const read = answer.headers.get("content-type")?.includes("json") ? await answer.json() : { lines: [] };
  wait.hidden = true;
  for (const one of read.lines ?? [{ text: read.detail ?? String(answer.status), kind: "bad" }]) told.append(line(one.text, one.kind));
  form.querySelector(".primary").disabled = !read.possible;
};

document.addEventListener("dragstart", (event) => {
  const chip = event.target.closest?.(".chip[draggable]");
  if (!chip) return;
  carried = chip.dataset.visit;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", carried);
  chip.classList.add("dragged");
});

document.addEventListener("dragend", () => {
  document.querySelectorAll(".dragged, .drop.over").forEach((one) => one.classList.remove("dragged", "over"));
});

document.addEventListener("dragover", (event) => {
  const cell = carried && event.target.closest?.(".drop");
  document.querySelectorAll(".drop.over").forEach((one) => one !== cell && one.classList.remove("over"));
  if (!cell) return;
  event.preventDefault();
  cell.classList.add("over");
});

document.addEventListener("drop", (event) => {
  const cell = carried && event.target.closest?.(".drop");
  if (!cell || !dialog) return;
  event.preventDefault();
  const position = positionIn(cell, event);
  tell(cell, position).catch((trouble) => {
    wait.hidden = true;
    told.replaceChildren(line(String(trouble), "bad"));
  });
  carried = null;
});

dialog?.querySelector(".close").addEventListener("click", () => dialog.close());
