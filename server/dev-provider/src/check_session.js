"use strict";
const cookie = () => {
  const pair = document.cookie.split("; ").find((pair) => pair.startsWith("exeunt_dev_op_state="));
  return pair === undefined ? "" : pair.slice(pair.indexOf("=") + 1);
};
const answer = async (data, origin) => {
  const parts = typeof data === "string" ? data.split(" ") : [];
  const sessionState = parts.pop() ?? "";
  const clientId = parts.join(" ");
  const dot = sessionState.indexOf(".");
  if (clientId === "" || dot < 1 || dot === sessionState.length - 1) return "error";
  const salt = sessionState.slice(dot + 1);
  const known = new TextEncoder().encode(`${clientId} ${origin} ${cookie()} ${salt}`);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", known));
  const hexadecimal = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hexadecimal}.${salt}` === sessionState ? "unchanged" : "changed";
};
addEventListener("message", (event) => {
  if (event.source === null || event.origin === "null") return;
  answer(event.data, event.origin)
    .catch(() => "error")
    .then((state) => event.source.postMessage(state, event.origin));
});
