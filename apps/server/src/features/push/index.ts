export { APNS_REASONS, meaningOf, type PushMeaning, type PushPolicy } from "./apns-errors.ts";
export type {
  PushCredentials,
  PushNotification,
  PushResult,
  PushSender,
  PushSession,
  VendorSigner,
} from "./ports.ts";
export { pushSealed, pushTopic } from "./push.sql.ts";
export { readUpload, storePushCertificate, type Upload } from "./push-certificate.ts";
export type { PushFeature, PushPorts, Wake } from "./push-feature.ts";
