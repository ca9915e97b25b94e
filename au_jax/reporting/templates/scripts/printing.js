// On paper nothing can be opened: all of it is, and closed again afterwards. Still figures, which
// stand in for what scripts draw, are only text until then, so that a page opens fast.

let openedForPrint = [];

function unfoldForPrint() {
  for (const still of document.querySelectorAll(".still > noscript")) {
    still.insertAdjacentHTML("beforebegin", still.textContent);
    still.remove();
  }
  const closed = [...document.querySelectorAll("details:not([open])")];
  closed.forEach((one) => { one.open = true; });
  openedForPrint.push(...closed);
}

window.addEventListener("beforeprint", unfoldForPrint);
window.addEventListener("afterprint", () => {
  openedForPrint.forEach((one) => { one.open = false; });
  openedForPrint = [];
});
