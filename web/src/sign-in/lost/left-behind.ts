/**
 * What somebody who came in another way left behind: the account page asks whether it is lost. Kept in this page's
 * memory only, so that nothing of it is on the machine afterwards.
 */
import type { Way } from '../../../../server/src/flows/prompt.ts';

let left: string | undefined;

/**
 * Remembers what was asked first, when another way is chosen; choosing it after all forgets it. It is a factor's id, or
 * the kind where all factors of one kind were asked together.
 */
export function leaveBehind(asked: string | undefined, chosen: Way): void {
  left ??= asked;
  if (left === chosen.factorId || left === chosen.kind) left = undefined;
}

/** The id or the kind of what was left behind, if any. */
export const leftBehind = (): string | undefined => left;

/** Forgets it: the question was answered. */
export function forgetLeftBehind(): void {
  left = undefined;
}
