import type { MovingEnrollment, MovingRecord } from "@pomona/contract";
import { type CheckInOf, readCheckIn } from "@pomona/mdm";
import { PlistError, parsePlist } from "@pomona/plist";
import { base64, certificateHash, type Row, text, time, truth } from "./nano-values.ts";

type User = NonNullable<MovingEnrollment["users"]>[number];
type Mac = { -readonly [Key in keyof MovingEnrollment]?: MovingEnrollment[Key] } & { userRows: Map<string, User> };

/** What was read and cannot be used, with the reason. */
export interface Leftover {
  readonly what: string;
  readonly why: string;
}

/** What a shared iPad says as `UserID` for each of its users. */
const SHARED_USER_ID = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF";

/**
 * Puts rows of NanoMDM's tables together, in any order: `devices`, `users`, `enrollments`, `push_certs`,
 * `cert_auth_associations`, each row with its table's name under `table`; copies of NanoMDM inside other servers put `nano_`
 * before the names. Raw check-ins, as its migration endpoint takes them, come by `addMessage`, or as rows
 * `{"table": "messages", "message": "<?xml ..."}`.
 */
export class NanoRows {
  readonly #macs = new Map<string, Mac>();
  /** When each certificate hash was pinned, by the Mac's identifier. */
  readonly #pins = new Map<string, Map<string, string>>();
  readonly #names = new Map<string, { readonly short: string | null; readonly long: string | null }>();
  readonly #pushCertificates = new Map<string, { readonly certificate: string; readonly privateKey: string }>();
  readonly leftovers: Leftover[] = [];

  add(row: Row): void {
    switch (text(row, "table")?.replace(/^nano_/, "")) {
      case "devices":
        return this.#device(row);
      case "users":
        return void this.#names.set(`${text(row, "device_id")} ${text(row, "id")}`, {
          short: text(row, "user_short_name") ?? null,
          long: text(row, "user_long_name") ?? null,
        });
      case "enrollments":
        return this.#enrollment(row);
      case "push_certs":
        return void this.#pushCertificates.set(text(row, "topic") ?? "", {
          certificate: text(row, "cert_pem") ?? "",
          privateKey: text(row, "key_pem") ?? "",
        });
      case "cert_auth_associations":
        return this.#association(row);
      case "messages":
        return void this.addMessage(Buffer.from(text(row, "message") ?? "", "utf8"));
      default:
        this.leftovers.push({ what: String(row["table"]), why: "is no table that comes over" });
    }
  }

  /** One raw check-in, a property list. @returns false for one that cannot be read; it is among the leftovers then */
  addMessage(bytes: Uint8Array): boolean {
    return this.#message(bytes, undefined);
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
      const { pushToken, pushMagic, topic, certificate, ...rest } = mac;
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
        ...this.#identity(identifier, certificate),
        ...(users.length === 0 ? {} : { users }),
      };
    }
  }

  /**
   * NanoMDM lets a Mac in by its pins alone and keeps old ones: that of the certificate in `identity_cert`, which is of the last
   * Authenticate, is the one that counts, else the newest.
   */
  #identity(identifier: string, certificate: Mac["certificate"]): Pick<Mac, "certificate" | "certificateHash"> {
    const pins = this.#pins.get(identifier);
    if (pins === undefined) return certificate === undefined ? {} : { certificate };
    const own = typeof certificate === "string" ? certificateHash(certificate) : undefined;
    if (certificate !== undefined && own !== undefined && pins.has(own)) return { certificate, certificateHash: own };
    if (certificate !== undefined)
      this.leftovers.push({ what: identifier, why: "has a certificate that is not pinned; its newest pin comes over" });
    const [newest] = [...pins].reduce((best, pin) => (pin[1] >= best[1] ? pin : best));
    return { certificateHash: newest };
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
      if (message !== undefined) this.#message(Buffer.from(message, "utf8"), id);
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

  #association(row: Row): void {
    const [id, hash, at] = [text(row, "id"), text(row, "sha256")?.toLowerCase(), text(row, "created_at") ?? ""];
    if (id === undefined || hash === undefined) return;
    const pins = this.#pins.get(id) ?? new Map<string, string>();
    this.#pins.set(id, pins);
    pins.delete(hash);
    pins.set(hash, at);
  }

  /** @param owner in whose row it stands: a message of another Mac is not taken for its own, and the row's columns go before it */
  #message(bytes: Uint8Array, owner: string | undefined): boolean {
    const read = readMessage(bytes);
    if (read === undefined || (owner !== undefined && read.from.deviceIdentifier !== owner)) {
      this.leftovers.push({ what: owner ?? "a message", why: "holds a check-in that cannot be read" });
      return false;
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
      this.#tokenUpdate(mac, read, owner === undefined);
    } else if (read.messageType === "SetBootstrapToken") {
      const { bootstrapToken } = read;
      mac.bootstrapToken = bootstrapToken === undefined ? null : Buffer.from(bootstrapToken).toString("base64");
    }
    return true;
  }

  #tokenUpdate(mac: Mac, read: CheckInOf<"TokenUpdate">, isLatest: boolean): void {
    const way = { pushToken: Buffer.from(read.pushToken).toString("hex"), pushMagic: read.pushMagic };
    if (read.from.channel === "user") {
      if (read.raw["UserID"] === SHARED_USER_ID)
        return void this.leftovers.push({ what: read.from.identifier, why: "is an iPad's user" });
      const userId = read.from.identifier.slice(read.from.deviceIdentifier.length + 1);
      const names = { shortName: read.userShortName ?? null, longName: read.userLongName ?? null };
      mac.userRows.set(userId, { userId, ...names, ...way });
      return;
    }
    mac.isUserEnrollment ??= read.from.kind === "enrollmentId";
    const unlockToken = read.unlockToken && Buffer.from(read.unlockToken).toString("base64");
    const said = { topic: read.topic, ...way, ...(unlockToken === undefined ? {} : { unlockToken }) };
    if (isLatest) return void Object.assign(mac, said);
    mac.topic ??= said.topic;
    mac.pushToken ??= said.pushToken;
    mac.pushMagic ??= said.pushMagic;
    if (unlockToken !== undefined) mac.unlockToken ??= unlockToken;
  }
}

function readMessage(bytes: Uint8Array) {
  try {
    const read = readCheckIn(parsePlist(bytes));
    return read.ok ? read.value : undefined;
  } catch (error) {
    if (error instanceof PlistError) return undefined;
    throw error;
  }
}
