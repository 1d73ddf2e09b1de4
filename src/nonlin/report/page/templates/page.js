// Buttons that copy lines, and a hint beside tables that are wider than the page.
(() => {
  const { copy, copied } = document.currentScript.dataset;
  for (const lines of document.querySelectorAll("pre.copy")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = copy;
    const taken = lines.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(taken);
      } catch {
        getSelection().selectAllChildren(lines);
        document.execCommand("copy");
      }
      button.textContent = copied;
      setTimeout(() => { button.textContent = copy; }, 2000);
    });
    lines.before(button);
  }
  const look = () => {
    for (const part of document.querySelectorAll(".scroll")) {
      const wide = part.scrollWidth > part.clientWidth + 1;
      part.previousElementSibling.hidden = !wide;
      part.tabIndex = wide ? 0 : -1;
    }
  };
  addEventListener("resize", look);
  document.addEventListener("toggle", look, true);
  look();
})();
