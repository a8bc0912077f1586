/* Buttons for the strip of pictures on a home page. It never moves by itself; without this script it is scrolled. */
"use strict";

for (const carousel of document.querySelectorAll("[data-carousel]")) {
  const strip = carousel.querySelector(".strip");
  const pictures = [...strip.children];
  const controls = carousel.querySelector(".controls");
  const status = controls.querySelector("[role=status]");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  const current = () => Math.round(strip.scrollLeft / strip.clientWidth);
  const show = () => { status.textContent = `${current() + 1} / ${pictures.length}`; };

  for (const button of controls.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      const next = (current() + Number(button.dataset.step) + pictures.length) % pictures.length;
      strip.scrollTo({ left: next * strip.clientWidth, behavior: calm.matches ? "auto" : "smooth" });
    });
  }
  let waiting = 0;
  strip.addEventListener("scroll", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(show);
  }, { passive: true });
  controls.hidden = pictures.length < 2;
  show();
}
