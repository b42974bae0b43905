import { Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, nullable, Time } from "../shapes.ts";
import { MovingOutcome, MovingRecord } from "./moving-record.ts";

export const importRecords = defineAction({
  name: "moving-in.import-records",
  summary: "Take over enrollments from another MDM server, or say what would come over",
  method: "POST",
  path: "/moving-in/imports",
  risk: "rootEquivalent",
  input: closed({
    /** Nothing is changed; the answer is what it would be. */
    dryRun: Type.Boolean(),
    /** Push certificate and issuers first: each batch repeats them, which changes nothing the second time. */
    records: Type.Array(MovingRecord, { minItems: 1, maxItems: 60 }),
  }),
  output: closed({ outcomes: Type.Array(MovingOutcome) }),
  auditable: ["dryRun"],
});

const Moving = closed({
  /** Macs that were taken over, and those of them that have come by since. */
  imported: Type.Integer(),
  arrived: Type.Integer(),
  /** Macs whose certificate is not known: they need the window. */
  unpinned: Type.Integer(),
  /** Names of the issuers that are trusted for the identities of Macs that moved in. */
  issuers: Type.Array(Type.String()),
  /** Until when a Mac whose certificate is not known may bring it, once. */
  windowUntil: nullable(Time),
});

export const showMovingIn = defineAction({
  name: "moving-in.show",
  summary: "Show how far the move from another MDM server is",
  method: "GET",
  path: "/moving-in",
  risk: "read",
  input: closed({}),
  output: Moving,
  auditable: [],
});

export const openAssociation = defineAction({
  name: "moving-in.open-association",
  summary: "Let Macs that were taken over without a certificate bring it once, until a given time",
  method: "PUT",
  path: "/moving-in/association",
  risk: "rootEquivalent",
  /** At most thirty days from now. */
  input: closed({ until: Time }),
  output: Moving,
  auditable: ["until"],
});

export const closeAssociation = defineAction({
  name: "moving-in.close-association",
  summary: "Let no Mac bring a certificate of another issuer any more",
  method: "DELETE",
  path: "/moving-in/association",
  risk: "change",
  input: closed({}),
  output: Moving,
  auditable: [],
});
