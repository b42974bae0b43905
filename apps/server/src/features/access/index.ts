export { Authenticator, type Credentials } from "./authenticate.ts";
export { type BudgetLimits, budgetOf, DEFAULT_LIMITS } from "./budget.ts";
export { idempotency } from "./idempotency.ts";
export { type Grant } from "./model.ts";
export { addSignInLink, signIn, signOut } from "./sign-in.ts";
export { addToken } from "./tokens.ts";
