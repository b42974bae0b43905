import type { OsFacts } from "@pomona/apple-schema";
import { flagAt, found, nodeAt, textAt, textsAt, type YamlNode } from "./yaml-node.ts";

/** Apple writes this where a system never had the thing. */
const NEVER = "n/a";
const MODES: ReadonlySet<string> = new Set(["allowed", "required", "forbidden", "ignored"]);

/** What a `supportedOS` says of macOS; only what it says itself. */
export function ownFacts(node: YamlNode): Partial<OsFacts> {
  const macOs = nodeAt(nodeAt(node, "supportedOS"), "macOS");
  const introduced = textAt(macOs, "introduced");
  const removed = textAt(macOs, "removed");
  const mode = textAt(nodeAt(macOs, "userenrollment"), "mode");
  return found({
    // "removed: 0" is Apple's other way of saying that macOS never had a key.
    introduced: introduced === undefined ? (removed === "0" ? null : undefined) : introducedAs(introduced),
    deprecated: textAt(macOs, "deprecated"),
    removed: removed === "0" ? undefined : removed,
    accessRights: textAt(macOs, "accessrights"),
    deviceChannel: flagAt(macOs, "devicechannel"),
    userChannel: flagAt(macOs, "userchannel"),
    supervised: flagAt(macOs, "supervised"),
    requiresDep: flagAt(macOs, "requiresdep"),
    userApprovedMdm: flagAt(macOs, "userapprovedmdm"),
    allowManualInstall: flagAt(macOs, "allowmanualinstall"),
    multiple: flagAt(macOs, "multiple"),
    userEnrollment: mode !== undefined && MODES.has(mode) ? (mode as OsFacts["userEnrollment"]) : undefined,
    allowedEnrollments: textsAt(macOs, "allowed-enrollments"),
    allowedScopes: textsAt(macOs, "allowed-scopes"),
  }) as Partial<OsFacts>;
}

/** `all` is every version: from the first that MDM knew. */
const introducedAs = (text: string): string | null => (text === NEVER ? null : text === "all" ? "10.7" : text);

/** The values of `facts` that differ from those of `above`: what is written down, since the rest is inherited. */
export function difference(above: OsFacts, facts: OsFacts): Partial<OsFacts> | undefined {
  const rows = Object.entries(facts).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(above[name as keyof OsFacts]),
  );
  return rows.length === 0 ? undefined : (Object.fromEntries(rows) as Partial<OsFacts>);
}
