import type { ToolBox } from "./run-tool.ts";

/** The shape of the key is checked before; it has nothing that XML would have to escape. */
const plistOf = (key: string) =>
  '<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict><key>Password</key>' +
  `<string>${key}</string></dict></plist>\n`;

/**
 * `fdesetup validaterecovery -inputplist`, with the key on standard input: it prints `true` or `false`. It is slow by design
 * (a key derivation), so it gets more time than a reader.
 */
export async function validateRecoveryKey(tools: ToolBox, key: string): Promise<"right" | "wrong" | "unknown"> {
  if (!/^[A-Z0-9]{4}(-[A-Z0-9]{4}){5}$/.test(key)) return "unknown";
  const { stdout } = await tools.run("/usr/bin/fdesetup", ["validaterecovery", "-inputplist"], {
    input: plistOf(key),
    timeoutMs: 60_000,
  });
  if (/^true\s*$/m.test(stdout)) return "right";
  return /^false\s*$/m.test(stdout) ? "wrong" : "unknown";
}
