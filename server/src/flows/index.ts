/** Every flow, and the one table of them. */
import { Problem } from '../errors.ts';
import { address } from './address.ts';
import { enrolment } from './enrolment.ts';
import type { Flow } from './flow.ts';
import { invitation } from './invitation.ts';
import { password } from './password.ts';
import { recovery } from './recovery.ts';
import { registration } from './registration.ts';
import { resynchronisation } from './resynchronise.ts';
import { setUp } from './set-up.ts';
import { signIn } from './sign-in.ts';
import { stepUp } from './step-up.ts';

/** The flows. */
export const flows: readonly Flow[] = [
  setUp,
  invitation,
  registration,
  signIn,
  recovery,
  stepUp,
  enrolment,
  password,
  address,
  resynchronisation,
];

/** The flow of this name, or a Problem. */
export function flowNamed(name: string): Flow {
  const flow = flows.find((known) => known.name === name);
  if (!flow) throw new Problem('no-such-flow');
  return flow;
}
