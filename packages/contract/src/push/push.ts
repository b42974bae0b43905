import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, Name, nullable, oneOf, Time } from "../shapes.ts";
import { PushOutcome, PushState } from "./push-state.ts";

export const showPush = defineAction({
  name: "push.show-push",
  summary: "Show whether push works, and why not",
  method: "GET",
  path: "/push",
  risk: "read",
  input: closed({}),
  output: PushState,
  auditable: [],
});

const Email = Type.String({ minLength: 3, maxLength: 254, pattern: "^[^\\s@]+@[^\\s@]+$" });

export const createPushRequest = defineAction({
  name: "push.create-push-request",
  summary: "Make a certificate request for Apple's push certificate portal",
  method: "POST",
  path: "/push/certificate-requests",
  risk: "change",
  input: closed({ organization: Name, email: Email }),
  /** The key stays sealed here. `csr` is PEM, to be signed by an MDM vendor and uploaded to identity.apple.com/pushcert. */
  output: closed({ id: Id, csr: Type.String() }),
  auditable: ["organization", "email"],
  status: 201,
});

/** A request whose key waits here for Apple's certificate. */
export const PushRequest = closed({
  id: Id,
  createdAt: Time,
  /** PEM; null for one of an earlier release, which can only be made anew. */
  csr: nullable(Type.String()),
  /** It was sent to the signing service, whose answer comes by mail. */
  isSentToService: Type.Boolean(),
});
export type PushRequest = Static<typeof PushRequest>;

export const listPushRequests = defineAction({
  name: "push.list-push-requests",
  summary: "List the certificate requests that were made since the certificate in use, newest first",
  method: "GET",
  path: "/push/certificate-requests",
  risk: "read",
  input: closed({}),
  /** At most 20. */
  output: closed({ items: Type.Array(PushRequest), nextCursor: nullable(Type.String()) }),
  auditable: [],
});

/** What identity.apple.com/pushcert takes: the base64 of a property list with request, vendor chain and signature. */
export const PortalUpload = closed({ requestId: Id, upload: Type.String(), vendor: Type.String() });
export type PortalUpload = Static<typeof PortalUpload>;

export const signPushRequest = defineAction({
  name: "push.sign-push-request",
  summary: "Put a vendor's signature and chain around a certificate request, checked, for Apple's portal",
  method: "POST",
  path: "/push/certificate-requests/{requestId}/signature",
  risk: "change",
  input: closed({
    requestId: Id,
    /** Base64 of the vendor's RSA signature with SHA-256 over the request in DER. */
    signature: Type.Optional(Type.String({ maxLength: 4096 })),
    /** PEM: the vendor's certificate and its issuers up to Apple's root. */
    chain: Type.Optional(Type.String({ maxLength: 40_000 })),
    /** Instead of both: the ready property list, as XML or its base64; it is checked and given back. */
    plist: Type.Optional(Type.String({ maxLength: 100_000 })),
  }),
  output: PortalUpload,
  auditable: ["requestId"],
});

export const requestVendorSignature = defineAction({
  name: "push.request-vendor-signature",
  summary: "Send a certificate request to the signing service (mdmcert.download); its answer comes by mail",
  method: "POST",
  path: "/push/certificate-requests/{requestId}/vendor-signature",
  risk: "change",
  /** The address that is registered with the service. */
  input: closed({ requestId: Id, email: Email }),
  output: closed({ sentTo: Type.String() }),
  auditable: ["requestId", "email"],
});

export const openSigningAnswer = defineAction({
  name: "push.open-signing-answer",
  summary: "Decrypt the signing service's mailed answer, for Apple's portal",
  method: "POST",
  path: "/push/certificate-requests/{requestId}/signing-answer",
  risk: "change",
  input: closed({ requestId: Id, answer: Type.String({ minLength: 1, maxLength: 400_000, description: "Hex" }) }),
  output: PortalUpload,
  auditable: ["requestId"],
});

export const uploadPushCertificate = defineAction({
  name: "push.upload-push-certificate",
  summary: "Store the push certificate that Apple issued",
  method: "PUT",
  path: "/push/certificate",
  risk: "rootEquivalent",
  input: closed({
    certificate: Type.String({ minLength: 1, maxLength: 20_000, description: "PEM from Apple" }),
    /** Only when the key was not made here. */
    privateKey: Type.Optional(Type.String({ maxLength: 20_000, description: "PEM" })),
    /** Take a certificate with another topic; refused while a Mac is enrolled on the one in use. */
    replaceTopic: Type.Optional(Type.Boolean()),
  }),
  output: PushState,
  auditable: ["replaceTopic"],
});

export const sendTestPush = defineAction({
  name: "push.send-test-push",
  summary: "Wake a Mac by push, and tell how long it took to answer",
  method: "POST",
  path: "/devices/{deviceId}/push",
  risk: "change",
  input: closed({
    deviceId: Id,
    /** How long to wait for the Mac's answer; 0 waits only for Apple's. */
    waitSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 60, default: 0 })),
  }),
  output: closed({
    status: Type.Integer(),
    reason: nullable(Type.String()),
    apnsId: nullable(Type.String()),
    outcome: oneOf(...PushOutcome),
    meaning: Type.String(),
    advice: Type.String(),
    /** From the sending to the Mac's next message; null when none came in time or none was waited for. */
    roundTripMs: nullable(Type.Integer()),
  }),
  auditable: ["deviceId"],
});
