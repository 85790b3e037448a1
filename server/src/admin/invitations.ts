/** Invitations: a mailed link with which somebody makes the account that a role of this tenant asks them to. */
import { parseAddress } from '../accounts/address.ts';
import type { Circumstance } from '../accounts/commit.ts';
import type { Session } from '../accounts/sessions.ts';
import { Problem } from '../errors.ts';
import { takeRations } from '../flows/sending/quotas.ts';
import { invitationLifetime, rations } from '../policy/limits.ts';
import { randomId, randomToken } from '../security/random.ts';
import { hashToken } from '../security/tokens.ts';
import { insertInvitation } from '../storage/invitations.ts';
import { findUserByEmail } from '../storage/users.ts';
import { asConsole } from './console.ts';

/**
 * Invites an address to a role. Only a console role may, after a fresh proof. The link is random, good for 72 hours and
 * one use, and only its hash is kept (ENR-08). Throws `conflict` where the address has an account.
 */
export async function invite(
  by: Circumstance,
  session: Session,
  who: { readonly email: string; readonly role: string },
): Promise<void> {
  const address = parseAddress(who.email);
  if (!address) throw new Problem('bad-request', { fields: [{ field: 'email', why: 'not an address' }] });
  if (!Object.hasOwn(by.tenant.roles, who.role)) {
    throw new Problem('bad-request', { fields: [{ field: 'role', why: 'no such role' }] });
  }
  await takeRations(by, [{ key: `invite:${session.user_id}`, ...rations.invitations }]);
  await asConsole(by, session, async (c, { user }) => {
    if (await findUserByEmail(c.tx, address.canonical)) throw new Problem('conflict');
    const token = randomToken(c.deps.random);
    await insertInvitation(c.tx, {
      id: randomId(c.deps.random),
      token_hash: hashToken(token),
      email: address.canonical,
      role: who.role,
      created_by: user.id,
      created_at: c.now,
      expires_at: c.now + invitationLifetime,
    });
    await c.record({ type: 'invitation.made', userId: user.id, details: { role: who.role } });
    await c.send({
      channel: 'email',
      to: address.typed,
      text: 'invitation',
      locale: c.source.locale,
      notAfter: c.now + invitationLifetime,
      parameters: {
        service: c.tenant.name,
        by: user.name || user.email,
        link: `${c.tenant.origin}/invitation#${token}`,
      },
    });
  });
}
