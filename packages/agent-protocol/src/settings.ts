import { type Static, Type } from "typebox";

/** The preference domain of the agent's managed settings, and so the name of the file that launchd watches. */
export const SETTINGS_DOMAIN = "io.pomona.agent";

/**
 * What the settings profile carries (payload type {@link SETTINGS_DOMAIN}) and macOS writes to
 * `/Library/Managed Preferences/io.pomona.agent.plist`. `Nudge` changes whenever the server wants the agent awake.
 */
export const AgentSettings = Type.Object({
  /** `https://host:8444`, the device channel. */
  ServerURL: Type.String({ maxLength: 500 }),
  /** `mqtts://host:8883`. */
  BrokerURL: Type.String({ maxLength: 500 }),
  TenantID: Type.String({ maxLength: 64 }),
  DeviceID: Type.String({ maxLength: 64 }),
  /** One-time, ten minutes; missing once the agent has its certificate. */
  EnrollmentToken: Type.Optional(Type.String({ maxLength: 200 })),
  /** PEM of the roots that the agent pins. */
  Roots: Type.String({ maxLength: 20_000 }),
  Nudge: Type.String({ maxLength: 64 }),
});
export type AgentSettings = Static<typeof AgentSettings>;
