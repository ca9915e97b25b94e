// Tables are sorted by a column when its title is chosen; summary rows stay at the end.

/** What a cell sorts by: its first number, else its words; a dash comes last. */
function sortKey(cell) {
  const text = cell.textContent.trim();
  if (text === "" || text === "–") return null;
  const number = text.replace("−", "-").match(/^[<>~]?\s*([-+]?\d[\d,]*(\.\d+)?)/);
  return number ? Number(number[1].replaceAll(",", "")) : text;
}

function compareKeys(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

function sortBy(table, heads, column) {
  const head = heads[column];
  // Numbers from the highest, words from A; the next time the other way.
  const words = head.classList.contains("words");
  const before = head.getAttribute("aria-sort");
  const first = words ? "ascending" : "descending";
  const other = words ? "descending" : "ascending";
  const order = before === first ? other : first;
  heads.forEach((one) => one.setAttribute("aria-sort", one === head ? order : "none"));
  const body = table.tBodies[0];
  const keyed = [...body.rows].map((row) => ({ row, key: sortKey(row.cells[column]) }));
  const sign = order === "ascending" ? 1 : -1;
  keyed.sort((a, b) => {
    const unknown = a.key === null || b.key === null;
    return unknown ? compareKeys(a.key, b.key) : sign * compareKeys(a.key, b.key);
  });
  body.append(...keyed.map(({ row }) => row));
}

for (const table of document.querySelectorAll("table.sortable")) {
  const rows = table.tHead ? [...table.tBodies[0].rows] : [];
  // A row without a name goes on from the one above it.
  if (rows.length < 2 || rows.some((row) => !row.cells[0].textContent.trim())) continue;
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.textContent = head.textContent;
    if (!head.textContent.trim()) button.setAttribute("aria-label", "name");
    head.replaceChildren(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => sortBy(table, heads, column));
  });
}
