import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, Name, nullable, Time } from "../shapes.ts";

export const PushState = closed({
  /** `missing`: no certificate yet; `expired`; `refused`: APNs said no to it; `ready`. */
  state: Type.String(),
  topic: nullable(Type.String()),
  expiresAt: nullable(Time),
  subject: nullable(Type.String()),
  /** Where pushes go. */
  endpoint: Type.String(),
  lastPushAt: nullable(Time),
  lastError: nullable(Type.String()),
});
export type PushState = Static<typeof PushState>;

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

export const createPushRequest = defineAction({
  name: "push.create-push-request",
  summary: "Make a certificate request for Apple's push certificate portal",
  method: "POST",
  path: "/push/certificate-requests",
  risk: "change",
  input: closed({ organization: Name, email: Type.String({ minLength: 3, maxLength: 254 }) }),
  /** The key stays sealed here. `csr` is PEM, to be signed by an MDM vendor and uploaded to identity.apple.com/pushcert. */
  output: closed({ id: Id, csr: Type.String() }),
  auditable: ["organization", "email"],
  status: 201,
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
  }),
  output: PushState,
  auditable: [],
});

export const sendTestPush = defineAction({
  name: "push.send-test-push",
  summary: "Wake a Mac by push",
  method: "POST",
  path: "/devices/{deviceId}/push",
  risk: "change",
  input: closed({ deviceId: Id }),
  output: closed({ status: Type.Integer(), reason: nullable(Type.String()), apnsId: nullable(Type.String()) }),
  auditable: ["deviceId"],
});
