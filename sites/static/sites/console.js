"use strict";
// Comforts only: every page works without. Copying, and a preview that follows the choice.

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.textContent = "已复制";
});

const form = document.querySelector("form[data-live]");
let asked = 0;

async function renew() {
  const mine = ++asked;
  const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok || mine !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const shown = document.querySelector(form.dataset.live);
  shown.replaceChildren(...page.querySelector(form.dataset.live).childNodes);
  document.getElementById("recipes").replaceChildren(...page.getElementById("recipes").childNodes);
  history.replaceState(null, "", address);
  if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
}

if (form) form.addEventListener("change", renew);
