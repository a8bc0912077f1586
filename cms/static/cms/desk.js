/* Opens the detail of a cell beside the matrix; without this script the same link opens a page. */
(() => {
  "use strict";
  const drawer = document.querySelector("dialog.d-drawer");
  if (!drawer || !drawer.showModal) return;

  const open = async (href) => {
    const url = new URL(href, location.href);
    url.searchParams.set("next", location.pathname + location.search);
    const answer = await fetch(url, { headers: { "X-Desk": "drawer" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    drawer.innerHTML = await answer.text();
    if (!drawer.open) drawer.showModal();
    drawer.scrollTop = 0;
  };

  document.addEventListener("click", (event) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (event.target === drawer || event.target.closest(".d-close")) {
      drawer.close();
      return;
    }
    const link = event.target.closest("a.d-open");
    if (!link) return;
    event.preventDefault();
    open(link.href).catch(() => location.assign(link.href));
  });
})();
