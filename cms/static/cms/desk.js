/* The desk: opens the detail of a placement beside the page, fetches the pre-flight when its panel is seen, and asks
   before what cannot be taken back (data-desk-ask, on a form or on one of its buttons). Without this script the same links open pages. */
(() => {
  "use strict";

  const drawer = () => {
    let found = document.querySelector("dialog.d-drawer");
    if (!found) {
      found = document.createElement("dialog");
      found.className = "d-drawer";
      found.setAttribute("aria-label", "投递详情");
      document.body.append(found);
    }
    return found;
  };

  const fragment = async (href, headers) => {
    const answer = await fetch(href, { headers, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    return answer.text();
  };

  const open = async (href) => {
    const url = new URL(href, location.href);
    url.searchParams.set("next", location.pathname + location.search);
    const html = await fragment(url, { "X-Desk": "drawer" });
    const box = drawer();
    box.innerHTML = html;
    if (!box.open) box.showModal();
    box.scrollTop = 0;
  };

  const check = async (box) => {
    try {
      box.innerHTML = await fragment(box.dataset.deskPreflight, {});
    } catch {
      box.textContent = "暂时无法检查，请稍后再试。";
    }
  };

  document.addEventListener("click", (event) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (event.target.matches("dialog.d-drawer") || event.target.closest(".d-close")) {
      drawer().close();
      return;
    }
    if (event.target.closest("[data-desk-recheck]")) {
      check(event.target.closest("[data-desk-preflight]"));
      return;
    }
    const link = event.target.closest("a.d-open");
    if (!link || !window.HTMLDialogElement) return;
    event.preventDefault();
    open(link.href).catch(() => location.assign(link.href));
  });

  document.addEventListener("submit", (event) => {
    const asks = [event.submitter, event.target].find((one) => one && one.dataset.deskAsk);
    if (asks && !window.confirm(asks.dataset.deskAsk)) event.preventDefault();
  });

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((one) => one.isIntersecting)) {
      seen.unobserve(entry.target);
      check(entry.target);
    }
  });
  /* While a delivery on the screen is under way, look again: only the strip and the rows change, nothing moves. */
  const SOON_MS = 5000;
  const SLOW_MS = 30000;
  const wait = () => {
    if (document.querySelector("[data-desk-live] td.d-busy")) return SOON_MS;
    return document.querySelector("[data-desk-live] td.d-warn") ? SLOW_MS : 0;
  };
  const refresh = async () => {
    if (!document.hidden && !document.querySelector("dialog[open]")) {
      const fresh = new DOMParser().parseFromString(await fragment(location.href, {}), "text/html");
      for (const part of document.querySelectorAll("[data-desk-part]")) {
        const found = fresh.querySelector(`[data-desk-part="${part.dataset.deskPart}"]`);
        if (found) part.replaceWith(found);
      }
    }
    later();
  };
  const later = () => {
    const ms = wait();
    if (ms) setTimeout(() => refresh().catch(later), ms);
  };

  const watch = () => document.querySelectorAll("[data-desk-preflight]").forEach((box) => seen.observe(box));
  const start = () => {
    watch();
    later();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
