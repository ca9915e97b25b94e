// The test recordings of a run, one of which is looked at.

const recordings = settings.recordings;
const methods = settings.methods;
const recordingChooser = document.getElementById("recording");
const search = document.getElementById("search");

async function inflated(text) {
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

/** Undo that each value is less the one before. */
function summed(values) {
  for (let i = 1; i < values.length; i++) values[i] += values[i - 1];
  return values;
}

/** Values of each AU over time as values of all AUs for each frame. */
function byFrame(buffer, start, frames) {
  const values = new Uint8Array(frames * aus);
  for (let au = 0; au < aus; au++) {
    const column = summed(new Uint8Array(buffer, start + au * frames, frames));
    for (let i = 0; i < frames; i++) values[i * aus + au] = column[i];
  }
  return values;
}

async function timelineOf(place) {
  const { frames, step, shown: shownFaces, subject } = recordings[place];
  const buffer = await inflated(document.getElementById(`recording-${place}`).textContent);
  const planes = [...methods, null].map((_, i) =>
    byFrame(buffer, 8 * frames + i * frames * aus, frames));
  const curves = methods.map((method, i) => ({
    title: method.title,
    colour: method.colour,
    hidden: !settings.visible.includes(i),
    values: planes[i],
  }));
  const faces = new Image();
  const sheet = document.getElementById(`faces-${place}`).textContent;
  if (sheet) {
    faces.addEventListener("load", () => {
      if (shown.faces !== faces) return;
      drawStrip();
      showCursor();
    });
    faces.src = sheet;
  }
  return {
    numbers: summed(new Int32Array(buffer, 0, frames)),
    times: summed(new Int32Array(buffer, 4 * frames, frames)),
    step,
    shades: planes[methods.length],
    curves,
    faces: sheet ? faces : null,
    shownFaces,
    who: subject,
  };
}

function detects(curve, frame, au) {
  return isKnown(curve, frame, au) && 2 * curve.values[frame * aus + au] > settings.levels;
}

function reading(element, frame, au) {
  shown.curves.forEach((curve, i) => {
    const mark = element.firstChild.children[i];
    mark.hidden = curve.hidden;
    mark.classList.toggle("on", detects(curve, frame, au));
  });
}

function saying(frame) {
  const present = presentAt(frame);
  const labelled = settings.aus.some((_, au) => shadeOf(frame, au) !== 2);
  const none = labelled ? "no action unit coded as present" : "not coded";
  showPresent(present, none);
  const coded = present.map((au) => au.name).join(", ");
  const found = shown.curves.filter((curve) => !curve.hidden).map((curve) => {
    const names = settings.aus.filter((_, au) => detects(curve, frame, au)).map((au) => au.name);
    return `${curve.title} ${names.join(", ") || "none"}`;
  });
  return [coded ? `coded ${coded}` : none, ...found].join("; ");
}

let chosenLast = 0;

async function chooseRecording(place) {
  recordingChooser.value = place;
  chosenLast = place;
  const next = await timelineOf(place);
  // A reader may have chosen another one in the meantime.
  if (place === chosenLast) showTimeline(next);
}

/** Offer the recordings whose name or subject has the words of the search. */
function offerRecordings() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map();
  recordings.forEach(({ name, subject, fold, frames }, place) => {
    const text = [name, fold, `${frames} frames`].filter(Boolean).join(", ");
    const whole = `${subject} ${text}`.toLowerCase();
    if (!words.every((word) => whole.includes(word))) return;
    if (!groups.has(subject)) groups.set(subject, []);
    groups.get(subject).push(new Option(text, place));
  });
  const before = recordingChooser.value;
  recordingChooser.replaceChildren(...[...groups].map(([subject, options]) => {
    const group = document.createElement("optgroup");
    group.label = subject;
    group.append(...options);
    return group;
  }));
  const there = [...recordingChooser.options].some((option) => option.value === before);
  if (there) recordingChooser.value = before;
  const first = recordingChooser.options[0];
  document.getElementById("found").textContent =
    first ? `${recordingChooser.options.length} recordings` : "none is called that";
  if (!there && before !== "" && first) chooseRecording(Number(first.value));
}

function methodKey(method, i) {
  const label = document.createElement("label");
  label.className = "key";
  label.style.setProperty("--line", `var(--${method.colour})`);
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = settings.visible.includes(i);
  box.addEventListener("change", () => {
    settings.visible = settings.visible.filter((one) => one !== i);
    if (box.checked) settings.visible.push(i);
    shown.curves[i].hidden = !box.checked;
    drawAll();
    showCursor();
  });
  label.append(box, document.createElement("i"), method.title);
  return label;
}

document.getElementById("methods").append(...methods.map(methodKey));
for (const row of rows) {
  row.reading.firstChild.append(...methods.map((method) => {
    const mark = document.createElement("span");
    mark.className = "mark";
    mark.title = method.title;
    mark.style.setProperty("--line", `var(--${method.colour})`);
    return mark;
  }));
}
search.addEventListener("input", offerRecordings);
recordingChooser.addEventListener("change", () => chooseRecording(Number(recordingChooser.value)));
offerRecordings();
chooseRecording(settings.first);
