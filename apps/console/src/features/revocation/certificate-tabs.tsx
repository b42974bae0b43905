import { TabLinks } from "../../kit/tab-links.tsx";

/** What is known of the Macs' identities, over the whole tenant. */
export const CertificateTabs = () => (
  <TabLinks
    label="Certificates"
    tabs={[
      { to: "/certificates", label: "Renewal", exact: true },
      { to: "/certificates/quarantine", label: "Two Macs, one identity" },
      { to: "/certificates/revoked", label: "Revoked" },
      { to: "/certificates/authority", label: "Authority" },
    ]}
  />
);
