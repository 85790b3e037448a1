import { z } from 'zod';

/** What a role asks of whoever holds it. */
export const roleRule = z.object({
  secondFactor: z.enum(['required', 'optional']),
  /** Whether the role opens the console, and so has the shorter sessions. */
  console: z.boolean(),
  /** Whether a mailbox may stay a second factor beside a stronger one, where its holder keeps it. */
  mayKeepMailbox: z.boolean(),
});

/** One row of the role table. */
export type RoleRule = z.infer<typeof roleRule>;

/** A tenant's role table: role name to rule. */
export const roleTable = z.record(z.string(), roleRule);
export type RoleTable = z.infer<typeof roleTable>;

/** The roles that every tenant begins with. Whoever uses the set-up link is owner; whoever registers is member. */
export const builtInRoles: RoleTable = {
  owner: { secondFactor: 'required', console: true, mayKeepMailbox: false },
  member: { secondFactor: 'optional', console: false, mayKeepMailbox: true },
};

/** Stands in for a role that the table does not know: a doubt asks for more, never for less. */
export const strictestRule: RoleRule = { secondFactor: 'required', console: true, mayKeepMailbox: false };
