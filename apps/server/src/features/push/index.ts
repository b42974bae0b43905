export type { PushCredentials, PushNotification, PushResult, PushSender } from "./ports.ts";
export { pushTopic } from "./push.sql.ts";
export type { PushFeature, PushPorts, Wake } from "./push-feature.ts";
