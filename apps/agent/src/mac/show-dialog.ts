import type { DialogOutcome, DialogText } from "./mac-tools.ts";
import { readConsoleUser } from "./read-console-user.ts";
import type { ToolBox } from "./run-tool.ts";

/** After this long nobody is looking; the tool gets some more before it is ended. */
const GIVE_UP_SECONDS = 300;

/** A constant: every text comes in as an argument (`argv`), so that no text can become script. */
const SCRIPT = `on run argv
  set {theTitle, theText, theButton, theLink} to {item 1 of argv, item 2 of argv, item 3 of argv, item 4 of argv}
  if theLink is "" then
    display dialog theText with title theTitle buttons {theButton} default button 1 with icon stop giving up after ${GIVE_UP_SECONDS}
  else
    set theAnswer to display dialog theText with title theTitle buttons {"More information", theButton} default button 2 with icon stop giving up after ${GIVE_UP_SECONDS}
    if button returned of theAnswer is "More information" then open location theLink
  end if
end run`;

/**
 * `launchctl asuser UID sudo -n -u #UID osascript ...`: a dialog in the session of who sits at the Mac, as that user, because
 * `asuser` alone would leave osascript, and the browser that the link opens, running as root.
 */
export async function showDialog(tools: ToolBox, dialog: DialogText): Promise<DialogOutcome> {
  const uid = await readConsoleUser(tools);
  if (uid === undefined) return "noUser";
  const { code } = await tools.run(
    "/bin/launchctl",
    [
      "asuser",
      String(uid),
      tools.path("/usr/bin/sudo"),
      "-n",
      "-u",
      `#${uid}`,
      tools.path("/usr/bin/osascript"),
      "-e",
      SCRIPT,
      "--",
      dialog.title,
      dialog.text,
      dialog.button,
      dialog.url?.startsWith("https://") ? dialog.url : "",
    ],
    { timeoutMs: (GIVE_UP_SECONDS + 30) * 1000, maxBytes: 65_536 },
  );
  return code === 0 ? "shown" : "failed";
}
