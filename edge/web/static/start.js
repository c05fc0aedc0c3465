// The start page: another country's shop takes a few seconds to open, and says so meanwhile.

for (const form of document.querySelectorAll("form.country"))
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    button.setAttribute("aria-busy", "true");
    document.querySelector(".opening b").textContent = button.dataset.opening;
    document.querySelector(".opening").hidden = false;
    document.querySelector(".start").inert = true;
  });
addEventListener("pageshow", (event) => event.persisted && location.reload());
