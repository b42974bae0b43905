import { PROFILE_TYPE } from "@pomona/mdm";
import { PomonaError } from "../../kernel/errors.ts";
import type { HttpResponse, HttpRoute, Kernel } from "../../kernel/feature.ts";
import { findOpenInvitation, openSession } from "./open-session.ts";
import { closedPage, invitationPage, PORTAL_HEADERS } from "./portal-page.ts";
import type { PushTopic } from "./ports.ts";
import type { ProfileBuilder } from "./profile-builder.ts";

const html = (status: number, body: string): HttpResponse => ({ status, headers: PORTAL_HEADERS, body });
const UNKNOWN = html(404, closedPage("unknown"));

/** The enrollment portal: a page that says what will happen, and the profile. Opening the page uses nothing up. */
export const portalRoutes = (
  kernel: Kernel,
  profiles: ProfileBuilder,
  pushTopic: PushTopic,
  canAttest: boolean,
): readonly HttpRoute[] => [
  {
    door: "api",
    method: "GET",
    path: "/enroll/{code}",
    maxBodyBytes: 1,
    handle: async ({ params }) => {
      const code = params["code"] ?? "";
      const open = await findOpenInvitation(kernel, pushTopic, code);
      if (open === undefined) return UNKNOWN;
      if (open.topic === undefined) return html(409, closedPage("no-push"));
      const { organization, invitation } = open;
      const profilePath = `/enroll/${code}/profile`;
      return html(200, invitationPage({ organization, profilePath, serialNumber: invitation.serialNumber }));
    },
  },
  {
    door: "api",
    method: "GET",
    path: "/enroll/{code}/profile",
    maxBodyBytes: 1,
    handle: async ({ params }) => {
      const open = await findOpenInvitation(kernel, pushTopic, params["code"] ?? "");
      if (open === undefined) return UNKNOWN;
      try {
        const profile = await openSession(kernel, profiles, open, canAttest);
        return {
          status: 200,
          headers: {
            "content-type": PROFILE_TYPE,
            "content-disposition": 'attachment; filename="enroll.mobileconfig"',
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
          },
          body: profile,
        };
      } catch (error) {
        if (error instanceof PomonaError && error.code === "enrollment.no-push")
          return html(409, closedPage("no-push"));
        if (error instanceof PomonaError && error.kind === "exhausted") return html(429, closedPage("busy"));
        throw error;
      }
    },
  },
];
