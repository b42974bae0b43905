export { keepBootstrapToken } from "./bootstrap-token.ts";
