export {
  authoritySealed,
  findBySerial,
  findCertificate,
  type KnownCertificate,
  readCertificatesOf,
  readRevoked,
} from "./authority.sql.ts";
export { Authority, type CertificateHolder, type CertificateOrder, type IssuedCertificate } from "./authority.ts";
export { type AuthorityKey } from "./authority-keys.ts";
export { type CertificateRole } from "./authority-roles.ts";
export { addTenant, createTenant } from "./create-tenant.ts";
export { certificateHash, type Identification } from "./known-certificates.ts";
export { type TenantRow, toTenant } from "./model.ts";
export { pkiUrls } from "./revocation-pointers.ts";
export { type ServerTls } from "./server-tls.ts";
export { readTenant, readTenants } from "./tenants.sql.ts";
