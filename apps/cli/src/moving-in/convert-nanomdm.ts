import type { MovingEnrollment, MovingRecord } from "@pomona/contract";
import { readCheckIn } from "@pomona/mdm";
import { PlistError, parsePlist } from "@pomona/plist";

type Row = Readonly<Record<string, unknown>>;
type User = NonNullable<MovingEnrollment["users"]>[number];
type Mac = { -readonly [Key in keyof MovingEnrollment]?: MovingEnrollment[Key] } & { userRows: Map<string, User> };

/** What was read and cannot be used, with the reason. */
export interface Leftover {
  readonly what: string;
  readonly why: string;
}

/**
 * Puts rows of NanoMDM's tables together, in any order: `nano_devices`, `nano_users`, `nano_enrollments`, `nano_push_certs`,
 * `nano_cert_auth_associations`, each row with its table's name under `table`. Raw check-ins, as its migration endpoint takes
 * them, may come as `{"table": "messages", "message": "<?xml ..."}` instead.
 */
export class NanoRows {
  readonly #macs = new Map<string, Mac>();
  readonly #pins = new Map<string, { readonly hash: string; readonly at: string }>();
  readonly #names = new Map<string, { readonly short: string | null; readonly long: string | null }>();
  readonly #pushCertificates = new Map<string, { readonly certificate: string; readonly privateKey: string }>();
  readonly leftovers: Leftover[] = [];

