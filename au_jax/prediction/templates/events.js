// The table of events; a click goes to one on the time line.

const FIRST = 15;
// A browser takes long over tens of thousands of rows.
const AT_ONCE = 1000;

function eventRow(event) {
  const [person, au, onset, offset, first, last, mean] = event;
  const row = document.createElement("tr");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = clock(onset);
  button.addEventListener("click", () => jumpTo(event));
  row.insertCell().append(button);
  const name = row.insertCell();
  name.className = "words";
  name.textContent = `${data.aus[au].name} ${data.aus[au].title}`;
  const cells = [`${((offset - onset) / data.ticks).toFixed(2)} s`, `${first}–${last}`, percent(mean)];
  if (people.length > 1) cells.push(people[person].id);
  for (const text of cells) row.insertCell().textContent = text;
  return row;
}

function jumpTo([person, , onset, offset]) {
  choosePerson(person);
  const margin = (state.to - state.from - (offset - onset)) / 2;
  if (onset < state.from || offset > state.to) setRange(onset - margin, offset + margin);
  goTo(Math.min(firstFrom(onset), count - 1));
  document.getElementById("viewer").scrollIntoView({ block: "start" });
  slider.focus({ preventScroll: true });
}

function showEvents() {
  const table = document.getElementById("events");
  const total = data.events.length;
  document.getElementById("count").textContent = total
    ? "An event goes from the first to the last of consecutive frames in which an action unit is "
      + "present. Click on one to see it."
    : "No action unit is present in any frame.";
  if (!total) return;
  const head = table.createTHead().insertRow();
  const titles = ["onset", "action unit", "duration", "frames", "mean probability"];
  if (people.length > 1) titles.push("person");
  titles.forEach((title, place) => {
    const cell = document.createElement("th");
    cell.textContent = title;
    if (place === 1) cell.className = "words";
    head.append(cell);
  });
  const body = table.createTBody();
  const more = document.getElementById("more");
  const add = (most) => {
    const shown = body.rows.length;
    body.append(...data.events.slice(shown, shown + most).map(eventRow));
    const left = total - body.rows.length;
    more.hidden = left === 0;
    more.textContent = left > AT_ONCE
      ? `Show ${AT_ONCE} more of ${total} events` : `Show all ${total} events`;
  };
  more.addEventListener("click", () => add(AT_ONCE));
  add(FIRST);
}
