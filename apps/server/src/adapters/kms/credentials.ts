import { readFileSync } from "node:fs";
import type { AwsCredentials } from "./sign-request.ts";

/**
 * From a file, as `aws configure export-credentials --format process` writes it, read anew at each call so that a timer can
 * renew it; without one from AWS's own environment variables.
 * @param check throws when others may read the file
 */
export const awsCredentials =
  (file: string | undefined, env: NodeJS.ProcessEnv, check: (file: string) => void) => (): AwsCredentials => {
    if (file === undefined)
      return complete(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"]);
    check(file);
    const read = JSON.parse(readFileSync(file, "utf8")) as Record<string, string | undefined>;
    return complete(read["AccessKeyId"], read["SecretAccessKey"], read["SessionToken"]);
  };

function complete(id: string | undefined, secret: string | undefined, token: string | undefined): AwsCredentials {
  if (id === undefined || id === "" || secret === undefined || secret === "")
    throw new Error("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and no file of credentials is.");
  const isSession = token !== undefined && token !== "";
  return { accessKeyId: id, secretAccessKey: secret, ...(isSession ? { sessionToken: token } : {}) };
}
