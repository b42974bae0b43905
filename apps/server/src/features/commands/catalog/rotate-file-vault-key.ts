import { decodeBase64 } from "@pomona/plist";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { receiverProblem } from "./parts/certificate.ts";
import { base64, closed } from "./parts/fields.ts";

/**
 * Institutional keys are not taken: APFS ignores them. The new key comes back encrypted to the certificate, or, where the answer
 * has none, in the next SecurityInfo of a Mac with an escrow payload: without either it would be lost, so one must be sure.
 */
export const rotateFileVaultKey = defineCommand({
  requestType: "RotateFileVaultKey",
  summary: "Make a new FileVault recovery key",
  risk: "rootEquivalent",
  input: closed({
    unlockSecret: Type.String({
      minLength: 1,
      maxLength: 1024,
      description: "the current recovery key, or the password of a user of FileVault",
    }),
    replyCertificate: base64(16_384, "certificate in DER, base64: the new key comes back encrypted to it"),
  }),
  sealed: ["unlockSecret"],
  fault: ({ replyCertificate }) => receiverProblem("replyCertificate", replyCertificate),
  payload: ({ unlockSecret, replyCertificate }) => ({
    KeyType: "personal",
    FileVaultUnlock: { Password: unlockSecret },
    ReplyEncryptionCertificate: decodeBase64(replyCertificate),
  }),
});
