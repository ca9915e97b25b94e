// The persons of a video, one of whom is looked at.

const videoNumbers = new Int32Array(bytesOf(data.number).buffer);
const videoTimes = new Int32Array(bytesOf(data.time).buffer);
const chooser = document.getElementById("person");
let chosen = 0;

const people = data.people.map((person, place) => ({
  id: person.id,
  share: person.share,
  numbers: videoNumbers,
  times: videoTimes,
  step: data.step,
  shades: presentOf(place),
  curves: [{ colour: "curve", values: bytesOf(person.probabilities) }],
  faces: person.faces ? Object.assign(new Image(), { src: person.faces }) : null,
  shownFaces: person.shown,
  who: `person ${person.id}`,
}));

/** Which AUs of a person are present, one byte for each frame and AU. */
function presentOf(place) {
  const present = new Uint8Array(videoTimes.length * aus);
  for (const [person, au, onset, offset] of data.events) {
    if (person !== place) continue;
    const last = firstFrom(offset, videoTimes);
    for (let i = firstFrom(onset, videoTimes); i < last; i++) present[i * aus + au] = 1;
  }
  return present;
}

function probability(frame, au) {
  return heightOf(shown.curves[0], frame, au);
}

function reading(element, frame, au) {
  const seen = hasFace(frame);
  const value = seen ? probability(frame, au) : 0;
  element.querySelector("i").style.width = `${100 * value}%`;
  element.querySelector(".value").textContent = seen ? percent(value) : "–";
}

function saying(frame) {
  const seen = hasFace(frame);
  const present = seen ? presentAt(frame) : [];
  showPresent(present, seen ? "no action unit present" : "no face");
  const said = present.map((au) =>
    `${au.name} ${au.title} ${percent(probability(frame, au.place))}`);
  return seen ? said.join(", ") || "no action unit present" : "no face";
}

function choosePerson(place) {
  if (place === chosen) return;
  chosen = place;
  if (chooser) chooser.value = place;
  showTimeline(people[place], true);
}

people.forEach((person, place) => {
  if (chooser) chooser.append(new Option(`${person.id} (${percent(person.share)} of frames)`, place));
  if (!person.faces) return;
  person.faces.addEventListener("load", () => {
    if (place !== chosen) return;
    drawStrip();
    showCursor();
  });
});
if (chooser) chooser.addEventListener("change", () => choosePerson(Number(chooser.value)));
