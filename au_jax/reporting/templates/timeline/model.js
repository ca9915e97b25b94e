// What a time line shows, and which part of it is looked at. A page gives `settings`, what stays:
// aus, ticks, levels, gap, thumbnails; calls showTimeline with what is looked at; and has two
// functions, reading(row, frame, au) for the numbers beside a lane and saying(frame) for the words.

function bytesOf(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

const aus = settings.aus.length;

// Of what is looked at. Shades are one byte for each frame and AU: 1 present, 2 not known. Curves
// have values for each frame and AU. Faces are an image and the frames of its thumbnails.
let shown = { numbers: new Int32Array(0), times: new Int32Array(0), step: 1, shades: null,
  curves: [], faces: null, shownFaces: [], who: "" };
let numbers = shown.numbers, times = shown.times, count = 0;
let whole = { from: 0, to: 0 };
const state = { at: 0, from: 0, to: 0 };

/** Look at something else; `stay` keeps place and range. */
function showTimeline(next, stay = false) {
  shown = next;
  ({ numbers, times } = next);
  count = numbers.length;
  // All of it; a single frame is still a range.
  const first = count ? times[0] : 0;
  whole = { from: first, to: count > 1 ? times[count - 1] : first + settings.ticks };
  if (stay) {
    drawAll();
    showCursor();
  } else {
    state.at = 0;
    showWhole();
  }
}

/** The first frame that is not before a time; the number of frames if all are. */
function firstFrom(time, among = times) {
  let low = 0, high = among.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (among[middle] < time) low = middle + 1; else high = middle;
  }
  return low;
}

function nearestFrame(time) {
  const after = Math.min(firstFrom(time), count - 1);
  const before = Math.max(after - 1, 0);
  return time - times[before] < times[after] - time ? before : after;
}

/** The place among the thumbnails of the one nearest in time to a frame; -1 if none is. */
function nearestFace(frame) {
  const places = shown.shownFaces;
  let low = 0, high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle] < frame) low = middle + 1; else high = middle;
  }
  if (low === places.length) return low - 1;
  if (low === 0) return 0;
  return times[frame] - times[places[low - 1]] < times[places[low]] - times[frame] ? low - 1 : low;
}

function isKnown(curve, frame, au = 0) {
  return curve.values[frame * aus + au] !== settings.gap;
}

/** Whether there is a face of use in a frame. */
function hasFace(frame) {
  return shown.curves.some((curve) => isKnown(curve, frame));
}

/** The height of a curve, from 0 to 1. */
function heightOf(curve, frame, au) {
  return curve.values[frame * aus + au] / settings.levels;
}

function shadeOf(frame, au) {
  return shown.shades[frame * aus + au];
}

/** A time in words: seconds, or minutes and seconds of what is longer than that. */
function clock(time, decimals = 2) {
  const seconds = time / settings.ticks;
  if ((whole.to - whole.from) / settings.ticks < 60) return `${seconds.toFixed(decimals)} s`;
  const rounded = Number(Math.abs(seconds).toFixed(decimals));
  const minutes = Math.floor(rounded / 60);
  const rest = (rounded - 60 * minutes).toFixed(decimals).padStart(decimals ? 3 + decimals : 2, "0");
  const sign = seconds < 0 ? "−" : "";
  if (minutes < 60) return `${sign}${minutes}:${rest}`;
  return `${sign}${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}
