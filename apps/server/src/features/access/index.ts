export { Authenticator, type Credentials } from "./authenticate.ts";
export { budgetOf, undoPolicy } from "./budget.ts";
export { idempotency } from "./idempotency.ts";
export { DEFAULT_LIMITS, type Limits } from "./limits-model.ts";
export { type Grant } from "./model.ts";
export { addSignInLink, signIn, signOut } from "./sign-in.ts";
export { addToken } from "./tokens.ts";
