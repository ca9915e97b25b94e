// Of the details of action units those of one are shown.

for (const chooser of document.querySelectorAll("select.of-aus")) {
  const choices = [...document.querySelectorAll(`[data-group="${chooser.dataset.chooses}"]`)];
  const show = () => choices.forEach((one) => { one.hidden = one.id !== chooser.value; });
  chooser.addEventListener("change", show);
  show();
}
