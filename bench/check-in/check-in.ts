import { encodePem } from "@pomona/pki";
import { progress } from "../figures/progress.ts";
import type { ClientTls } from "../load/open-connections.ts";
import { startChild } from "../processes/child.ts";
import { canPin, LOADING_CORE, pin } from "../processes/pinning.ts";
import { openScratch } from "../processes/scratch.ts";
import type { EnrolledMac } from "./enroll-fleet.ts";
import { countAcknowledged, fillQueues } from "./fill-queues.ts";
import { bringFleet } from "./kept-fleet.ts";
import { type Amounts, CONNECTIONS, measureWay, type WayFigures } from "./measure-way.ts";
import { type PreparedRequests, prepareRequests } from "./prepared-requests.ts";
import { startReference } from "./reference.ts";

const SHORT: Amounts = { runs: 3, warmUp: 800, idlePerRun: 4000, acknowledgementsPerRun: 1500 };
const FULL: Amounts = { runs: 5, warmUp: 5000, idlePerRun: 30_000, acknowledgementsPerRun: 15_000 };
const MACS = 1000;
const SERVER = new URL("../processes/server-process.ts", import.meta.url);

export interface CheckInFigures extends Partial<Record<keyof typeof KINDS, WayFigures>> {
  readonly macs: number;
  readonly connections: number;
  readonly pinned: boolean;
  readonly synchronous: "FULL";
}

interface Kind {
  readonly name: string;
  readonly isTls: boolean;
  readonly isSigned: boolean;
  /** A connection belongs to one Mac. */
  readonly isOwn: boolean;
}
const KINDS = {
  signature: { name: "signature", isTls: false, isSigned: true, isOwn: false },
  signatureOverTls: { name: "signature over TLS", isTls: true, isSigned: true, isOwn: false },
  clientCertificate: { name: "client certificate", isTls: true, isSigned: false, isOwn: true },
  certificateHeader: { name: "certificate header", isTls: false, isSigned: false, isOwn: false },
} as const satisfies Record<string, Kind>;

/** Idle polls and acknowledge-and-next cycles of 1,000 enrolled Macs, for each way of saying who one is. */
export async function measureCheckIn(options: {
  readonly short: boolean;
  /** The only way to be measured. */
  readonly only?: string;
}): Promise<CheckInFigures> {
  const { short, only } = options;
  const amounts = short ? SHORT : FULL;
  using scratch = openScratch();
  const fleet = await bringFleet(SERVER, scratch.folder, MACS);
  const needed = 2 * amounts.warmUp + amounts.runs * amounts.acknowledgementsPerRun;
  const perMac = Math.ceil((needed / MACS) * 1.2);
  const signed = prepareRequests(fleet, "signature", () => perMac);
  progress(`${MACS * perMac} acknowledgements signed`);
  // With a client certificate a connection belongs to one Mac, so few Macs have to say more each.
  const perSpeaker = Math.ceil((needed / CONNECTIONS) * 1.3);
  const onSpeakers = (mac: number) => (mac < CONNECTIONS ? perSpeaker : 0);
  const unsigned = prepareRequests(fleet, "none", onSpeakers);
  pin(process.pid, LOADING_CORE);

  const measure = (kind: Kind, requests: PreparedRequests, acknowledgements: (mac: number) => number) =>
    measureKind({ kind, amounts, fleet, requests, acknowledgements, dataDir: scratch.folder });
  const withHeader = prepareRequests(fleet, "header", () => perMac);
  const ways = {
    signature: () => measure(KINDS.signature, signed, () => perMac),
    signatureOverTls: () => measure(KINDS.signatureOverTls, signed, () => perMac),
    clientCertificate: () => measure(KINDS.clientCertificate, unsigned, onSpeakers),
    certificateHeader: () => measure(KINDS.certificateHeader, withHeader, () => perMac),
  } satisfies Record<keyof typeof KINDS, () => Promise<WayFigures>>;
  const figures: [string, WayFigures][] = [];
  for (const [name, way] of Object.entries(ways)) {
    if (only === undefined || only === name) figures.push([name, await way()]);
  }
  if (figures.length === 0) throw new Error(`"${only}" is none of ${Object.keys(ways).join(", ")}`);
  return {
    macs: MACS,
    connections: CONNECTIONS,
    pinned: canPin,
    synchronous: "FULL",
    ...Object.fromEntries(figures),
  };
}

async function measureKind(options: {
  readonly kind: Kind;
  readonly amounts: Amounts;
  readonly fleet: readonly EnrolledMac[];
  readonly requests: PreparedRequests;
  readonly acknowledgements: (mac: number) => number;
  readonly dataDir: string;
}): Promise<WayFigures> {
  const { kind, amounts, fleet, requests, dataDir } = options;
  const { isTls, isSigned, isOwn } = kind;
  const udids = fleet.map((mac) => mac.udid);
  // Nothing waits for anybody, until the queues are filled.
  fillQueues(dataDir, udids, () => 0);
  const reference = await startReference(fleet[0]!, { tls: isTls, signature: isSigned });
  const server = startChild(SERVER);
  try {
    const door = await server.ask({ ask: "serve", dataDir, isPlain: !isTls });
    const clientOf = (connection: number) => (isOwn ? identityOf(fleet[connection]!) : {});
    const tlsTo = (ca: string) => (isTls ? (at: number): ClientTls => ({ ca, ...clientOf(at) }) : undefined);
    const figures = await measureWay(
      {
        name: kind.name,
        server: {
          process: server,
          port: isTls ? Number(new URL(door.deviceUrl).port) : door.plainDevicePort!,
          tlsOf: tlsTo(door.ca),
        },
        reference: { process: reference.process, port: reference.port, tlsOf: tlsTo(reference.ca) },
        macsOf: (connection) =>
          isOwn ? [connection] : fleet.flatMap((_, mac) => (mac % CONNECTIONS === connection ? [mac] : [])),
        requests,
        referenceRequest: reference.request,
        // One more than is acknowledged, so that every answer has a next command in it.
        fillQueues: () => fillQueues(dataDir, udids, (mac) => options.acknowledgements(mac) + 1),
      },
      amounts,
    );
    await server.stop();
    const sent = 2 * amounts.warmUp + amounts.runs * amounts.acknowledgementsPerRun;
    const stored = countAcknowledged(dataDir);
    if (stored !== sent) throw new Error(`${sent} acknowledgements were answered, and ${stored} are on disk`);
    return figures;
  } finally {
    await Promise.all([server.stop(), reference.process.stop()]);
  }
}

const identityOf = ({ state: { identity } }: EnrolledMac): { key: string; certificate: string } => ({
  key: identity.key,
  certificate: encodePem("CERTIFICATE", Buffer.from(identity.certificate, "base64")),
});
