import { TabLinks } from "../../kit/tab-links.tsx";

/** Links and the push certificate side by side. */
export const EnrollmentTabs = () => (
  <TabLinks
    label="Enrollment"
    tabs={[
      { to: "/enrollment", label: "Enrollment links", exact: true },
      { to: "/enrollment/push", label: "Push certificate" },
    ]}
  />
);
