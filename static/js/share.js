// Makes the share page nicer where the browser can share or copy by itself. Without it, the text can be selected.
"use strict";
(() => {
  const text = document.getElementById("share-text");
  const buttons = document.querySelector("[data-share-buttons]");
  if (!text || !buttons) return;
  const status = buttons.querySelector("[data-share-status]");
  const share = buttons.querySelector("[data-share]");
  const copy = buttons.querySelector("[data-copy]");
  buttons.hidden = false;
  text.addEventListener("focus", () => text.select());

  copy.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      // No permission, or not a secure page: the old way works there.
      document.execCommand("copy");
    }
    status.textContent = copy.dataset.done;
  });

  if (!navigator.share) return;
  share.hidden = false;
  share.addEventListener("click", () => {
    navigator.share({ title: text.dataset.shareTitle, text: text.value }).catch(() => {});
  });
})();
