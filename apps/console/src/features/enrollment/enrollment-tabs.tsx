import { TabLinks } from "../../kit/tab-links.tsx";

/** Links, the push certificate, the rules, what was refused, and the move from another server side by side. */
export const EnrollmentTabs = () => (
  <TabLinks
    label="Enrollment"
    tabs={[
      { to: "/enrollment", label: "Enrollment links", exact: true },
      { to: "/enrollment/push", label: "Push certificate" },
      { to: "/enrollment/policy", label: "Policy" },
      { to: "/enrollment/refused", label: "Refused" },
      { to: "/enrollment/moving-in", label: "Moving in" },
    ]}
  />
);
