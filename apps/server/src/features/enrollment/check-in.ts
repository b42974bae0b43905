import type { DeviceId } from "@pomona/facts";
import type { CheckIn, CheckInOf, MessageType } from "@pomona/mdm";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { KnownCertificate } from "../tenants/index.ts";
import type { Refusal } from "./enrollments.ts";
import type { Enrollment } from "./model.ts";

/** A check-in whose signature is right and whose certificate is ours and alive; whose it is comes with it. */
export interface CheckInRequest<Message extends CheckIn = CheckIn> {
  readonly message: Message;
  readonly certificate: KnownCertificate;
  readonly now: number;
  /** Where it came from, as far as we trust that. */
  readonly address: string;
  /**
   * Notes in the transaction of what the message changes that it was taken in: played back later, after a restart too, it is
   * refused. Every handler that changes anything calls it.
   */
  readonly remember: (tx: WriteTransaction) => Promise<void>;
}

/** What is answered on the device channel. Never 401: it unenrolls the Mac. */
export interface MdmAnswer {
  readonly status: 200 | 400 | 403 | 404 | 410 | 500 | 503;
  readonly body?: Uint8Array;
  readonly contentType?: string;
}

export const EMPTY: MdmAnswer = { status: 200 };
/** Identity and pinning: a 4xx without an Apple error code, which would unenroll. */
export const REFUSED: MdmAnswer = { status: 403 };

/** Handles one message type. Those that are only for an enrolled Mac get its enrollment. */
export type CheckInHandler<Type extends MessageType = MessageType> = (
  request: CheckInRequest<CheckInOf<Type>>,
  sender: { readonly enrollment: Enrollment; readonly deviceId: DeviceId },
) => Promise<MdmAnswer>;

/** Handlers of check-ins by message type, for the door to look up; `Authenticate` comes before there is an enrollment. */
export type CheckInHandlers = { readonly [Type in Exclude<MessageType, "Authenticate">]?: CheckInHandler<Type> };

export type { Refusal };
