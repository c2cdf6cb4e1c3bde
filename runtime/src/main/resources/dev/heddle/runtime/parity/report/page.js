"use strict";
// The page is complete without this: it only lets a reader sort, filter and point.

/** Cells of a column as numbers or texts; what is no number goes to the end that "worse" is at. */
function key(row, column, kind) {
  const text = row.cells[column].dataset.sort;
  return kind === "number" ? Number(text) : text;
}

function compare(a, b) {
  if (Number.isNaN(a) || Number.isNaN(b)) {
    return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function sort(table, header) {
  const down = header.ariaSort === "descending" || (header.ariaSort === null && header.dataset.kind === "text");
  for (const other of table.tHead.rows[0].cells) {
    other.ariaSort = null;
  }
  header.ariaSort = down ? "ascending" : "descending";
  const sign = down ? 1 : -1;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows, row => ({ row, key: key(row, header.cellIndex, header.dataset.kind) }));
  rows.sort((a, b) => sign * compare(a.key, b.key));
  body.append(...rows.map(entry => entry.row));
}

function filter(table, tools) {
  const wanted = tools.querySelector(".filter").value.toLowerCase();
  const failures = tools.querySelector(".failures").checked;
  let shown = 0;
  for (const row of table.tBodies[0].rows) {
    const fits = row.cells[0].dataset.sort.toLowerCase().includes(wanted);
    row.hidden = !fits || (failures && !row.classList.contains("bad"));
    shown += row.hidden ? 0 : 1;
  }
  tools.querySelector(".shown").textContent = `${shown} of ${table.tBodies[0].rows.length} shown`;
}

for (const table of document.querySelectorAll(".tensors")) {
  const tools = table.closest(".part").querySelector(".tools");
  tools.hidden = false;
  tools.addEventListener("input", () => filter(table, tools));
  filter(table, tools);
  table.classList.add("sortable");
  for (const header of table.tHead.rows[0].cells) {
    header.tabIndex = 0;
    header.addEventListener("click", () => sort(table, header));
    header.addEventListener("keydown", event => {
      if (event.key === "Enter") {
        sort(table, header);
      }
    });
  }
}

for (const map of document.querySelectorAll(".map svg[data-cells]")) {
  const cells = map.dataset.cells.split(" ");
  const columns = Number(map.dataset.columns);
  const rows = Number(map.dataset.rows);
  const output = map.closest(".map").querySelector(".cell");
  map.addEventListener("pointermove", event => {
    const box = map.getBoundingClientRect();
    const column = Math.min(columns - 1, Math.floor(((event.clientX - box.left) / box.width) * columns));
    const row = Math.min(rows - 1, Math.floor(((event.clientY - box.top) / box.height) * rows));
    output.textContent = `[${row}, ${column}]: ${cells[row * columns + column]}`;
  });
  map.addEventListener("pointerleave", () => {
    output.textContent = "";
  });
}

document.documentElement.dataset.scripts = "ran";
