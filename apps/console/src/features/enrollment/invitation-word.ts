import type { Invitation } from "@pomona/contract";
import type { Tone } from "../../kit/state-badge.tsx";

/** Whether a link still enrolls Macs. `now` is in ms. */
export const invitationWord = (
  invitation: Pick<Invitation, "uses" | "maxUses" | "expiresAt">,
  now: number,
): { word: string; tone: Tone; why: string } => {
  if (invitation.uses >= invitation.maxUses)
    return { word: "Used up", tone: "unknown", why: "It enrolled as many Macs as it was made for" };
  if (Date.parse(invitation.expiresAt) <= now)
    return { word: "Expired", tone: "unknown", why: "It can no longer be opened" };
  return { word: "Valid", tone: "good", why: "It can be opened on a Mac" };
};
