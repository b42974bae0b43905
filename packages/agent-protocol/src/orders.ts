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

/** Random text: an order's hash is stored in the open, and must say nothing of a secret that could be guessed. */
const Nonce = Type.String({ pattern: "^[A-Za-z0-9_-]{22,64}$" });

/** FileVault's personal recovery key, as macOS shows it: six groups of four. */
export const Prk = Type.String({ pattern: "^[A-Z0-9]{4}(-[A-Z0-9]{4}){5}$" });

export const ValidateRecoveryKeyInput = closed({ prk: Prk, nonce: Nonce });
export type ValidateRecoveryKeyInput = Static<typeof ValidateRecoveryKeyInput>;
/** `unknown`: FileVault is off, or macOS did not say. */
export const ValidateRecoveryKeyData = closed({
  verdict: Type.Union([Type.Literal("right"), Type.Literal("wrong"), Type.Literal("unknown")]),
});

/** CMS in base64, encrypted to the certificate of the escrow profile; null when macOS has left none. */
export const RecoveryKeyEscrowData = closed({ cms: Type.Union([Type.String({ maxLength: 65_536 }), Type.Null()]) });

const Known = Type.Union([Type.Boolean(), Type.Null()]);
/** What `profiles status -type bootstraptoken` says; null where it does not. */
export const BootstrapTokenData = closed({ isSupported: Known, isEscrowed: Known });

/** An account's short name. Narrower than macOS: it goes into arguments of tools, and never begins with a dash. */
export const ACCOUNT_NAME = "^[a-z_][a-z0-9_.-]{0,30}$";

export const AccountStatus = closed({
  name: Type.String({ maxLength: 256 }),
  isAdmin: Type.Boolean(),
  hasSecureToken: Known,
  isVolumeOwner: Known,
});
export type AccountStatus = Static<typeof AccountStatus>;
export const SecureTokenData = closed({
  accounts: Type.Array(AccountStatus, { maxItems: 200 }),
  fileVault: Known,
});

export const CreateAccountInput = closed({
  name: Type.String({ pattern: ACCOUNT_NAME }),
  fullName: Type.String({ minLength: 1, maxLength: 100, pattern: "^[^\\u0000-\\u001f-][^\\u0000-\\u001f]*$" }),
  isAdmin: Type.Boolean(),
  /** Printable ASCII: what is typed at a login window with any keyboard. */
  password: Type.String({ minLength: 8, maxLength: 128, pattern: "^[!-~]+$" }),
  nonce: Nonce,
});
export type CreateAccountInput = Static<typeof CreateAccountInput>;

/** Every order: its input, what it may do at worst, and how long it may take by default. */
export const orders = {
  "run-script": { input: RunScriptInput, risk: "rootEquivalent" },
  "kill-process": { input: KillProcessInput, risk: "change" },
  "refresh-facts": { input: NoInput, risk: "read" },
  ping: { input: NoInput, risk: "read" },
  "validate-recovery-key": { input: ValidateRecoveryKeyInput, risk: "read" },
  "read-recovery-key-escrow": { input: NoInput, risk: "read" },
  "bootstrap-token-status": { input: NoInput, risk: "read" },
  "secure-token-status": { input: NoInput, risk: "read" },
  "create-account": { input: CreateAccountInput, risk: "rootEquivalent" },
} as const;
export type OrderType = keyof typeof orders;

/**
 * Orders whose input is a secret. Only the server's own features place them; the input is sealed where it waits, and no ledger
 * ever writes it down: an agent that dies before it ran one says so, and the server asks anew.
 */
export const SECRET_ORDERS: ReadonlySet<OrderType> = new Set(["validate-recovery-key", "create-account"]);

/** An order on its way: envelope and body. */
export const OrderMessage = closed({
  envelope: IntentEnvelope,
  type: Type.String({ maxLength: 40 }),
  input: Type.Unknown(),
  /** Which way this copy took: the agent says it back in its receipt. */
  channel: Type.Union([Type.Literal("wire"), Type.Literal("wake"), Type.Literal("net")]),
});
export type OrderMessage = Static<typeof OrderMessage>;
