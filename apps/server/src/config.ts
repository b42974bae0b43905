import { readFileSync } from "node:fs";
import path from "node:path";
import type { Clock } from "./kernel/clock.ts";

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
  /** Where requests for push certificates are signed; without a key it is not used. */
  readonly mdmcert?: { readonly url: string; readonly key: string };
  readonly masterKey?: string;
  /** The master key before, while it is being replaced. */
  readonly previousMasterKey?: string;
  /** Where keys lie that this server can only ask for. */
  readonly kms?: {
    /** In place of AWS's own address. */
    readonly url?: string;
    /** PEM of that address's root. */
    readonly ca?: string;
    /** File of credentials; without it they come from AWS's own variables. */
    readonly credentials?: string;
    /** ARN of the key to which the master key is encrypted. */
    readonly masterKey?: string;
  };
  /** PEM of the roots that attestations of Macs may chain to; without any, ACME is refused. */
  readonly attestationRoots?: string;
  readonly logLevel: string;
  /** How long a Mac waits in Setup Assistant for its setup at most; ten minutes when not given. */
  readonly setupMs?: number;
  readonly consoleDir: string;
  /** The agent's single-file bundle, packed for Macs at start; without it no agent is offered. */
  readonly agentBundle?: string;
  readonly version: string;
  /** When a silent agent is installed again, in ms; a week each when not given. */
  readonly reinstall?: { readonly silentMs: number; readonly aliveMs: number };
  /** Peers that may speak for others: with a certificate in a header, and with X-Forwarded-For. */
  readonly trustedProxy?: {
    readonly addresses: readonly string[];
    readonly header: string;
    readonly form?: "rfc9440" | "pem";
  };
  /** Where others fetch what was revoked, when that is not the device channel itself; without a slash at the end. */
  readonly pkiUrl?: string;
  /** When the renewal of an identity begins, in days before its end. Default 180. */
  readonly renewalDays?: number;
  /** How many connections of one door may wait for their peer at once. */
  readonly waitingConnections?: number;
  /** Benchmarks and tests only: the device channel without TLS, on loopback. */
  readonly plainDevicePort?: number;
  /** The database was put back from a backup: hold its queues, even where it does not look so. */
  readonly isRestored?: boolean;
  /** Tests only: a clock that they move. */
  readonly clock?: Clock;
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
  waitingConnections: {
    env: "POMONA_WAITING_CONNECTIONS",
    default: "5000",
    doc: "How many connections of each door may keep silent at once (a handshake, a request or the rest of it to come; idle ones too), 100 to 1000000. One more, and the longest silent one of the address that has most of them ends. Files that the process may open: at least four times as many.",
  },
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
  mdmcertUrl: {
    env: "POMONA_MDMCERT_URL",
    default: "https://mdmcert.download/api/v1/signrequest",
    doc: "Where requests for a push certificate are sent to be signed by a vendor.",
  },
  mdmcertKey: {
    env: "POMONA_MDMCERT_KEY",
    default: "",
    doc: "Your own key for that service. Without it requests are signed elsewhere.",
  },
  trustedProxies: {
    env: "POMONA_TRUSTED_PROXIES",
    default: "",
    doc: "Addresses and networks (10.0.0.5, 10.1.0.0/16) of proxies in front of the doors, with commas between. Only from them are a certificate header and X-Forwarded-For believed.",
  },
  proxyHeader: {
    env: "POMONA_PROXY_CERT_HEADER",
    default: "client-cert",
    doc: "The header in which those proxies put the client certificate.",
  },
  proxyForm: {
    env: "POMONA_PROXY_CERT_FORM",
    default: "rfc9440",
    doc: "How it is written there: rfc9440 (:base64 DER:) or pem (URL-escaped PEM, as nginx writes it).",
  },
  pkiUrl: {
    env: "POMONA_PKI_URL",
    default: "",
    doc: "Address of /pki (revocation list, OCSP) as certificates name it, for readers that need plain http. Without it the device channel's own.",
  },
  renewalDays: {
    env: "POMONA_RENEWAL_DAYS",
    default: "180",
    doc: "How many days before its end a Mac's identity begins to be renewed: 90 to 365.",
  },
  masterKey: {
    env: "POMONA_MASTER_KEY",
    default: "",
    doc: "32 bytes in base64 or hex that wrap all data keys. Without it a key file in the data folder is made.",
  },
  previousMasterKey: {
    env: "POMONA_MASTER_KEY_PREVIOUS",
    default: "",
    doc: "The master key before the one that counts now: at start all data keys that it wraps are wrapped anew. Take it away after that start.",
  },
  kmsMasterKey: {
    env: "POMONA_KMS_MASTER_KEY",
    default: "",
    doc: "ARN of an RSA key in AWS KMS that opens the master key, once at each start. Without it the master key is a file or POMONA_MASTER_KEY.",
  },
  kmsUrl: {
    env: "POMONA_KMS_URL",
    default: "",
    doc: "Address of the KMS in place of AWS's own in the key's region, as a VPC endpoint; https, or http on loopback.",
  },
  kmsCa: { env: "POMONA_KMS_CA", default: "", doc: "PEM file: root of that address, when it is not a public one." },
  kmsCredentials: {
    env: "POMONA_KMS_CREDENTIALS",
    default: "",
    doc: "JSON file as `aws configure export-credentials --format process` writes it, read before each call, mode 0600. Without it AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN are used.",
  },
  setupMinutes: {
    env: "POMONA_SETUP_MINUTES",
    default: "10",
    doc: "How long a Mac of automated enrollment is held in Setup Assistant at most until its first commands, profiles and the agent are installed; 1 to 120.",
  },
  agentSilentDays: {
    env: "POMONA_AGENT_SILENT_DAYS",
    default: "7",
    doc: "Days without a word of a Mac's agent after which it is installed again.",
  },
  agentAliveDays: {
    env: "POMONA_AGENT_ALIVE_DAYS",
    default: "7",
    doc: "Only Macs that checked in over MDM within these days get their agent installed again.",
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
    mdmcert: { url: settings.mdmcertUrl, key: settings.mdmcertKey },
    logLevel: settings.logLevel,
    setupMs: minutesOf("setupMinutes", settings.setupMinutes, 120) * 60_000,
    reinstall: {
      silentMs: daysInMs("agentSilentDays", settings.agentSilentDays),
      aliveMs: daysInMs("agentAliveDays", settings.agentAliveDays),
    },
    ...(settings.attestationRoots === "" ? {} : { attestationRoots: readFiles(settings.attestationRoots) }),
    renewalDays: daysOf(settings.renewalDays),
    waitingConnections: countOf("waitingConnections", settings.waitingConnections, 100, 1_000_000),
    ...(settings.pkiUrl === "" ? {} : { pkiUrl: settings.pkiUrl.replace(/\/+$/, "") }),
    ...proxyOf(settings),
    ...kmsOf(settings),
    ...(settings.masterKey === "" ? {} : { masterKey: settings.masterKey }),
    ...(settings.previousMasterKey === "" ? {} : { previousMasterKey: settings.previousMasterKey }),
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
function proxyOf(settings: Record<SettingName, string>): Pick<ServerConfig, "trustedProxy"> {
  const addresses = settings.trustedProxies.split(/[\s,]+/).filter((part) => part !== "");
  if (addresses.length === 0) return {};
  const { proxyForm: form } = settings;
  if (form !== "rfc9440" && form !== "pem")
    throw new Error(`POMONA_PROXY_CERT_FORM has to be rfc9440 or pem, not "${form}".`);
  const header = settings.proxyHeader.toLowerCase();
  if (!/^[a-z0-9-]{1,64}$/.test(header)) throw new Error("POMONA_PROXY_CERT_HEADER has to be the name of a header.");
  return { trustedProxy: { addresses, header, form } };
}

function kmsOf(settings: Record<SettingName, string>): Pick<ServerConfig, "kms"> {
  const { kmsUrl: url, kmsCa: ca, kmsCredentials: credentials, kmsMasterKey: masterKey } = settings;
  if (url !== "" && !/^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost)[:/])/.test(url))
    throw new Error("POMONA_KMS_URL has to begin with https://.");
  return {
    kms: {
      ...(url === "" ? {} : { url }),
      ...(ca === "" ? {} : { ca: readFileSync(ca, "utf8") }),
      ...(credentials === "" ? {} : { credentials }),
      ...(masterKey === "" ? {} : { masterKey }),
    },
  };
}

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 90 && days <= 365) return days;
  throw new Error(`POMONA_RENEWAL_DAYS has to be between 90 and 365, not "${text}".`);
}

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

function countOf(name: SettingName, text: string, least: number, most: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= least && count <= most) return count;
  throw new Error(`${SETTINGS[name].env} has to be a whole number from ${least} to ${most}, not "${text}".`);
}

/** @returns ms */
function daysInMs(name: SettingName, text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 365) return days * 86_400_000;
  throw new Error(`${SETTINGS[name].env} has to be a number of days between 1 and 365, not "${text}".`);
}
