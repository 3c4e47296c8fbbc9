// Shows how far a rule is without loading the page anew. Without this script there is a link for it.
(() => {
  "use strict";
  const look = async () => {
    const here = document.querySelector("[data-progress]");
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      const there = page.querySelector("[data-progress]");
      if (!there) return;
      // When it has ended, the buttons below are others: the whole page is taken anew, once.
      if (!there.hasAttribute("data-moving")) return location.reload();
      here.replaceChildren(...there.childNodes);
    } catch {
      // The network is away: look again later.
    }
    setTimeout(look, 3000);
  };
  setTimeout(look, 3000);
})();
