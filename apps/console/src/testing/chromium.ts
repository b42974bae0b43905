import { existsSync } from "node:fs";

const PLACES = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Where this machine has a Chromium; undefined where it has none. */
export const chromiumPath: string | undefined = PLACES.find((place) => place !== undefined && existsSync(place));

/** For `test`'s options: a reason to skip where there is no browser. */
export const withoutBrowser: string | false =
  chromiumPath === undefined
    ? "no Chromium on this machine: install it (Debian: apt-get install chromium) or name it in CHROMIUM"
    : false;
