import { getBoolean, getData, getString, isDictionary, type PlistDictionary, type PlistValue } from "@pomona/plist";
import { type EnrollmentIdentifier, identifierOf } from "./identifiers.ts";
import { type Outcome, read, unreadable } from "./outcome.ts";

interface Common {
  readonly from: EnrollmentIdentifier;
  /** The message as it came, for what is not typed here. */
  readonly raw: PlistDictionary;
}

/** First message of an enrollment, and again when its profile is renewed. Real Macs omit what Apple calls required. */
export interface Authenticate extends Common {
  readonly messageType: "Authenticate";
  readonly topic: string;
  readonly deviceName?: string;
  readonly model?: string;
  readonly modelName?: string;
  readonly productName?: string;
  readonly osVersion?: string;
  readonly buildVersion?: string;
  readonly serialNumber?: string;
}

export interface TokenUpdate extends Common {
  readonly messageType: "TokenUpdate";
  readonly topic: string;
  /** Of any length: Apple does not promise 32 bytes. */
  readonly pushToken: Uint8Array;
  readonly pushMagic: string;
  /** A message without these keeps what is stored. */
  readonly unlockToken?: Uint8Array;
  readonly awaitingConfiguration?: boolean;
  readonly userShortName?: string;
  readonly userLongName?: string;
}

export interface CheckOut extends Common {
  readonly messageType: "CheckOut";
}
export interface UserAuthenticate extends Common {
  readonly messageType: "UserAuthenticate";
  readonly digestResponse?: string;
}
export interface SetBootstrapToken extends Common {
  readonly messageType: "SetBootstrapToken";
  /** Missing or empty: the Mac takes its token back. */
  readonly bootstrapToken?: Uint8Array;
}
export interface GetBootstrapToken extends Common {
  readonly messageType: "GetBootstrapToken";
}
export interface GetToken extends Common {
  readonly messageType: "GetToken";
  readonly serviceType?: string;
  readonly hasParameters: boolean;
}
export interface DeclarativeManagement extends Common {
  readonly messageType: "DeclarativeManagement";
  readonly endpoint: string;
  readonly data?: Uint8Array;
}

export type CheckIn =
  | Authenticate
  | TokenUpdate
  | CheckOut
  | UserAuthenticate
  | SetBootstrapToken
  | GetBootstrapToken
  | GetToken
  | DeclarativeManagement;
export type MessageType = CheckIn["messageType"];
export type CheckInOf<Type extends MessageType> = Extract<CheckIn, { readonly messageType: Type }>;

/**
 * Reads a check-in message. Demanded are the message type, the identifiers, and what the server cannot do without:
 * `Topic`, `Token` and `PushMagic`. Apple's schema calls more required than Macs send.
 */
export function readCheckIn(value: PlistValue): Outcome<CheckIn> {
  if (!isDictionary(value)) return unreadable("the message is not a dictionary");
  const messageType = getString(value, "MessageType");
  if (messageType === undefined) return unreadable("no MessageType");
  const from = identifierOf(value);
  if (!from.ok) return from;
  const common = { from: from.value, raw: value };
  switch (messageType) {
    case "Authenticate":
      return authenticate(common);
    case "TokenUpdate":
      return tokenUpdate(common);
    case "CheckOut":
    case "GetBootstrapToken":
      return read({ messageType, ...common });
    case "UserAuthenticate":
      return read({ messageType, ...common, ...optional("digestResponse", getString(value, "DigestResponse")) });
    case "SetBootstrapToken": {
      const token = getData(value, "BootstrapToken");
      return read({ messageType, ...common, ...optional("bootstrapToken", token?.length === 0 ? undefined : token) });
    }
    case "GetToken":
      return read({
        messageType,
        ...common,
        ...optional("serviceType", getString(value, "TokenServiceType")),
        hasParameters: isDictionary(value["TokenParameters"]),
      });
    case "DeclarativeManagement": {
      const endpoint = getString(value, "Endpoint");
      if (endpoint === undefined) return unreadable("DeclarativeManagement without Endpoint");
      return read({ messageType, ...common, endpoint, ...optional("data", getData(value, "Data")) });
    }
    default:
      return unreadable("an unknown MessageType");
  }
}

function authenticate(common: Common): Outcome<Authenticate> {
  const topic = getString(common.raw, "Topic");
  if (topic === undefined) return unreadable("Authenticate without Topic");
  // An empty serial number is none: it must not make two Macs one.
  const text = (key: string) => getString(common.raw, key)?.slice(0, 255) || undefined;
  return read({
    messageType: "Authenticate",
    ...common,
    topic,
    ...optional("deviceName", text("DeviceName")),
    ...optional("model", text("Model")),
    ...optional("modelName", text("ModelName")),
    ...optional("productName", text("ProductName")),
    ...optional("osVersion", text("OSVersion")),
    ...optional("buildVersion", text("BuildVersion")),
    ...optional("serialNumber", text("SerialNumber")),
  });
}

function tokenUpdate(common: Common): Outcome<TokenUpdate> {
  const { raw } = common;
  const topic = getString(raw, "Topic");
  const pushToken = getData(raw, "Token");
  const pushMagic = getString(raw, "PushMagic");
  if (topic === undefined || pushToken === undefined || pushMagic === undefined) {
    return unreadable("TokenUpdate without Topic, Token or PushMagic");
  }
  if (pushToken.length === 0 || pushToken.length > 1024 || pushMagic === "" || pushMagic.length > 1024) {
    return unreadable("TokenUpdate with an empty or oversized Token or PushMagic");
  }
  return read({
    messageType: "TokenUpdate",
    ...common,
    topic,
    pushToken,
    pushMagic,
    ...optional("unlockToken", getData(raw, "UnlockToken")),
    ...optional("awaitingConfiguration", getBoolean(raw, "AwaitingConfiguration")),
    ...optional("userShortName", getString(raw, "UserShortName")),
    ...optional("userLongName", getString(raw, "UserLongName")),
  });
}

/** `{key: value}`, or nothing: with exactOptionalPropertyTypes a key is either there or not. */
function optional<Key extends string, T>(key: Key, value: T | undefined): { readonly [K in Key]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: T };
}
