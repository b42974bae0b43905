import assert from "node:assert/strict";
import { test } from "node:test";
import { APNS_REASONS, meaningOf } from "./apns-errors.ts";

test("every reason of Apple's table has its status, its meaning in words, its advice and one policy", () => {
  const wanted: Readonly<Record<string, readonly [status: number, policy: string]>> = {
    BadDeviceToken: [400, "stop"],
    DeviceTokenNotForTopic: [400, "stop"],
    BadTopic: [400, "alarm"],
    TopicDisallowed: [400, "alarm"],
    MissingTopic: [400, "alarm"],
    BadCertificate: [403, "alarm"],
    BadCertificateEnvironment: [403, "alarm"],
    ExpiredProviderToken: [403, "fault"],
    BadPath: [404, "fault"],
    MethodNotAllowed: [405, "fault"],
    Unregistered: [410, "stop"],
    PayloadTooLarge: [413, "fault"],
    TooManyRequests: [429, "wait"],
    InternalServerError: [500, "retry"],
    ServiceUnavailable: [503, "retry"],
    Shutdown: [503, "retry"],
  };
  for (const [reason, [status, policy]] of Object.entries(wanted)) {
    assert.deepEqual(
      [reason, APNS_REASONS[reason]?.status, meaningOf(status, reason).policy],
      [reason, status, policy],
    );
  }
  for (const [reason, { meaning, advice }] of Object.entries(APNS_REASONS)) {
    assert.match(meaning, /\.$/, reason);
    assert.match(advice, /\.$/, reason);
  }
});

test("an unknown reason is judged by its status, and one without status by what broke", () => {
  const cases: readonly (readonly [number, string | null, string])[] = [
    [200, null, "done"],
    [403, "SomethingNew", "alarm"],
    [410, "SomethingNew", "stop"],
    [429, null, "wait"],
    [418, "Teapot", "fault"],
    [599, null, "retry"],
    [0, "ECONNREFUSED", "retry"],
    [0, "timeout", "retry"],
    [0, "ERR_HTTP2_STREAM_ERROR", "retry"],
    [0, "certificate-expired", "alarm"],
    [0, "ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED", "alarm"],
    [0, "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "alarm"],
    [0, "ERR_OSSL_X509_KEY_VALUES_MISMATCH", "alarm"],
    [0, "SELF_SIGNED_CERT_IN_CHAIN", "alarm"],
    [0, "BadCertificate", "alarm"],
    [0, "Shutdown", "retry"],
  ];
  for (const [status, reason, policy] of cases)
    assert.deepEqual([status, reason, meaningOf(status, reason).policy], [status, reason, policy]);
});
