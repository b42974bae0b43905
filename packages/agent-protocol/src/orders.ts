import { type Static, Type } from "typebox";
import { IntentEnvelope } from "./envelope.ts";

const closed = <P extends Parameters<typeof Type.Object>[0]>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

/** The largest script that is taken, in UTF-8 bytes. */
export const MAX_SCRIPT_BYTES = 1_048_576;

export const RunScriptInput = closed({
  script: Type.String({ minLength: 1, maxLength: MAX_SCRIPT_BYTES }),
  /** Absolute path; the script is handed to it as a file. Without it the script's `#!` line decides, or /bin/sh. */
  interpreter: Type.Optional(Type.String({ pattern: "^/[^\\u0000]+$", maxLength: 1024 })),
  arguments: Type.Optional(Type.Array(Type.String({ maxLength: 4096 }), { maxItems: 64 })),
  timeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400, default: 300 })),
  maxOutputBytes: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_194_304, default: 262_144 })),
});
export type RunScriptInput = Static<typeof RunScriptInput>;

/** The pid must still have that executable path, where one is given; never pid 0 or 1, nor the agent. */
export const KillProcessInput = closed({
  pid: Type.Integer({ minimum: 2, maximum: 2_147_483_647 }),
  path: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
});
export type KillProcessInput = Static<typeof KillProcessInput>;

export const NoInput = closed({});

/** Every order: its input, what it may do at worst, and how long it may take by default. */
export const orders = {
  "run-script": { input: RunScriptInput, risk: "rootEquivalent" },
  "kill-process": { input: KillProcessInput, risk: "change" },
  "refresh-facts": { input: NoInput, risk: "read" },
  ping: { input: NoInput, risk: "read" },
} as const;
export type OrderType = keyof typeof orders;

/** An order on its way: envelope and body. */
export const OrderMessage = closed({
  envelope: IntentEnvelope,
  type: Type.String({ maxLength: 40 }),
  input: Type.Unknown(),
  /** Which way this copy took: the agent says it back in its receipt. */
  channel: Type.Union([Type.Literal("wire"), Type.Literal("wake"), Type.Literal("net")]),
});
export type OrderMessage = Static<typeof OrderMessage>;
