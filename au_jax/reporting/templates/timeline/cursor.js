// The cursor: follows pointer and keys, and shows face and numbers of its frame; and the zoom.

const slider = document.getElementById("slider");
const cursor = document.getElementById("cursor");
const selection = document.getElementById("selection");
const face = document.getElementById("face");
const SMALLEST = settings.ticks / 5;

function percent(share) {
  return `${Math.round(100 * share)} %`;
}

function showCursor() {
  if (!count) return;
  const frame = state.at;
  cursor.style.left = `${placeOf(times[frame], 100)}%`;
  const where = `${clock(times[frame])}, frame ${numbers[frame]}`;
  document.getElementById("where").textContent = where;
  rows.forEach((row, au) => {
    reading(row.reading, frame, au);
    row.lane.classList.toggle("is-present", shadeOf(frame, au) === 1);
  });
  showFace(frame);
  slider.setAttribute("aria-valuemin", numbers[0]);
  slider.setAttribute("aria-valuemax", numbers[count - 1]);
  slider.setAttribute("aria-valuenow", numbers[frame]);
  slider.setAttribute("aria-valuetext", `${where}: ${saying(frame)}`);
}

/** Which AUs are present in a frame, with their places. */
function presentAt(frame) {
  return settings.aus.map((au, place) => ({ ...au, place }))
    .filter((au) => shadeOf(frame, au.place) === 1);
}

/** Show AUs that are present, or the words if there are none. */
function showPresent(present, words) {
  const place = document.getElementById("present");
  place.textContent = present.length ? "" : words;
  const titled = present.length <= 3;
  present.forEach((au, i) => {
    const bold = document.createElement("b");
    bold.textContent = titled ? `${au.name} ${au.title}`.trim() : au.name;
    place.append(i ? ", " : "", bold);
  });
}

function showFace(frame) {
  const nearest = nearestFace(frame);
  const { context, width } = cleared(face);
  face.classList.toggle("away", !hasFace(frame));
  if (nearest < 0 || !shown.faces?.complete) return;
  drawFace(context, nearest, 0, 0, width);
  const when = clock(times[shown.shownFaces[nearest]]);
  face.setAttribute("aria-label", `face of ${shown.who} at ${when}`);
}

/** Go to a frame; the range follows if it is outside. */
function goTo(frame) {
  if (!count) return;
  state.at = Math.min(Math.max(frame, 0), count - 1);
  const time = times[state.at], span = state.to - state.from;
  if (time < state.from) setRange(time - span / 10, time + span * 0.9);
  else if (time > state.to) setRange(time - span * 0.9, time + span / 10);
  else showCursor();
}

/** Show a part of the time, moved into it and not too short. */
function setRange(from, to) {
  const all = whole.to - whole.from;
  const span = Math.min(all, Math.max(to - from, SMALLEST));
  const middle = (from + to) / 2;
  state.from = Math.min(Math.max(middle - span / 2, whole.from), whole.to - span);
  state.to = state.from + span;
  document.getElementById("range").textContent = `${clock(state.from, 1)} to ${clock(state.to, 1)}`;
  document.getElementById("whole").disabled = span === all;
  drawAll();
  showCursor();
}

/** Make the range so many times as long, around the cursor. */
function zoom(factor) {
  const time = times[state.at];
  setRange(time + (state.from - time) * factor, time + (state.to - time) * factor);
}

function showWhole() {
  setRange(whole.from, whole.to);
}

const KEYS = {
  ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10,
};

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const step = KEYS[event.key];
  if (event.key === "Home") goTo(0);
  else if (event.key === "End") goTo(count - 1);
  else if (event.key === "Escape") { dragFrom = null; selection.hidden = true; showWhole(); }
  else if (event.key === "+" || event.key === "=") zoom(0.5);
  else if (event.key === "-") zoom(2);
  else if (step && (event.shiftKey || Math.abs(step) > 1)) goBySeconds(step);
  else if (step) goTo(state.at + step);
  else return;
  event.preventDefault();
}

function goBySeconds(seconds) {
  const wanted = nearestFrame(times[state.at] + seconds * settings.ticks);
  // Where frames are more than a second apart it still moves.
  goTo(wanted === state.at ? wanted + Math.sign(seconds) : wanted);
}

let dragFrom = null;

function shareOf(event) {
  const box = slider.getBoundingClientRect();
  return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
}

function timeOf(share) {
  return state.from + share * (state.to - state.from);
}

function onPointer(event) {
  const share = shareOf(event);
  if (event.type === "pointerdown") {
    slider.focus({ preventScroll: true });
    // Fingers move the cursor: they cannot hover.
    if (event.pointerType === "mouse" && event.button === 0) {
      dragFrom = share;
      slider.setPointerCapture(event.pointerId);
    }
  }
  const low = Math.min(dragFrom ?? share, share), high = Math.max(dragFrom ?? share, share);
  const far = (high - low) * slider.clientWidth > 5;
  if (event.type === "pointerup" && dragFrom !== null) {
    dragFrom = null;
    selection.hidden = true;
    if (far) {
      setRange(timeOf(low), timeOf(high));
      return;
    }
  }
  if (dragFrom !== null) {
    selection.hidden = !far;
    selection.style.left = `${100 * low}%`;
    selection.style.width = `${100 * (high - low)}%`;
  }
  if (!count) return;
  // The range stays, also where the nearest frame is just outside.
  state.at = nearestFrame(timeOf(share));
  showCursor();
}

for (const type of ["pointerdown", "pointermove", "pointerup"]) {
  slider.addEventListener(type, onPointer);
}
slider.addEventListener("pointercancel", () => { dragFrom = null; selection.hidden = true; });
slider.addEventListener("dblclick", showWhole);
slider.addEventListener("keydown", onKey);
document.getElementById("closer").addEventListener("click", () => zoom(0.5));
document.getElementById("farther").addEventListener("click", () => zoom(2));
document.getElementById("whole").addEventListener("click", showWhole);
new ResizeObserver(() => { drawAll(); showCursor(); }).observe(lanes);
for (const media of ["(prefers-color-scheme: dark)", "print"]) {
  matchMedia(media).addEventListener("change", drawAll);
}
