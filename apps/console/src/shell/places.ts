import {
  IconActivity,
  IconCertificate,
  IconDeviceLaptop,
  IconHome,
  IconKey,
  IconLink,
  IconSend,
  IconSettings,
  IconShield,
  type TablerIcon,
} from "@tabler/icons-react";

/** A place in the navigation. */
export interface Place {
  readonly to: string;
  readonly title: string;
  readonly icon: TablerIcon;
  /** The sequence that leads there. */
  readonly keys: string;
  /** Only this very address, not what is below it. */
  readonly exact?: true;
  /** Places below it that the palette knows as well. */
  readonly below?: readonly { readonly to: string; readonly title: string; readonly keys?: string }[];
}

/** Only what exists. */
export const places: readonly Place[] = [
  { to: "/", title: "Home", icon: IconHome, keys: "g h", exact: true },
  { to: "/devices", title: "Devices", icon: IconDeviceLaptop, keys: "g d" },
  {
    to: "/commands",
    title: "Commands",
    icon: IconSend,
    keys: "g m",
    below: [
      { to: "/commands/new", title: "New batch: a command to many Macs" },
      { to: "/commands/dead-letters", title: "Dead letters" },
      { to: "/commands/held", title: "Held after a restored backup" },
      { to: "/commands/silent-agents", title: "Silent agents" },
    ],
  },
  {
    to: "/protection",
    title: "Protection",
    icon: IconShield,
    keys: "g p",
    below: [
      { to: "/protection/incidents", title: "Incidents", keys: "g i" },
      { to: "/protection/rules", title: "Block rules", keys: "g r" },
      { to: "/protection/rules/new", title: "New block rule" },
    ],
  },
  { to: "/escrow", title: "Escrow", icon: IconKey, keys: "g k" },
  {
    to: "/certificates",
    title: "Certificates",
    icon: IconCertificate,
    keys: "g t",
    below: [
      { to: "/certificates/quarantine", title: "Two Macs, one identity" },
      { to: "/certificates/revoked", title: "Revoked certificates" },
      { to: "/certificates/authority", title: "Certificate authority" },
    ],
  },
  {
    to: "/enrollment",
    title: "Enrollment",
    icon: IconLink,
    keys: "g e",
    below: [
      { to: "/enrollment/push", title: "Push certificate" },
      { to: "/enrollment/policy", title: "Enrollment policy" },
      { to: "/enrollment/refused", title: "Refused messages" },
      { to: "/enrollment/moving-in", title: "Moving in from another server" },
    ],
  },
  { to: "/activity", title: "Activity", icon: IconActivity, keys: "g a" },
  {
    to: "/settings",
    title: "Settings",
    icon: IconSettings,
    keys: "g s",
    below: [{ to: "/settings/limits", title: "Limits and undo windows" }],
  },
];
