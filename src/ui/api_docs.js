
// A copy button for each sample. Browsers have no clipboard on plain http, except on this machine.
if (navigator.clipboard) {
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  document.querySelector("main").append(status);

  for (const sample of document.querySelectorAll(".api-sample")) {
    const [caption, code] = [sample.querySelector("figcaption"), sample.querySelector("code")];
    const button = document.createElement("button");
    button.type = "button";
    button.className = "api-copy";
    const show = (word) => {
      button.textContent = word;
      button.setAttribute("aria-label", `${word}: ${caption.firstElementChild.textContent.trim()}`);
    };
    show("Copy");
    button.addEventListener("click", async () => {
      const word = await navigator.clipboard.writeText(code.textContent).then(
        () => "Copied",
        () => {
          getSelection().selectAllChildren(code);
          return "Selected";
        },
      );
      show(word);
      status.textContent = word;
      setTimeout(() => show("Copy"), 2000);
    });
    caption.append(button);
  }
}
