/**
 * What somebody who came in another way left behind: the account page asks whether it is lost. Kept in this page's
 * memory only, so that nothing of it is on the machine afterwards.
 */
let left: string | undefined;

/** Remembers the factor that was asked first, when another one is chosen; choosing it after all forgets it. */
export function leaveBehind(asked: string | undefined, chosen: string): void {
  left ??= asked;
  if (left === chosen) left = undefined;
}

/** The id of the factor that was left behind, if any. */
export const leftBehind = (): string | undefined => left;

/** Forgets it: the question was answered. */
export function forgetLeftBehind(): void {
  left = undefined;
}