  add(row: Row): void {
    switch (text(row, "table")) {
      case "nano_devices":
        return this.#device(row);
      case "nano_users":
        return void this.#names.set(`${text(row, "device_id")} ${text(row, "id")}`, {
          short: text(row, "user_short_name") ?? null,
          long: text(row, "user_long_name") ?? null,
        });
      case "nano_enrollments":
        return this.#enrollment(row);
      case "nano_push_certs":
        return void this.#pushCertificates.set(text(row, "topic") ?? "", {
          certificate: text(row, "cert_pem") ?? "",
          privateKey: text(row, "key_pem") ?? "",
        });
      case "nano_cert_auth_associations":
        return this.#association(row);
      case "messages":
        return this.#message(text(row, "message") ?? "", undefined);
      default:
        this.leftovers.push({ what: String(row["table"]), why: "is no table that comes over" });
    }
  }

  /** Certificates first, then the Macs. */
  *records(): Generator<MovingRecord> {
    for (const pushCertificate of this.#pushCertificates.values())
      yield { kind: "push-certificate", ...pushCertificate };
    for (const [identifier, { userRows, ...mac }] of this.#macs) {
      if (mac.pushToken === undefined || mac.pushMagic === undefined || mac.topic === undefined) {
        this.leftovers.push({ what: identifier, why: "never said how it can be woken" });
        continue;
      }
      const { pushToken, pushMagic, topic, ...rest } = mac;
      const pin = this.#pins.get(identifier);
      const users = [...userRows.values()].map((user) => {
        const names = this.#names.get(`${identifier} ${identifier}:${user.userId}`);
        return names === undefined ? user : { ...user, shortName: names.short, longName: names.long };
      });
      yield {
        ...rest,
        kind: "enrollment",
        identifier,
        topic,
        pushToken,
        pushMagic,
        ...(pin === undefined ? {} : { certificateHash: pin.hash }),
        ...(users.length === 0 ? {} : { users }),
      };
    }
  }

  #mac(identifier: string): Mac {
    let mac = this.#macs.get(identifier);
    if (mac === undefined) {
      mac = { userRows: new Map() };
      this.#macs.set(identifier, mac);
    }
    return mac;
  }

  #device(row: Row): void {
    const id = text(row, "id") ?? "";
    for (const key of ["authenticate", "token_update"]) {
      const message = text(row, key);
      if (message !== undefined) this.#message(message, id);
    }
    const mac = this.#mac(id);
    const certificate = text(row, "identity_cert");
    if (certificate !== undefined) mac.certificate = certificate;
    const serialNumber = text(row, "serial_number");
    if (serialNumber !== undefined) mac.serialNumber = serialNumber;
    const unlockToken = base64(row, "unlock_token");
    if (unlockToken !== undefined) mac.unlockToken = unlockToken;
    const bootstrapToken = base64(row, "bootstrap_token_b64");
    if (bootstrapToken !== undefined) mac.bootstrapToken = bootstrapToken;
    const enrolledAt = time(row, "authenticate_at");
    if (enrolledAt !== undefined) mac.enrolledAt = enrolledAt;
  }

  #enrollment(row: Row): void {
    const [id, deviceId] = [text(row, "id") ?? "", text(row, "device_id") ?? ""];
    const [pushToken, pushMagic] = [text(row, "token_hex") ?? "", text(row, "push_magic") ?? ""];
    const type = text(row, "type") ?? "";
    if (type === "Shared iPad") return void this.leftovers.push({ what: id, why: "is an iPad's user" });
    const isEnabled = truth(row["enabled"]);
    if (id !== deviceId) {
      const userId = id.startsWith(`${deviceId}:`) ? id.slice(deviceId.length + 1) : id;
      if (isEnabled) this.#mac(deviceId).userRows.set(userId, { userId, pushToken, pushMagic });
      return;
    }
    const tokenUpdates = Number(row["token_update_tally"] ?? 1);
    const lastSeenAt = time(row, "last_seen_at");
    Object.assign(this.#mac(id), {
      topic: text(row, "topic") ?? "",
      pushToken,
      pushMagic,
      enabled: isEnabled,
      isUserEnrollment: type.startsWith("User Enrollment"),
      ...(Number.isSafeInteger(tokenUpdates) ? { tokenUpdates } : {}),
      ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
    });
  }

  /** NanoMDM keeps old pins; the newest is the one that counts. */
  #association(row: Row): void {
    const [id, hash, at] = [text(row, "id"), text(row, "sha256"), text(row, "created_at") ?? ""];
    if (id === undefined || hash === undefined) return;
    const known = this.#pins.get(id);
    if (known === undefined || known.at <= at) this.#pins.set(id, { hash, at });
  }

  /** @param owner whose row it stands in; a message of another Mac is not taken for its own */
  #message(xml: string, owner: string | undefined): void {
    const read = readMessage(xml);
    if (read === undefined || (owner !== undefined && read.from.deviceIdentifier !== owner)) {
      this.leftovers.push({ what: owner ?? "a message", why: "holds a check-in that cannot be read" });
      return;
    }
    const mac = this.#mac(read.from.deviceIdentifier);
    if (read.messageType === "Authenticate") {
      mac.topic ??= read.topic;
      mac.isUserEnrollment ??= read.from.kind === "enrollmentId";
      mac.deviceName = read.deviceName ?? null;
      mac.model = read.modelName ?? read.model ?? read.productName ?? null;
      mac.osVersion = read.osVersion ?? null;
      if (read.serialNumber !== undefined) mac.serialNumber = read.serialNumber;
    } else if (read.messageType === "TokenUpdate") {
      const way = { pushToken: Buffer.from(read.pushToken).toString("hex"), pushMagic: read.pushMagic };
      if (read.from.channel === "user") {
        const userId = read.from.identifier.slice(read.from.deviceIdentifier.length + 1);
        const names = { shortName: read.userShortName ?? null, longName: read.userLongName ?? null };
        mac.userRows.set(userId, { userId, ...names, ...way });
        return;
      }
      mac.topic ??= read.topic;
      mac.pushToken ??= way.pushToken;
      mac.pushMagic ??= way.pushMagic;
      const { unlockToken } = read;
      if (unlockToken !== undefined) mac.unlockToken ??= Buffer.from(unlockToken).toString("base64");
    }
  }
}

function readMessage(xml: string) {
  try {
    const read = readCheckIn(parsePlist(Buffer.from(xml, "utf8")));
    return read.ok ? read.value : undefined;
  } catch (error) {
    if (error instanceof PlistError) return undefined;
    throw error;
  }
}

function text(row: Row, key: string): string | undefined {
  const value = row[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}
/** MySQL breaks it into lines. */
const base64 = (row: Row, key: string): string | undefined => text(row, key)?.replaceAll(/\s/g, "");
const truth = (value: unknown): boolean => value === true || value === 1 || value === "1" || value === "t";
/** Databases print times without a zone; the guide's queries are in UTC. */
function time(row: Row, key: string): string | undefined {
  const value = text(row, key)?.replace(" ", "T");
  if (value === undefined) return undefined;
  const at = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
