/** The ends of flows: where policy says its word and a session is minted. */
import { greetBrowser } from '../accounts/browsers.ts';
import type { Commit } from '../accounts/commit.ts';
import { readPerson } from '../accounts/person.ts';
import { mint } from '../accounts/sessions.ts';
import { Problem } from '../errors.ts';
import type { Level } from '../levels.ts';
import { satisfy, satisfyAgain } from '../policy/policy.ts';
import { findUser, updateUser } from '../storage/users.ts';
import type { Finished, Scene } from './flow.ts';

/** Opens a session after sign-in or registration. Policy looks once more at what stands in this transaction. */
export async function openSession(c: Commit, scene: Scene): Promise<Finished> {
  const user = await findUser(c.tx, scene.facts.userId ?? '');
  if (!user) throw new Problem('flow-over');
  const { standing } = await readPerson(c.tx, c.tenant, user);
  const satisfied = satisfy(user.id, standing, scene.facts.proofs);
  if (!satisfied) throw new Problem('flow-over');
  const session = await mint(c, satisfied, { transport: scene.flow.transport, flow: scene.flow.name });
  const browserToken = await greetBrowser(c, user, scene.flow.transport);
  await updateUser(c.tx, user.id, { last_sign_in_at: c.now });
  return { session, ...(browserToken === undefined ? {} : { browserToken }) };
}

/** Replaces the session of a step-up or change by one that says what was proved now; the old one dies (SES-01). */
export async function renewSession(c: Commit, scene: Scene, wanted: Level): Promise<Finished> {
  const user = await findUser(c.tx, scene.facts.userId ?? '');
  if (!user || !scene.session) throw new Problem('flow-over');
  const { standing } = await readPerson(c.tx, c.tenant, user);
  const satisfied = satisfyAgain(user.id, standing, scene.facts.proofs, wanted);
  if (!satisfied) throw new Problem('step-up-required', { level: wanted });
  const { transport } = scene.session;
  const session = await mint(c, satisfied, { transport, flow: scene.flow.name, replaces: scene.session });
  return { session };
}
