// A button beside each address that copies it. Without this script there is none, and one click selects the address.
"use strict";

for (const place of document.querySelectorAll("[data-copy]")) {
  const address = place.querySelector("code");
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.textContent = place.dataset.copy;
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    said.textContent = (await copied(address)) ? place.dataset.copied : "";
  });
  place.append(button, " ", said);
}

async function copied(address) {
  try {
    await navigator.clipboard.writeText(address.textContent);
    return true;
  } catch {
    // Only pages of https and of this machine may write there; elsewhere what is selected can be copied.
    window.getSelection().selectAllChildren(address);
    return document.execCommand("copy");
  }
}
