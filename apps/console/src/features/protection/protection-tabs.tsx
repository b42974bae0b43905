import { TabLinks } from "../../kit/tab-links.tsx";

/** Incidents and rules side by side. */
export const ProtectionTabs = () => (
  <TabLinks
    label="Protection"
    tabs={[
      { to: "/protection/incidents", label: "Incidents" },
      { to: "/protection/rules", label: "Block rules" },
    ]}
  />
);
