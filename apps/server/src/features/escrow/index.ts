export { keepBootstrapToken } from "./bootstrap-token.ts";
export { escrowKeySealed } from "./keys.sql.ts";
export { KINDS, type Policy } from "./kinds.ts";
export { type NewSecret, SecretBook } from "./secret-book.ts";
export { secretSealed } from "./secrets.sql.ts";
