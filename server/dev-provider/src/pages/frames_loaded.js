"use strict";
const next = document.getElementById("next").href;
const frames = [...document.querySelectorAll("iframe")];
let waiting = frames.length;
for (const frame of frames) {
  frame.addEventListener("load", () => {
    waiting -= 1;
    if (waiting === 0) location.replace(next);
  });
}
