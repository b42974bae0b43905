import { createHash } from "node:crypto";

const STYLE = `
:root { color-scheme: light dark; --ink: #1d1d1f; --soft: #6e6e73; --paper: #fbfbfd; --card: #fff; --line: #d2d2d7; --accent: #b4540a; }
@media (prefers-color-scheme: dark) { :root { --ink: #f5f5f7; --soft: #a1a1a6; --paper: #161617; --card: #1f1f21; --line: #3a3a3d; --accent: #f0913c; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 2rem 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", system-ui, sans-serif; }
main { width: 100%; max-width: 34rem; background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: 2.25rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .75rem; letter-spacing: -.01em; }
h2 { font-size: 1rem; margin: 1.75rem 0 .4rem; }
p { margin: 0 0 .75rem; }
ul, ol { margin: 0; padding-left: 1.25rem; }
li { margin: .25rem 0; }
.soft { color: var(--soft); font-size: .9rem; }
a.button { display: block; text-align: center; margin: 1.75rem 0 1rem; padding: .8rem 1rem; border-radius: .6rem; background: var(--accent);
  color: #fff; font-weight: 600; text-decoration: none; }
a.button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
@media (prefers-color-scheme: dark) { a.button { color: #1a0e04; } }
`;

/** Nothing but this page's own style may load or run. */
export const PORTAL_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE, "utf8").digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
};

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** Text as it may stand in HTML, in attributes too. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

const page = (title: string, body: string): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body><main>${body}</main></body>
</html>
`;

/** What a person sees who opens an invitation. `profilePath` is relative to the host. */
export const invitationPage = (spec: {
  readonly organization: string;
  readonly profilePath: string;
  readonly serialNumber: string | null;
}): string =>
  page(
    `Enroll this Mac: ${spec.organization}`,
    `<h1>Enroll this Mac with ${escapeHtml(spec.organization)}</h1>
<p>You are about to download a profile. Once you approve it, ${escapeHtml(spec.organization)} manages this Mac.</p>
${spec.serialNumber === null ? "" : `<p class="soft">This link is for the Mac with serial number ${escapeHtml(spec.serialNumber)} only.</p>`}
<h2>They will be able to</h2>
<ul>
<li>see its hardware, its settings, and which apps and profiles are installed;</li>
<li>install and remove apps, profiles and updates, and run programs as administrator;</li>
<li>lock, restart or erase it.</li>
</ul>
<h2>They will not see</h2>
<ul><li>your mail, messages, photos or passwords through this profile.</li></ul>
<a class="button" href="${escapeHtml(spec.profilePath)}">Download the profile</a>
<h2>Then</h2>
<ol>
<li>open System Settings, General, Device Management;</li>
<li>double-click the profile of ${escapeHtml(spec.organization)};</li>
<li>choose Enroll, and enter your password.</li>
</ol>
<p class="soft">The profile works once, for one Mac, within an hour. You can remove it in the same place.</p>`,
  );

/** For a code that leads nowhere, and for an organization that is not ready; says no more than that. */
export const closedPage = (reason: "unknown" | "no-push" | "busy"): string => {
  const [title, text] = CLOSED[reason];
  return page(title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>`);
};

const CLOSED: Readonly<Record<"unknown" | "no-push" | "busy", readonly [string, string]>> = {
  unknown: [
    "This link does not work",
    "It may have expired, or all its uses are spent. Ask whoever sent it to you for a new one.",
  ],
  "no-push": [
    "Not ready yet",
    "This organization has not set up Apple's push service, without which a Mac cannot be managed. Its administrator finds it in the console under Enrollment, Push certificate.",
  ],
  busy: ["Try again later", "Too many profiles of this link wait for their Mac. Try again in an hour."],
};
