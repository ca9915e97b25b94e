// What is known of the video, and what is being looked at.

const data = JSON.parse(document.getElementById("data").textContent);

function bytesOf(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

const numbers = new Int32Array(bytesOf(data.number).buffer);
const times = new Int32Array(bytesOf(data.time).buffer);
const count = numbers.length;
const aus = data.aus.length;

// The whole video; one of a single frame is still a range.
const whole = {
  from: count ? times[0] : 0,
  to: count > 1 ? times[count - 1] : (count ? times[0] : 0) + data.ticks,
};

const people = data.people.map((person, place) => ({
  id: person.id,
  share: person.share,
  values: bytesOf(person.probabilities),
  present: presentOf(place),
  shown: person.shown,
  faces: person.faces ? Object.assign(new Image(), { src: person.faces }) : null,
}));

const state = { person: 0, at: 0, from: whole.from, to: whole.to };

/** The first frame that is not before a time; `count` if all are. */
function firstFrom(time) {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1; else high = middle;
  }
  return low;
}

function nearestFrame(time) {
  const after = Math.min(firstFrom(time), count - 1);
  const before = Math.max(after - 1, 0);
  return time - times[before] < times[after] - time ? before : after;
}

/** Which AUs of a person are present, one byte for each frame and AU. */
function presentOf(place) {
  const present = new Uint8Array(count * aus);
  for (const [person, au, onset, offset] of data.events) {
    if (person !== place) continue;
    for (let i = firstFrom(onset); i < count && times[i] < offset; i++) present[i * aus + au] = 1;
  }
  return present;
}

/** The place in a person's thumbnails of the one nearest in time to a frame; -1 if none is. */
function nearestFace(person, frame) {
  const shown = person.shown;
  let low = 0, high = shown.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shown[middle] < frame) low = middle + 1; else high = middle;
  }
  if (low === shown.length) return low - 1;
  if (low === 0) return 0;
  return times[frame] - times[shown[low - 1]] < times[shown[low]] - times[frame] ? low - 1 : low;
}

function hasFace(person, frame) {
  return person.values[frame * aus] !== data.gap;
}

function probability(person, frame, au) {
  return person.values[frame * aus + au] / data.levels;
}

/** A time in words: seconds, or minutes and seconds of a video longer than that. */
function clock(time, decimals = 2) {
  const seconds = time / data.ticks;
  if ((whole.to - whole.from) / data.ticks < 60) return `${seconds.toFixed(decimals)} s`;
  const rounded = Number(Math.abs(seconds).toFixed(decimals));
  const minutes = Math.floor(rounded / 60);
  const rest = (rounded - 60 * minutes).toFixed(decimals).padStart(decimals ? 3 + decimals : 2, "0");
  const sign = seconds < 0 ? "−" : "";
  if (minutes < 60) return `${sign}${minutes}:${rest}`;
  return `${sign}${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}
