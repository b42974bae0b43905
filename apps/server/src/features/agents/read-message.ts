import { type Lane, up } from "@pomona/agent-protocol";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";

type Checker = ReturnType<typeof Compile>;
const checkers = new Map<string, Checker>(
  Object.entries(up).flatMap(([lane, messages]) =>
    Object.entries(messages).map(([message, schema]) => [`${lane}/${message}`, Compile(schema as TSchema)] as const),
  ),
);

export type ReadMessage =
  | { readonly isReadable: true; readonly body: unknown }
  | { readonly isReadable: false; readonly reason: string };

/** A message of the closed list as it came: JSON of the right shape, or in words why not. Size is the door's to limit. */
export function readMessage(lane: Lane, message: string, bytes: Uint8Array): ReadMessage {
  let body: unknown;
  try {
    body = JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    return { isReadable: false, reason: "It is not JSON in UTF-8." };
  }
  return checkMessage(lane, message, body);
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The same for what was parsed already. */
export function checkMessage(lane: Lane, message: string, body: unknown): ReadMessage {
  const checker = checkers.get(`${lane}/${message}`);
  if (checker === undefined) return { isReadable: false, reason: `There is no message ${lane}/${message}.` };
  if (checker.Check(body)) return { isReadable: true, body };
  const [first] = checker.Errors(body);
  return { isReadable: false, reason: `${first?.instancePath || "It"} ${first?.message ?? "does not fit"}.` };
}

export const isKnownMessage = (lane: Lane, message: string): boolean => checkers.has(`${lane}/${message}`);
