import type { DeviceId, TenantId } from "@pomona/facts";
import type { EnrollmentIdentifier, Report } from "@pomona/mdm";
import type { Crypto } from "@pomona/pki";
import type { Sender } from "../../features/commands/index.ts";
import type {
  CheckInHandlers,
  Enrollment,
  EnrollmentFeature,
  MdmAnswer,
  MessageMemory,
  Resolution,
} from "../../features/enrollment/index.ts";
import type { Authority, KnownCertificate } from "../../features/tenants/index.ts";

interface Known {
  readonly enrollment: Enrollment;
  readonly deviceId: DeviceId;
}

/** What this door needs of the features; main.ts hands it in. */
export interface MdmPorts {
  readonly crypto: Crypto;
  readonly authority: Pick<Authority, "identify" | "identifyHash" | "recall">;
  readonly authenticate: EnrollmentFeature["authenticate"];
  /** Of all features, by message type. */
  readonly checkIns: CheckInHandlers;
  readonly resolve: (certificate: KnownCertificate, from: EnrollmentIdentifier) => Promise<Resolution>;
  readonly refusals: Pick<EnrollmentFeature["refusals"], "note">;
  readonly memory: Pick<MessageMemory, "judge" | "remember">;
  readonly answer: (sender: Sender, report: Report) => Promise<MdmAnswer>;
  /** Whether the report answers a command that was sent and that nothing was heard of yet. */
  readonly isAwaited: (tenantId: TenantId, deviceId: DeviceId, report: Report) => Promise<boolean>;
  readonly isQuarantined: (tenantId: TenantId, deviceId: DeviceId) => Promise<boolean>;
  /** A Mac whose identity has run out asks for work: what renews it is put into its queue. */
  readonly onExpiredPoll: (sender: Known) => Promise<void>;
  /** The clock of a Mac was put back; two bodies with different clocks look like that as well. */
  readonly onClockSet: (sender: Known, address: string) => Promise<void>;
  /** A certificate came with another Mac's identifier. */
  readonly onOtherIdentifier: (
    certificate: KnownCertificate,
    from: EnrollmentIdentifier,
    address: string,
  ) => Promise<void>;
  /** Whether a certificate that nobody knows was just made the identity of a Mac that moved in without one. */
  readonly associate: (certificate: Uint8Array, from: EnrollmentIdentifier) => Promise<boolean>;
  /** Notes that a Mac was heard; must not write on every call. */
  readonly noteSeen: (tenantId: TenantId, deviceId: DeviceId, at: number) => void;
}
