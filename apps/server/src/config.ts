import { readFileSync } from "node:fs";
import path from "node:path";

/** Everything that a server is told from outside. Ports of 0 are chosen by the system. */
export interface ServerConfig {
  readonly dataDir: string;
  /** Where the doors listen. */
  readonly host: string;
  /** The name or address under which Macs and people reach this server; in links, profiles and the TLS certificate. */
  readonly publicHost: string;
  readonly ports: { readonly api: number; readonly device: number; readonly agent: number };
  /** PEM; without it a certificate from our own root is used. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly ca: string };
  readonly apns: { readonly url: string; readonly ca?: string };
  readonly masterKey?: string;
  /** PEM of the roots that attestations of Macs may chain to; without any, ACME is refused. */
  readonly attestationRoots?: string;
  readonly logLevel: string;
  /** How long a Mac waits in Setup Assistant for its setup at most; ten minutes when not given. */
  readonly setupMs?: number;
  readonly consoleDir: string;
  /** The agent's single-file bundle, packed for Macs at start; without it no agent is offered. */
  readonly agentBundle?: string;
  readonly version: string;
  /** Benchmarks and tests only: the device channel without TLS, on loopback. */
  readonly plainDevicePort?: number;
}

interface Setting {
  readonly env: string;
  readonly doc: string;
  readonly default: string;
}

/** Every variable, with what the reference page says of it. An unknown one with our prefix is an error. */
export const SETTINGS = {
  dataDir: { env: "POMONA_DATA", default: ".data", doc: "Folder of the database, keys and blobs." },
  host: { env: "POMONA_HOST", default: "0.0.0.0", doc: "Address on which the doors listen." },
  publicHost: {
    env: "POMONA_PUBLIC_HOST",
    default: "localhost",
    doc: "Name under which Macs and people reach the server; it is in profiles and in the TLS certificate, so set it before the first Mac enrolls.",
  },
  apiPort: { env: "POMONA_API_PORT", default: "8443", doc: "Port of the API, the console and the enrollment portal." },
  devicePort: {
    env: "POMONA_DEVICE_PORT",
    default: "8444",
    doc: "Port of the device channel (MDM, SCEP, HTTPS of the agent).",
  },
  agentPort: { env: "POMONA_AGENT_PORT", default: "8883", doc: "Port of the agent channel (MQTT over TLS)." },
  tlsCertificate: {
    env: "POMONA_TLS_CERT",
    default: "",
    doc: "PEM file: certificate and intermediates. Without it the server uses a root of its own.",
  },
  tlsKey: { env: "POMONA_TLS_KEY", default: "", doc: "PEM file: the key of that certificate." },
  tlsCa: {
    env: "POMONA_TLS_CA",
    default: "",
    doc: "PEM file: the root of that certificate, a public one too. Macs and agents trust it.",
  },
  apnsUrl: { env: "POMONA_APNS_URL", default: "https://api.push.apple.com", doc: "Where pushes go." },
  apnsCa: { env: "POMONA_APNS_CA", default: "", doc: "PEM file: root of that endpoint, when it is not a public one." },
  masterKey: {
    env: "POMONA_MASTER_KEY",
    default: "",
    doc: "32 bytes in base64 or hex that wrap all data keys. Without it a key file in the data folder is made.",
  },
  setupMinutes: {
    env: "POMONA_SETUP_MINUTES",
    default: "10",
    doc: "How long a Mac of automated enrollment is held in Setup Assistant at most until its first commands, profiles and the agent are installed; 1 to 120.",
  },
  attestationRoots: {
    env: "POMONA_ATTESTATION_ROOTS",
    default: "",
    doc: "PEM files, separated by commas: Apple's Enterprise Attestation Root CA, against which the attestations of Macs are checked. Without it identities by ACME are refused.",
  },
  logLevel: { env: "POMONA_LOG_LEVEL", default: "info", doc: "fatal, error, warn, info, debug or silent." },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** @throws Error that names the variable and what it should be */
export function readSettings(env: NodeJS.ProcessEnv): Record<SettingName, string> {
  const known = new Set<string>(["POMONA_LAUNCHER", ...Object.values(SETTINGS).map((setting) => setting.env)]);
  const unknown = Object.keys(env).find((name) => name.startsWith("POMONA_") && !known.has(name));
  if (unknown !== undefined)
    throw new Error(`${unknown} is not a setting of Pomona. Known are: ${[...known].join(", ")}.`);
  return Object.fromEntries(
    Object.entries(SETTINGS).map(([name, setting]) => [name, env[setting.env] || setting.default]),
  ) as Record<SettingName, string>;
}

/** What the program brings with it, wherever it is installed. */
export interface Shipped {
  readonly consoleDir: string;
  readonly agentBundle?: string;
  readonly version: string;
}

export function configFrom(settings: Record<SettingName, string>, shipped: Shipped): ServerConfig {
  const { tlsCertificate, tlsKey, tlsCa } = settings;
  const given = [tlsCertificate, tlsKey, tlsCa].filter((file) => file !== "").length;
  if (given !== 0 && given !== 3) {
    throw new Error(
      "POMONA_TLS_CERT, POMONA_TLS_KEY and POMONA_TLS_CA go together: agents pin the root of that certificate.",
    );
  }
  return {
    ...shipped,
    dataDir: path.resolve(settings.dataDir),
    host: settings.host,
    publicHost: settings.publicHost,
    ports: {
      api: portOf("apiPort", settings.apiPort),
      device: portOf("devicePort", settings.devicePort),
      agent: portOf("agentPort", settings.agentPort),
    },
    apns: { url: settings.apnsUrl, ...(settings.apnsCa === "" ? {} : { ca: readFileSync(settings.apnsCa, "utf8") }) },
    logLevel: settings.logLevel,
    setupMs: minutesOf("setupMinutes", settings.setupMinutes, 120) * 60_000,
    ...(settings.attestationRoots === "" ? {} : { attestationRoots: readFiles(settings.attestationRoots) }),
    ...(settings.masterKey === "" ? {} : { masterKey: settings.masterKey }),
    ...(tlsCertificate === ""
      ? {}
      : {
          tls: {
            certificate: readFileSync(tlsCertificate, "utf8"),
            key: readFileSync(tlsKey, "utf8"),
            ca: readFileSync(tlsCa, "utf8"),
          },
        }),
  };
}

const readFiles = (list: string): string =>
  list
    .split(",")
    .map((file) => readFileSync(file.trim(), "utf8"))
    .join("\n");

function portOf(name: SettingName, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`${SETTINGS[name].env} has to be a port between 0 and 65535, not "${text}".`);
}

function minutesOf(name: SettingName, text: string, most: number): number {
  const minutes = Number(text);
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= most) return minutes;
  throw new Error(`${SETTINGS[name].env} has to be a whole number from 1 to ${most}, not "${text}".`);
}
