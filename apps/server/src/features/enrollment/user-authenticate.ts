import { buildXmlPlist } from "@pomona/plist";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type CheckInHandler, EMPTY, type MdmAnswer } from "./check-in.ts";
import { readNetworkUserPolicy } from "./network-users.sql.ts";

/** For good: an error instead would make the Mac ask again at every login. */
const DECLINED: MdmAnswer = { status: 410 };
/** An empty challenge asks the user for nothing; the Mac then sends an answer to it. */
const CHALLENGE: MdmAnswer = {
  status: 200,
  body: buildXmlPlist({ DigestChallenge: "" }),
  contentType: "application/xml; charset=UTF-8",
};

/**
 * A network user logs in, for whom the Mac wants a channel (Apple: UserAuthenticate). The tenant decides: decline, or take
 * whoever the Mac took. We hold no passwords of network users, so there is no real digest to ask for.
 */
export const userAuthenticate =
  (kernel: Kernel): CheckInHandler<"UserAuthenticate"> =>
  async ({ message, certificate }) => {
    const scope = systemScope(certificate.tenantId, "enrollment");
    const { networkUsers } = await kernel.store.read(scope, readNetworkUserPolicy);
    if (networkUsers === "decline" || message.from.channel === "device") return DECLINED;
    return message.digestResponse === undefined ? CHALLENGE : EMPTY;
  };
