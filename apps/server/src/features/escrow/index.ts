export { keepBootstrapToken } from "./bootstrap-token.ts";
export { KINDS, type Policy } from "./kinds.ts";
export { type NewSecret, SecretBook } from "./secret-book.ts";
