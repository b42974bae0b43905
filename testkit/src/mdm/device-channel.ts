import { buildXmlPlist, type PlistDictionary } from "@pomona/plist";
import { type DeviceHttp, type DeviceResponse, openDeviceHttp } from "../network/device-http.ts";
import type { EnrollmentState, IdentityMode } from "./enrollment-state.ts";
import { bodySigner, type SignBody, tlsIdentity } from "./mdm-identity.ts";

/** The server no longer knows this Mac: 401, or 403 with Apple's code. macOS removes its enrollment on it. */
export class Unenrolled extends Error {
  override readonly name = "Unenrolled";
}

/** Another answer than 200, or none: macOS gives up this conversation and comes again later. */
export class ChannelFailure extends Error {
  override readonly name = "ChannelFailure";
  readonly status: number | undefined;

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** One enrollment's way to its server's two URLs. */
export interface DeviceChannel {
  /** A check-in message; answers the body. Throws `Unenrolled` or `ChannelFailure`. */
  checkIn(message: PlistDictionary): Promise<Uint8Array>;
  /** A poll or a command result; answers the body, empty when there is nothing to do. Throws as `checkIn`. */
  command(report: PlistDictionary): Promise<Uint8Array>;
  close(): void;
}

const USER_AGENT = "MDM-OSX/1.0 mdmclient/1545";

/** @param pool a client shared by many Macs; only without client certificates, and the Macs must trust the same roots */
export function openDeviceChannel(state: EnrollmentState, mode: IdentityMode, pool?: DeviceHttp): DeviceChannel {
  const showsCertificate = mode !== "signature";
  const own = showsCertificate || pool === undefined;
  const http = own
    ? openDeviceHttp({ roots: state.roots, ...(showsCertificate ? { client: tlsIdentity(state.identity) } : {}) })
    : pool;
  const sign: SignBody | undefined =
    state.mdm.signMessage && mode !== "client-certificate" ? bodySigner(state.identity) : undefined;

  const put = async (url: string, contentType: string, message: PlistDictionary): Promise<Uint8Array> => {
    const body = Buffer.from(buildXmlPlist(message));
    const headers: Record<string, string> = { "Content-Type": contentType, "User-Agent": USER_AGENT };
    if (sign !== undefined) headers["Mdm-Signature"] = sign(body);
    const answer = await sendOrFail(http, url, headers, body);
    if (answer.status === 200) return answer.body;
    if (answer.status === 401 || (answer.status === 403 && namesUnrecognizedDevice(answer))) {
      throw new Unenrolled(`the server answered ${answer.status}: this Mac is no longer managed`);
    }
    throw new ChannelFailure(`the server answered ${answer.status}`, answer.status);
  };

  return {
    checkIn: (message) => put(state.mdm.checkInUrl, "application/x-apple-aspen-mdm-checkin", message),
    command: (report) => put(state.mdm.serverUrl, "application/x-apple-aspen-mdm; charset=UTF-8", report),
    close: () => {
      if (own) http.close();
    },
  };
}

async function sendOrFail(
  http: DeviceHttp,
  url: string,
  headers: Record<string, string>,
  body: Uint8Array,
): Promise<DeviceResponse> {
  try {
    return await http.send({ method: "PUT", url, headers, body });
  } catch (cause) {
    throw new ChannelFailure("the server cannot be reached", undefined, { cause });
  }
}

const namesUnrecognizedDevice = (answer: DeviceResponse): boolean =>
  Buffer.from(answer.body).toString("utf8").includes("com.apple.unrecognized.device");
