import { TabLinks } from "../../kit/tab-links.tsx";

/** Who may work here, and how much at a time. */
export const SettingsTabs = () => (
  <TabLinks
    label="Settings"
    tabs={[
      { to: "/settings", label: "People and tokens", exact: true },
      { to: "/settings/limits", label: "Limits" },
    ]}
  />
);
