// Everything is connected.

const chooser = document.getElementById("person");

function choosePerson(place) {
  if (place === state.person) return;
  state.person = place;
  if (chooser) chooser.value = place;
  drawAll();
  showCursor();
}

people.forEach((person, place) => {
  if (chooser) chooser.append(new Option(`${person.id} (${percent(person.share)} of frames)`, place));
  if (person.faces) {
    person.faces.addEventListener("load", () => {
      if (place !== state.person) return;
      drawStrip();
      showCursor();
    });
  }
});
if (chooser) chooser.addEventListener("change", () => choosePerson(Number(chooser.value)));

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
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

showEvents();
showWhole();
