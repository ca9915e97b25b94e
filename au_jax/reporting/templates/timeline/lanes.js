// The lanes: faces, one curve for each AU, and the axis of time; drawn anew when the range changes.

const lanes = document.getElementById("lanes");
const strip = document.querySelector("#strip canvas");
const axis = document.querySelector("#axis canvas");

const rows = settings.aus.map((au) => {
  const lane = document.createElement("div");
  lane.className = "lane";
  lane.innerHTML = '<div class="said"><span class="name"><b></b> <span></span></span>'
    + '<span class="reading"></span></div><canvas></canvas>';
  lane.querySelector("b").textContent = au.name;
  lane.querySelector(".name span").textContent = au.title;
  document.getElementById("curves").append(lane);
  const reading = lane.querySelector(".reading");
  reading.innerHTML = settings.reading;
  return { lane, canvas: lane.querySelector("canvas"), reading };
});

/** A context in CSS pixels on a canvas that has all pixels of the screen. */
function cleared(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  return { context, width, height };
}

function drawAll() {
  const colours = {};
  for (const name of ["event", "empty", "faint"]) colours[name] = colour(name);
  drawStrip();
  rows.forEach((row, au) => drawLane(row.canvas, au, colours));
  drawAxis(colours);
}

function placeOf(time, width) {
  return (time - state.from) / (state.to - state.from) * width;
}

/** The frames to draw: those in the range, and one on either side to which curves lead. */
function visibleFrames() {
  return [Math.max(0, firstFrom(state.from) - 1), Math.min(count, firstFrom(state.to) + 2)];
}

function drawLane(canvas, au, colours) {
  const { context, width, height } = cleared(canvas);
  const [first, last] = visibleFrames();
  context.fillStyle = colours.empty;
  eachRun(first, last, (i) => !hasFace(i), (left, right) => {
    context.fillRect(left, 0, right - left, height);
  }, width);
  context.fillStyle = hatching(context, colours);
  eachRun(first, last, (i) => shadeOf(i, au) === 2, (left, right) => {
    context.fillRect(left, 0, right - left, height);
  }, width);
  context.fillStyle = colours.event;
  eachRun(first, last, (i) => shadeOf(i, au) === 1, (left, right) => {
    // One of a few frames is still to be seen; many are not to fill the lane.
    context.fillRect(left, 0, Math.max(0.5, right - left), height);
  }, width);
  const top = 2, tall = height - 4;
  const threshold = settings.aus[au].threshold;
  if (threshold !== null) {
    context.strokeStyle = colours.faint;
    context.setLineDash([3, 4]);
    context.lineWidth = 0.7;
    const y = top + (1 - threshold) * tall;
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(width, y);
    context.stroke();
    context.setLineDash([]);
  }
  context.lineWidth = 1.4;
  context.lineJoin = "round";
  for (const curve of shown.curves) {
    if (curve.hidden) continue;
    context.strokeStyle = context.fillStyle = colour(curve.colour);
    drawCurve(context, curve, au, first, last, width, (p) => top + (1 - p) * tall);
  }
}

/** Stripes, for what is not known: they differ from shades also without colours. */
function hatching(context, colours) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const drawn = tile.getContext("2d");
  drawn.strokeStyle = colours.faint;
  drawn.globalAlpha = 0.6;
  drawn.beginPath();
  for (const shift of [-8, 0, 8]) {
    drawn.moveTo(shift, 8);
    drawn.lineTo(shift + 8, 0);
  }
  drawn.stroke();
  return context.createPattern(tile, "repeat");
}

/** Call `draw` with left and right edge of each run of frames of which `is` says yes. */
function eachRun(first, last, is, draw, width) {
  for (let i = first; i < last; i++) {
    if (!is(i)) continue;
    const start = i;
    while (i + 1 < last && is(i + 1)) i++;
    // A frame lasts until the next one; the last is as long as the one before.
    const end = i + 1 < count ? times[i + 1] : 2 * times[i] - times[Math.max(0, i - 1)];
    draw(Math.max(0, placeOf(times[start], width)), Math.min(width, placeOf(end, width)));
  }
}

/**
 * Draw a curve. Frames in one column of pixels are drawn as their mean, over a band from the lowest
 * to the highest.
 */
function drawCurve(context, curve, au, first, last, width, height) {
  const band = new Path2D(), line = new Path2D();
  let column = null, lowest = 0, highest = 0, sum = 0, among = 0, connected = false;
  const finish = () => {
    if (column === null) return;
    const mean = height(sum / among);
    // A face of a single frame is still to be seen.
    if (!connected) line.moveTo(column - 0.5, mean);
    line.lineTo(column, mean);
    band.rect(column - 0.5, height(highest), 1, height(lowest) - height(highest));
    connected = true;
    column = null;
  };
  for (let i = first; i < last; i++) {
    const lost = i > 0 && numbers[i] - numbers[i - 1] > shown.step;
    if (!isKnown(curve, i, au) || lost) {
      finish();
      connected = false;
      if (!isKnown(curve, i, au)) continue;
    }
    const p = heightOf(curve, i, au);
    const x = placeOf(times[i], width);
    if (column === null || Math.floor(x) !== Math.floor(column)) {
      finish();
      column = x;
      lowest = highest = p;
      sum = among = 0;
    }
    lowest = Math.min(lowest, p);
    highest = Math.max(highest, p);
    sum += p;
    among += 1;
  }
  finish();
  context.globalAlpha = 0.3;
  context.fill(band);
  context.globalAlpha = 1;
  context.stroke(line);
}

function drawStrip() {
  const { context, width, height } = cleared(strip);
  if (!count || !shown.faces?.complete) return;
  const places = Math.max(1, Math.floor(width / (height + 2)));
  const span = (state.to - state.from) / places;
  for (let place = 0; place < places; place++) {
    const frame = nearestFrame(state.from + (place + 0.5) * span);
    if (!hasFace(frame)) continue;
    drawFace(context, nearestFace(frame), (place + 0.5) * width / places - height / 2, 0, height);
  }
}

function drawFace(context, face, left, top, size) {
  const { size: side, columns } = settings.thumbnails;
  context.imageSmoothingQuality = "high";
  context.drawImage(
    shown.faces,
    (face % columns) * side, Math.floor(face / columns) * side, side, side,
    left, top, size, size,
  );
}

function drawAxis(colours) {
  const { context, width } = cleared(axis);
  const span = (state.to - state.from) / settings.ticks;
  const steps = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
  const step = steps.find((one) => one >= span / width * 90) || 4 * 3600;
  context.fillStyle = context.strokeStyle = colours.faint;
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "center";
  for (let n = Math.ceil(state.from / settings.ticks / step); n * step * settings.ticks <= state.to; n++) {
    const x = placeOf(n * step * settings.ticks, width);
    context.fillRect(x, 0, 1, 5);
    const text = clock(n * step * settings.ticks, step < 0.1 ? 2 : step < 1 ? 1 : 0);
    const half = context.measureText(text).width / 2;
    context.fillText(text, Math.min(Math.max(x, half), width - half), 18);
  }
}
