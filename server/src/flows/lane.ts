import { laneOf } from '../accounts/browsers.ts';
import type { Lane } from '../policy/limits.ts';
import type { Scene } from './flow.ts';

/** The lane that a scene's answers count in; recovery has one lane per account, whichever browser asks. */
export async function laneIn(scene: Scene, subject?: string): Promise<Lane> {
  if (scene.facts.purpose === 'recovery') return 'recovery';
  const who = subject ?? scene.person?.user.id ?? scene.facts.userId ?? '?';
  return laneOf(scene.by.deps.database.in(scene.by.tenant.id), who, scene.by.source);
}
