// On paper nothing can be opened: all tables are, and closed again afterwards.

let openedForPrint = [];

window.addEventListener("beforeprint", () => {
  openedForPrint = [...document.querySelectorAll("details:not([open])")];
  openedForPrint.forEach((one) => { one.open = true; });
});
window.addEventListener("afterprint", () => {
  openedForPrint.forEach((one) => { one.open = false; });
  openedForPrint = [];
});
